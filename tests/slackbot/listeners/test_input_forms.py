"""Promises of the form in which people answer a server: Slack takes it whatever is asked, and it is read as written."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.questions import FILL_BUTTON, AskedForm, AskedLink, FormField
from emulators.slack.rules.views import checked
from slackbot.listeners import question_forms

MENU: dict[str, Any] = {"choices": ["0", "1"], "names": ["Red", ""]}


def view(*fields: FormField, **more: Any) -> dict[str, Any]:
    form = AskedForm(does="shop", verb="Send", asks=["Which <!channel> ones?"], fields=list(fields), **more)
    return checked(question_forms.filled_view(FILL_BUTTON, form, "packed"), "modal")


def field(kind: Any, **more: Any) -> FormField:
    return FormField(name="0.0", kind=kind, label="It", **more)


def element(made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(block["element"] for block in made["blocks"] if block["type"] == "input")
    return found


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (field("text", least=2, most=9_000), {"type": "plain_text_input", "min_length": 2, "max_length": 3_000}),
        (field("text", least=5_000), {"type": "plain_text_input"}),
        (field("whole_number", least=1, most=9), {"type": "number_input", "min_value": "1", "max_value": "9"}),
        (field("whole_number", least=0.5), {"type": "number_input", "is_decimal_allowed": False}),
        (field("number", least=0.5, most=1e-9, value=""), {"type": "number_input", "min_value": "0.5"}),
        (field("yes_or_no", value="true"), {"type": "static_select"}),
        (field("date", value="2026-12-31"), {"type": "datepicker", "initial_date": "2026-12-31"}),
        (field("choice", value="1", **MENU), {"type": "static_select"}),
        (field("choices", most=1, **MENU), {"type": "multi_static_select", "max_selected_items": 1}),
    ],
)
def test_each_kind_of_field_has_a_control_that_slack_takes(asked: FormField, shown: dict[str, Any]) -> None:
    made = element(view(asked))

    assert made.items() >= shown.items()
    assert "1e-09" not in str(made)


def test_the_largest_form_is_one_that_slack_takes() -> None:
    """A server may ask 16 KB at once: that is at most so many options (`agent_worker/mcp/inputs.py`)."""
    menu: dict[str, Any] = {"choices": [f"{at}" for at in range(100)], "names": ["n"] * 100}
    fields = [FormField(name=f"4.{at}", kind="choice", label=f"{at}", **menu) for at in range(18)]

    assert len(view(*fields)["blocks"]) == 20


def test_the_form_says_whose_words_it_shows_and_warns_of_passwords() -> None:
    made = str(view(field("text")))

    assert "*shop* asks: " in made
    assert "<!channel>" not in made
    assert "Never write passwords" in made


def test_a_form_that_nobody_may_fill_in_says_why() -> None:
    made = checked(
        question_forms.filled_view(FILL_BUTTON, AskedForm(refusal="Only U1 can decide this."), "packed"), "modal"
    )

    assert "Only U1 can decide this." in str(made)
    assert "submit" not in made


def test_what_is_sent_is_read_by_its_kind() -> None:
    values = {
        "text:0.0": {"text": {"value": "hello"}},
        "whole_number:0.1": {"text": {"value": "2"}},
        "yes_or_no:0.2": {"text": {"selected_option": {"value": "true"}}},
        "choice:0.3": {"text": {"selected_option": {"value": "1"}}},
        "choices:0.4": {"text": {"selected_options": [{"value": "0"}, {"value": "1"}]}},
        "date:0.5": {"text": {"selected_date": "2026-12-31"}},
        "text:0.6": {"text": {"value": None}},
    }

    read = question_forms.arguments({"state": {"values": values}})

    assert read == {"0.0": "hello", "0.1": 2, "0.2": True, "0.3": "1", "0.4": ["0", "1"], "0.5": "2026-12-31"}


def test_a_page_is_told_with_its_host_in_words_and_its_whole_address() -> None:
    link = AskedLink(message="<!here> pay *now*", url="https://pay.example/42?a=1&b=_2_", host="pay.example")

    told = question_forms.links(AskedForm(does="shop", links=[link]))

    assert "<https://pay.example/42?a=1&amp;b=_2_>" in told
    assert "a page of `pay.example`" in told
    assert "<!here>" not in told
