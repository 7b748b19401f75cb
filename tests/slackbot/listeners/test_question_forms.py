"""Promises of the forms behind a card: Slack shows each one, and what is sent comes to the call as it was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.questions import ALWAYS_BUTTON, EDIT_BUTTON, AskedForm
from agent_worker.conversation.questions import forms
from agent_worker.conversation.questions.question import Item
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.questions import Approval
from emulators.slack.rules import views
from slackbot.listeners import question_forms
from slackbot.listeners.question_forms import FormError
from text.same_json import is_same

PACKED = json.dumps({"channel": "C1", "thread_ts": "1.0", "at": "2.0", "value": "1.0|1|0"})
MANY = [f"name{at}" + "n" * 250 for at in range(200)]
WORDS = st.one_of(st.text(max_size=30), st.sampled_from(["", " ", "_", "a:b", "x" * 76, "n" * 300, "<!channel>"]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=5,
)
RULES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object", ["string", "null"]]),
        "description": WORDS,
        "enum": st.lists(st.one_of(WORDS, VALUES), max_size=4),
    },
)
PROPERTIES = st.one_of(
    st.dictionaries(WORDS, RULES, max_size=8),
    st.just(1).map(lambda _: {name: {"type": "string"} for name in MANY}),
)
ANY_RULES = st.one_of(RULES, st.fixed_dictionaries({"anyOf": st.tuples(RULES, st.just({"type": "null"})).map(list)}))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
ARGUMENTS = st.one_of(
    st.dictionaries(WORDS, VALUES, max_size=8), st.just(1).map(lambda _: dict(zip(MANY, range(200), strict=True)))
)


def form_about(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> AskedForm:
    fields, fixed = forms.fields(schema, arguments)
    return AskedForm(does="File it", verb="File", fields=fields, fixed=fixed)


def item_of(schema: dict[str, Any], arguments: dict[str, Any]) -> Item:
    approval = Approval(does="File it", verb="File", parameters=schema)
    return Item(call=ToolCall(name="file", args=arguments, title="Filing", approval=approval))


def sent(view: Mapping[str, Any]) -> dict[str, Any]:
    """The view as Slack hands it over when the person has changed nothing."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = {"value": element.get("initial_value"), "selected_option": element.get("initial_option")}
            values[block["block_id"]] = {element["action_id"]: state}
    return {"state": {"values": values}}


def written(**fields: str) -> dict[str, Any]:
    return {"state": {"values": {name.replace("__", ":"): {"text": {"value": text}} for name, text in fields.items()}}}


@given(PROPERTIES, ARGUMENTS)
def test_slack_shows_the_forms_about_any_call(properties: dict[str, Any], arguments: dict[str, Any]) -> None:
    form = form_about({"properties": properties, "required": list(properties)}, arguments)

    for action in (EDIT_BUTTON, ALWAYS_BUTTON):
        views.checked(question_forms.filled_view(action, form, PACKED), "modal")


@given(PROPERTIES, ARGUMENTS)
def test_a_form_that_nobody_has_changed_changes_no_argument(
    properties: dict[str, Any], arguments: dict[str, Any]
) -> None:
    schema = {"properties": properties}
    view = question_forms.filled_view(EDIT_BUTTON, form_about(schema, arguments), PACKED)

    filled = item_of(schema, arguments).with_form(question_forms.arguments(sent(view)))

    assert filled == arguments


@given(ANY_RULES, VALUES | NUMBERS)
def test_slack_shows_the_form_about_any_value_of_any_argument_and_unchanged_it_stays_the_same(
    rules: dict[str, Any], value: Any
) -> None:
    schema, arguments = {"properties": {"it": rules}, "required": ["it"]}, {"it": value}
    view = question_forms.filled_view(EDIT_BUTTON, form_about(schema, arguments), PACKED)

    views.checked(view, "modal")

    assert is_same(item_of(schema, arguments).with_form(question_forms.arguments(sent(view))), arguments)


@pytest.mark.parametrize(
    "rules",
    [
        {"type": ["string", "null"]},
        {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, {"type": "string"}], "description": "Who"},
    ],
)
def test_a_text_that_may_be_missing_is_written_as_a_text(rules: dict[str, Any]) -> None:
    (field,) = form_about({"properties": {"it": rules}}, {"it": "abc"}).fields

    assert (field.kind, field.value, field.description) == ("text", "abc", rules.get("description", ""))


def test_a_field_in_which_json_is_written_says_so() -> None:
    (field,) = form_about({"properties": {"it": {"type": "array", "description": "Who"}}}, {"it": ["anna"]}).fields

    assert field.description == "Written as JSON. Who"


def test_a_text_that_is_empty_need_not_be_filled_in_to_edit_another_one() -> None:
    schema = {"properties": {"title": {"type": "string"}, "body": {"type": "string"}}, "required": ["title", "body"]}

    form = form_about(schema, {"title": "A", "body": ""})

    assert [field.is_required for field in form.fields] == [True, False]


def test_a_text_of_several_lines_keeps_them() -> None:
    view = question_forms.filled_view(EDIT_BUTTON, form_about({}, {"body": "a\nb"}), PACKED)

    assert view["blocks"][1]["element"]["multiline"]


def test_who_allows_always_reads_what_may_differ_then() -> None:
    schema = {"properties": {"repo": {"type": "string"}, "force": {"type": "boolean"}, "query": {"type": "string"}}}
    form = form_about(schema, {"repo": "a", "query": "x" * 3_001, "password": "secret"})

    view = question_forms.filled_view(ALWAYS_BUTTON, form, PACKED)

    (told,) = [block for block in view["blocks"] if block["type"] == "context"]
    assert told["elements"][0]["text"].endswith(": force, query, password")


@pytest.mark.parametrize("text", ["[" * 3_000, '"\\ud800"', "{", "NaN", "[1e999]"])
def test_what_is_no_json_is_told_at_its_field(text: str) -> None:
    with pytest.raises(FormError) as found:
        question_forms.arguments(written(json__a=text, text__b="fine"))

    assert list(found.value.by_block) == ["json:a"]
