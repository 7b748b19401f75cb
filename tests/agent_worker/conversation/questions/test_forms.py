"""Promises of the check of edited arguments: what the tool may be given is not refused, and nothing raises."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.questions import Answer
from agent_worker.conversation.questions import forms
from agent_worker.conversation.questions.question import of_calls
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.questions import Approval
from agent_worker.payloads.thread import Answered

OPTIONAL = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("rules", "value", "told"),
    [
        ({"type": "integer"}, 5.0, ""),
        ({"type": "integer"}, 5.5, "it has to be a whole number."),
        ({"type": "integer"}, True, "it has to be a whole number."),
        ({"type": "integer", "enum": [1, 2]}, 2.0, ""),
        ({"type": "integer", "enum": [1, 2]}, 3, "it has to be one of 1, 2."),
        ({"enum": [1]}, True, "it has to be one of 1."),
        (OPTIONAL, None, ""),
        (OPTIONAL, "abcd", "it (its length) has to be at most 3."),
        (OPTIONAL, 1, "it has to be a text."),
        ({"type": "string"}, None, ""),  # the model leaves it out in this way, and no field can change that
        (True, {"a": 1}, ""),
    ],
)
def test_an_argument_that_may_be_missing_is_checked_as_the_tool_means_it(rules: Any, value: Any, told: str) -> None:
    assert forms.problem({"properties": {"it": rules}}, {"it": value}) == told


def test_nothing_is_no_text_where_a_text_is_needed() -> None:
    schema = {"properties": {"it": {"type": "string"}}, "required": ["it"]}

    assert forms.problem(schema, {"it": None}) == "it has to be a text."


@pytest.mark.parametrize("required", [[{}], [["it"]], [None], {}, "it", 1])
def test_a_schema_that_requires_nonsense_refuses_nothing(required: Any) -> None:
    assert forms.problem({"properties": {}, "required": required}, {"it": 1}) == ""


@pytest.mark.parametrize(("before", "now"), [(1, True), (False, 0), ([1], [True]), ("1", 1)])
def test_whoever_changes_a_value_into_one_that_only_looks_alike_has_changed_it(before: Any, now: Any) -> None:
    call = ToolCall(name="file", args={"it": before}, title="", approval=Approval(does="File", verb="File"))
    question = of_calls(
        [call],
        identity="1.0",
        turn=Answered(key="1.0", answers=[], may_mention=[], audience=None),
        askers=[],
        agent=("", ""),
        now=1.0,
    )
    press = Answer(id="1", question="1.0", version=1, user="U1", at="1.0", decision="approve", item=0)

    question.take(press.model_copy(update={"arguments": {"it": now}}), 2.0)

    assert repr(question.items[0].arguments) == repr({"it": now})
