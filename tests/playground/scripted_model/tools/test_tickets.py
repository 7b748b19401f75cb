"""Promises of the scripted model about tickets: it files what it is asked to, and says what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from playground.scripted_model.tools.tickets import ABOUT_WHAT, NO_TOOL
from tests.support.playground.scripted_requests import TOOLS, calls, request, said, step, text

WITH_TICKETS = TOOLS | {"file_ticket": ["title", "description", "queue", "priority"]}
QUESTION = said("file a ticket: the printer on floor 3 is broken")
PRINTER = {
    "title": "The printer on floor 3 is broken",
    "description": "the printer on floor 3 is broken",
    "queue": "it",
    "priority": "normal",
}
FILED = {"output": {"ticket": "IT-101", "url": "https://desk.example/IT-101"}}


def asked(question: str) -> list[tuple[str, str, str]]:
    """Title, queue and priority of each ticket that the model files."""
    made = calls(request(said(question), tools=WITH_TICKETS))
    assert {name for name, _ in made} == {"file_ticket"}
    return [(args["title"], args["queue"], args["priority"]) for _, args in made]


def told(response: dict[str, Any]) -> str:
    return text(request(QUESTION, *step(("file_ticket", PRINTER, response)), tools=WITH_TICKETS))


def test_a_ticket_has_the_words_of_the_person() -> None:
    assert calls(request(QUESTION, tools=WITH_TICKETS)) == [("file_ticket", PRINTER)]


@pytest.mark.parametrize(
    ("question", "ticket"),
    [
        ("open a ticket for the broken door on floor 2", ("The broken door on floor 2", "office", "normal")),
        ("Could you please open an urgent ticket for the VPN?", ("The VPN?", "it", "urgent")),
        ("@Agent file an IT ticket, the lights are out", ("The lights are out", "it", "normal")),
        ("file a ticket with the office: my desk wobbles. No rush!", ("My desk wobbles", "office", "low")),
        ("please raise a ticket with people about my payslip", ("My payslip", "people", "normal")),
        ("create a ticket: urgent: nobody can log in", ("Nobody can log in", "it", "urgent")),
        ("submit a low priority ticket for HR: is Friday a holiday", ("Is Friday a holiday", "people", "low")),
        ("file a ticket: the heating is off, it's urgent", ("The heating is off", "office", "urgent")),
        ("file a ticket: people cannot print, not urgent", ("People cannot print", "it", "low")),
        ("file a ticket: no weather alerts in New York today", ("No weather alerts in New York today", "it", "normal")),
    ],
)
def test_it_finds_the_team_and_the_urgency(question: str, ticket: tuple[str, str, str]) -> None:
    assert asked(question) == [ticket]


def test_two_lines_are_two_tickets() -> None:
    assert [title for title, *_ in asked("file a ticket: one is broken\nand open another ticket: two is, too")] == [
        "One is broken",
        "Two is, too",
    ]


def test_a_ticket_about_nothing_is_asked_about() -> None:
    assert text(request(said("please file a ticket"), tools=WITH_TICKETS)) == ABOUT_WHAT
    assert text(request(said("file an urgent ticket!"), tools=WITH_TICKETS)) == ABOUT_WHAT


def test_without_the_tool_it_says_so() -> None:
    assert text(request(QUESTION, tools=TOOLS)) == NO_TOOL


@pytest.mark.parametrize("question", ["who can help with tickets?", "where is my ticket IT-101?", "open the ticket"])
def test_talk_about_tickets_files_none(question: str) -> None:
    assert "file_ticket" not in [name for name, _ in calls(request(said(question), tools=WITH_TICKETS))]


def test_the_number_is_told_with_its_link_and_the_ticket_is_not_filed_again() -> None:
    assert told(FILED) == "I filed [IT-101](https://desk.example/IT-101)."
    assert told({"output": {"ticket": "IT-101"}}) == "I filed **IT-101**."


@pytest.mark.parametrize("place", ["beside the output", "in it"])
def test_what_somebody_has_changed_is_told(place: str) -> None:
    edited = {"edited": {"title": "Printer 3", "priority": "urgent"}}
    response = FILED | edited if place == "beside the output" else {"output": FILED["output"] | edited}

    assert told(response).endswith("It was changed before it was carried out (title: Printer 3; priority: urgent).")


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        ("rejected", "it was not allowed"),
        ("expired", "nobody decided about it in time"),
        ("cancelled", "it was cancelled before it began"),
    ],
)
@pytest.mark.parametrize("place", ["the response itself", "its output"])
def test_it_says_plainly_that_nothing_was_filed_and_does_not_try_again(outcome: str, why: str, place: str) -> None:
    result = {"outcome": outcome, "reason": "Wrong team."}

    said_then = told(result if place == "the response itself" else {"output": result})

    assert said_then == f"**The printer on floor 3 is broken**: that was not carried out: {why}. Wrong team."


def test_a_failure_is_told() -> None:
    assert told({"error": "The helpdesk is away."}).endswith("that did not work. The helpdesk is away.")


def test_any_other_tool_that_was_not_carried_out_is_told_so_too() -> None:
    response = {"outcome": "expired", "reason": ""}

    answer = text(request(said("weather alerts in Ohio?"), *step(("get_weather_alerts", {"state": "OH"}, response))))

    assert answer == "**Ohio**: that was not carried out: nobody decided about it in time."
