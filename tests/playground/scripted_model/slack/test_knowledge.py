"""Promises of the scripted model about who knows what, and which people and channels there are."""

from __future__ import annotations

from typing import Any

import pytest

from playground.scripted_model.slack.knowledge import who_knows
from playground.scripted_model.slack.lines import Line
from tests.support.playground.scripted_requests import calls, step, text
from tests.support.playground.scripted_slack import (
    ANNA,
    BEN,
    CLARA,
    DIRECT,
    LINK,
    SAID_BY_BEN,
    asked,
    beside,
    found,
    message,
    to_slack,
)

Result = tuple[str, dict[str, Any], dict[str, Any]]  # a tool, its arguments and its response


def test_who_knows_is_found_in_the_channel_and_among_titles() -> None:
    question = asked("who in #general knows about invoices?", SAID_BY_BEN)
    arguments = ({"channel": "general"}, {"query": "invoices", "channel": "general"})
    people = {"output": {"people": [{"person": "Clara", "id": CLARA, "title": "Invoices and taxes"}]}}
    read = found(
        message("Invoice 7 is paid."),
        message("I sign each invoice.", link=f"{LINK}2"),
        {**message("Who knows about invoices?"), "id": ANNA, "from": "Anna", "link": f"{LINK}3"},
    )
    results = step(("read_channel", arguments[0], read), ("find_people", arguments[1], people))

    assert calls(to_slack(question)) == [("read_channel", arguments[0]), ("find_people", arguments[1])]
    assert text(to_slack(question, *results)).splitlines() == [
        "About “invoices” in #general:",
        f"- <@{BEN}>: “I sign each invoice.” ([Thu 16:40]({LINK}2))",
        "- **Clara**, Invoices and taxes",
    ]


def test_who_knows_is_searched_where_that_is_possible_and_otherwise_read() -> None:
    question = asked("who in #general knows about invoices?")
    titled: Result = (
        "find_people",
        {"query": "invoices", "channel": "general"},
        {"output": {"people": []}},
    )
    rows = [message("Invoices are mine.", channel="#general"), message("Invoices!", channel="#random", link=f"{LINK}2")]
    searched = step(("search_messages", {"query": "invoices"}, {"output": {"messages": rows}}), titled)
    refused = step(
        ("search_messages", {"query": "invoices"}, {"error": "This workspace does not let me search."}), titled
    )

    assert calls(to_slack(question, search=True))[0] == ("search_messages", {"query": "invoices"})
    assert text(to_slack(question, *searched, search=True)).splitlines()[1:] == [
        f"- **Ben**: “Invoices are mine.” ([Thu 16:40]({LINK}))"
    ]
    assert calls(to_slack(question, *refused, search=True)) == [("read_channel", {"channel": "general"})]


def test_who_knows_of_what_nobody_has_written_about_is_told_plainly() -> None:
    question = asked("who knows about unicorns?")
    nothing = step(
        ("search_messages", {"query": "unicorns"}, {"output": {"messages": []}}),
        ("find_people", {"query": "unicorns"}, {"error": "I may not look for people."}),
    )

    answer = text(to_slack(question, *nothing, search=True))

    assert answer == "I found nobody who seems to know about “unicorns”.\n\nI may not look for people."


def test_people_and_channels_are_found_by_words() -> None:
    people, channels = asked("find people named berg"), asked("is there a channel about invoices?")
    berg = {"person": "Anna", "id": ANNA, "full_name": "Anna Berg", "title": "Designer", "time_zone": "Europe/Berlin"}
    invoices = {"channel": "#invoices", "id": "C1", "topic": "Send them here", "purpose": "Accounting"}

    assert calls(to_slack(people)) == [("find_people", {"query": "berg"})]
    assert calls(to_slack(channels)) == [("find_channels", {"query": "invoices"})]
    assert f"- <@{ANNA}>: Anna Berg, Designer, Europe/Berlin" in text(
        to_slack(people, *step(("find_people", {"query": "berg"}, {"output": {"people": [berg]}})))
    )
    assert "- **#invoices**: Send them here. Accounting" in text(
        to_slack(channels, *step(("find_channels", {"query": "invoices"}, {"output": {"channels": [invoices]}})))
    )
    assert "no channel for “invoices”" in text(
        to_slack(channels, *step(("find_channels", {"query": "invoices"}, {"output": {"channels": []}})))
    )


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("who knows about the oven here in Berlin?", "oven in Berlin"),
        ("Does anybody know about invoices?", "invoices"),
        ("who can help me with VPN", "VPN"),
        ("find somebody who knows about taxes", "taxes"),
        ("whom should we ask about the oven?", "oven"),
    ],
)
def test_who_knows_can_be_asked_in_many_words(question: str, query: str) -> None:
    (_, (name, arguments)) = calls(to_slack(asked(question)))

    assert (name, arguments["query"]) == ("find_people", query)


def test_a_search_that_finds_nothing_in_the_channel_is_followed_by_reading_it() -> None:
    question = asked("who in #general knows about invoices?")
    elsewhere = {"output": {"messages": [message("Invoices!", channel="#random")]}}
    titled: Result = ("find_people", {"query": "invoices", "channel": "general"}, {"output": {"people": []}})
    searched = step(("search_messages", {"query": "invoices"}, elsewhere), titled)
    read = step(("read_channel", {"channel": "general"}, found(message("Invoices are mine."))))

    assert calls(to_slack(question, *searched, search=True)) == [("read_channel", {"channel": "general"})]
    assert text(to_slack(question, *searched, *read, search=True)).splitlines() == [
        "About “invoices” in #general:",
        f"- **Ben**: “Invoices are mine.” ([Thu 16:40]({LINK}))",
    ]


def test_a_channel_that_nobody_names_is_read_and_not_searched() -> None:
    view = beside(channel="#random", channel_id="C0RANDOM")
    open_one = asked("who knows about invoices in this channel?", view, place=DIRECT)
    titled: Result = ("find_people", {"query": "invoices", "channel": "C0RANDOM"}, {"output": {"people": []}})
    read = step(("read_channel", {"channel": "C0RANDOM"}, found(message("Invoices are mine."))), titled)

    assert calls(to_slack(asked("who here knows about invoices?"), search=True))[0] == (
        "read_channel",
        {"channel": "here"},
    )
    assert calls(to_slack(open_one, search=True))[0] == ("read_channel", {"channel": "C0RANDOM"})
    assert text(to_slack(open_one, *read, search=True)).startswith("About “invoices” in this channel:\n- **Ben**")


def test_without_a_search_it_says_that_it_looked_in_this_channel_only() -> None:
    nothing = step(("read_channel", {"channel": "here"}, found()))

    answer = text(to_slack(asked("who knows about invoices?"), *nothing, mode="NONE"))

    assert answer == "I found nobody who seems to know about “invoices” in this channel."


def test_a_search_that_failed_is_told_where_nothing_else_can_be_read() -> None:
    refused = step(("search_messages", {"query": "invoices"}, {"error": "This workspace does not let me search."}))

    answer = text(to_slack(asked("who knows about invoices?"), *refused, mode="NONE"))

    assert answer.endswith("This workspace does not let me search.")


def test_who_asks_knows_nothing_by_asking() -> None:
    own = {**message("@agent who knows about invoices"), "id": ANNA, "from": "Anna"}
    results = step(
        ("read_channel", {"channel": "here"}, found(own)),
        ("find_people", {"query": "invoices"}, {"output": {"people": []}}),
    )

    assert text(to_slack(asked("who knows about invoices"), *results)).startswith("I found nobody")


def test_what_an_app_has_written_makes_nobody_an_expert() -> None:
    app = {"from": "Billing", "app": "A1", "text": "Invoice 7 is paid.", "at": "Thu 2026-11-26 16:40 UTC", "link": LINK}
    short = message("Our VPN and QA are mine.", link=f"{LINK}2")

    assert not who_knows("invoices", [Line.read(app)], [], frozenset(), None)
    assert who_knows("QA", [Line.read(short)], [], frozenset(), None) == [
        f"- **Ben**: “Our VPN and QA are mine.” ([26 Nov 2026, 16:40]({LINK}2))"
    ]


def test_people_of_a_channel_can_be_found_without_words() -> None:
    question = asked("find people in #general")
    arguments = {"query": "", "channel": "general"}
    clara = {"output": {"people": [{"person": "Clara", "id": CLARA, "title": "Cook"}]}}

    assert calls(to_slack(question)) == [("find_people", arguments)]
    assert text(to_slack(question, *step(("find_people", arguments, clara)))) == "I found:\n- **Clara**: Cook"
    assert text(to_slack(question, *step(("find_people", arguments, {"output": {"people": []}})))) == (
        "I found no person."
    )
    assert text(to_slack(question, *step(("find_people", arguments, {"error": "I may not."})))).startswith("I may not.")
