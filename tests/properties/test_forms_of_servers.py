"""A promise about what servers ask of people: whatever a server says of its form, Slack shows the form."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from mcp.types import ElicitRequestFormParams

from agent_worker.contract.questions import FILL_BUTTON
from agent_worker.conversation.questions import inputs
from agent_worker.mcp.inputs import AskError, asked_input, together
from agent_worker.mcp.secrets import Secrets
from emulators.slack.rules import views
from slackbot.listeners import question_forms

WORDS = st.one_of(st.text(max_size=20), st.sampled_from(["", " ", "\n", "\u200b", "x" * 200, "20260101", "2026-W01-1"]))
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([-1, 0, 1, 5, 10, 3_001]))
RULES = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean"])},
    optional={
        "format": st.sampled_from(["date", "date-time", "email", "uri", "password"]),
        "title": WORDS,
        "description": WORDS,
        "default": st.one_of(WORDS, NUMBERS, st.booleans()),
        "enum": st.lists(WORDS, min_size=1, max_size=3),
        **dict.fromkeys(("minimum", "maximum", "minLength", "maxLength"), NUMBERS),
    },
)
LISTS = st.fixed_dictionaries(
    {"type": st.just("array"), "items": st.fixed_dictionaries({"enum": st.lists(WORDS, min_size=1, max_size=3)})},
    optional={"minItems": NUMBERS, "maxItems": NUMBERS, "default": st.lists(WORDS, max_size=2)},
)


@given(WORDS, st.dictionaries(WORDS, RULES | LISTS, max_size=4))
@example("Hi", {" ": {"type": "string"}})
@example("Hi", {"it": {"type": "string", "format": "date", "default": "20260101"}})
@example("Hi", {"it": {"type": "integer", "minimum": 10, "maximum": 5}})
@example("Hi", {"it": {"type": "string", "minLength": 10, "maxLength": 5}})
def test_slack_shows_the_form_of_a_server_whatever_it_asks(message: str, properties: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": properties}
    params = ElicitRequestFormParams.model_construct(message=message, requested_schema=schema)
    with suppress(AskError):
        request = together("shop", [asked_input(None, params, Secrets(()))])

        view = question_forms.filled_view(FILL_BUTTON, inputs.asked_form(request), "packed")

        views.checked(view, "modal")
