"""Promises of a form for a server: what fits its fields is given as the server means it, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.conversation.questions import inputs
from agent_worker.payloads.inputs import AskedInput, InputField, InputRequest

COLOURS = [("#f00", "Red"), ("#00f", "Blue")]


def request(*fields: InputField) -> InputRequest:
    return InputRequest(server="shop", asks=[AskedInput(key="k", digest="d", message="Which?", fields=list(fields))])


def field(kind: Any, **more: Any) -> InputField:
    return InputField(name="it", kind=kind, label="It", **more)


@pytest.mark.parametrize(
    ("asked", "given", "told"),
    [
        (field("text", is_required=True), "", "It is missing."),
        (field("text", most=3), "four", "It has to be at most 3 characters."),
        (field("text", least=3), "no", "It has to be at least 3 characters."),
        (field("text"), 1, "It has to be a text."),
        (field("email"), "anna", "It has to be an e-mail address."),
        (field("email"), "an na@x", "It has to be an e-mail address."),
        (field("link"), "somewhere", "It has to be an address of a page."),
        (field("date"), "31.12.2026", "It has to be a date such as 2026-12-31."),
        (field("date"), "20261231", "It has to be a date such as 2026-12-31."),
        (field("date"), "2026-W01-1", "It has to be a date such as 2026-12-31."),
        (field("date_time"), "soon", "It has to be a moment such as 2026-12-31T18:00:00Z."),
        (field("whole_number"), 1.5, "It has to be a whole number."),
        (field("whole_number", least=1), 0, "It has to be at least 1."),
        (field("number"), True, "It has to be a number."),
        (field("yes_or_no"), "yes", "It has to be yes or no."),
        (field("choice", choices=COLOURS), "2", "It has to be one of the options."),
        (field("choice", choices=COLOURS), ["0"], "It has to be one of the options."),
        (field("choices", choices=COLOURS), ["7"], "It has to be one of the options."),
        (field("choices", choices=COLOURS), [["0"]], "It has to be one of the options."),
        (field("choices", choices=COLOURS, most=1), ["0", "1"], "It has to be at most 1 choices."),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(asked: InputField, given: Any, told: str) -> None:
    assert inputs.problem(request(asked), {"0.0": given}) == told


@pytest.mark.parametrize(
    ("asked", "given", "meant"),
    [
        (field("text"), "hello", "hello"),
        (field("email"), "anna@example.com", "anna@example.com"),
        (field("link"), "mailto:anna@example.com", "mailto:anna@example.com"),
        (field("date"), "2026-12-31", "2026-12-31"),
        (field("date_time"), "2026-12-31T18:00:00Z", "2026-12-31T18:00:00Z"),
        (field("whole_number"), 0, 0),
        (field("number"), 0.5, 0.5),
        (field("yes_or_no"), False, False),
        (field("choice", choices=COLOURS), "1", "#00f"),
        (field("choices", choices=COLOURS), ["1", "0"], ["#00f", "#f00"]),
    ],
)
def test_what_fits_is_given_as_the_server_means_it(asked: InputField, given: Any, meant: Any) -> None:
    asks = request(asked)
    assert inputs.problem(asks, {"0.0": given}) == ""

    (answer,) = inputs.answers(asks, {"0.0": given})

    assert (answer.key, answer.action, answer.content) == ("k", "accept", {"it": meant})


def test_what_is_left_empty_and_what_nobody_asked_for_is_left_out() -> None:
    asks = request(field("text"), field("whole_number"))

    (answer,) = inputs.answers(asks, {"0.0": "", "0.7": "more", "other": 1})

    assert answer.content == {}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (field("text", default="red"), "red"),
        (field("choice", choices=COLOURS, default="#00f"), "1"),
        (field("choice", choices=COLOURS, default="#0f0"), ""),
        (field("whole_number", default=3), "3"),
        (field("whole_number", default=3, most=2), ""),
        (field("number", default=1e-9), ""),
        (field("yes_or_no", default=True), "true"),
        (field("date", default="tomorrow"), ""),
    ],
)
def test_a_default_stands_in_the_form_if_it_fits(asked: InputField, shown: str) -> None:
    assert inputs.asked_form(request(asked)).fields[0].value == shown
