"""Promises of the scripted model about decisions: quoted with author, time and link; nothing else is one."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.conversation.wording.model_form import line
from tests.support.playground.scripted_requests import calls, step, text
from tests.support.playground.scripted_slack import ANNA, GENERAL, LINK, YESTERDAY, asked, found, message, to_slack

QUESTION = "what did we decide in this channel yesterday?"


def told(*messages: dict[str, Any]) -> str:
    """The answer, if these stand in the channel. No thread is read for it."""
    read = found(*messages)
    return text(to_slack(asked(QUESTION), *step(("read_channel", {"channel": "here", **YESTERDAY}, read))))


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("what did we decide in this channel yesterday?", {"channel": "here", **YESTERDAY}),
        ("What was decided in #random today?", {"channel": "random", "since": "2026-11-27"}),
        ("what have we agreed on this week?", {"channel": "here", "since": "2026-11-23"}),
        ("what did we decide since Monday?", {"channel": "here", "since": "2026-11-23"}),
    ],
)
def test_what_was_decided_is_read_in_the_channel_and_the_time_that_are_meant(
    question: str, arguments: dict[str, str]
) -> None:
    assert calls(to_slack(asked(question))) == [("read_channel", arguments)]


def test_what_looks_decided_is_quoted_with_author_time_and_link() -> None:
    question = asked(QUESTION)
    read = found(
        message("Morning! We will ship on Tuesday. Tell the others."),
        message("Shall we go with Oslo?", link=f"{LINK}2"),
        message("I like herons.", link=f"{LINK}3"),
        left_out="Messages older than Thu 2026-11-26 08:00 are left out.",
    )

    answer = text(to_slack(question, *step(("read_channel", {"channel": "here", **YESTERDAY}, read))))

    assert answer.splitlines() == [
        "This looks decided in #general yesterday:",
        f"- “We will ship on Tuesday.” **Ben**, [Thu 16:40]({LINK})",
        "",
        "_Messages older than Thu 2026-11-26 08:00 are left out._",
    ]


def test_the_replies_below_decisions_and_questions_are_read_in_two_threads_at_most() -> None:
    question = asked(QUESTION)
    many = [message("Which city?", replies=3, link=f"{LINK}?thread_ts={n}") for n in range(4)]
    first = step(("read_channel", {"channel": "here", **YESTERDAY}, found(*many, message("Good morning", replies=9))))
    replies = [message("Let's go with Oslo.", link=f"{LINK}?reply={n}") for n in range(2)]
    links = [f"{LINK}?thread_ts={n}" for n in (3, 2)]
    threads = step(*(("read_thread", {"link": one}, found(reply)) for one, reply in zip(links, replies, strict=True)))

    assert calls(to_slack(question, *first)) == [("read_thread", {"link": one}) for one in links]
    assert text(to_slack(question, *first, *threads)).count("“Let's go with Oslo.” **Ben**") == 2


def test_where_nothing_was_decided_it_says_so() -> None:
    question = asked(QUESTION)
    read = found(message("Should we decide something?"), message("Hm.", link=f"{LINK}2"))

    answer = text(to_slack(question, *step(("read_channel", {"channel": "here", **YESTERDAY}, read))))

    assert answer == "I found nothing that looks decided in #general yesterday, in 2 messages."


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("Thanks. Let\u2019s go with Oslo!", "Let\u2019s go with Oslo!"),
        ("Agreed, Oslo it is.", "Agreed, Oslo it is."),
        ("We'll ship on Tuesday.", "We'll ship on Tuesday."),
        ("Settled: the blue one.", "Settled: the blue one."),
        ("What we decided: Oslo.", "What we decided: Oslo."),
        ("Do not wait, we agreed on Oslo.", "Do not wait, we agreed on Oslo."),
    ],
)
def test_a_sentence_that_sounds_like_a_decision_is_quoted(words: str, quoted: str) -> None:
    assert f"“{quoted}” **Ben**" in told(message(words))


@pytest.mark.parametrize(
    "words",
    [
        "We all like herons.",
        "We have not decided anything yet.",
        "Nothing was decided.",
        "I don't think we agreed on that.",
        "Should we go with Oslo?",
        "@agent what did we decide in this channel yesterday",
    ],
)
def test_what_is_open_or_asked_is_no_decision(words: str) -> None:
    assert told(message(words)) == "I found nothing that looks decided in #general yesterday, in 1 message."


def test_its_own_answers_are_no_decisions() -> None:
    own = {"yours": True, "at": "Thu 2026-11-26 16:41 UTC+01:00", "text": "You decided to ship.", "link": LINK}

    assert told(own).startswith("I found nothing")


def test_the_thread_of_an_earlier_question_to_it_is_not_read() -> None:
    earlier = message("what did we decide yesterday?", replies=2)

    assert told(earlier).startswith("I found nothing")


def test_a_channel_where_nothing_was_said_is_named() -> None:
    assert told() == "I found nothing that looks decided in #general yesterday, in 0 messages."


def test_a_thread_that_cannot_be_read_is_told_plainly_beside_what_was_found() -> None:
    first = ("read_channel", {"channel": "here", **YESTERDAY}, found(message("We agreed on Oslo.", replies=2)))
    away = ("read_thread", {"link": LINK}, {"error": "Slack does not answer."})

    answer = text(to_slack(asked(QUESTION), *step(first), *step(away)))

    assert "“We agreed on Oslo.” **Ben**" in answer
    assert answer.endswith("\n\nSlack does not answer.")


def test_the_days_are_those_of_who_asks() -> None:
    late = line(**{"from": "Anna", "id": ANNA, "at": "Thu 2026-11-26 23:30 UTC", "text": QUESTION})
    there = line(person="Anna", id=ANNA, time_zone="Pacific/Auckland")
    question = {"role": "user", "parts": [{"text": one} for one in (GENERAL, there, late)]}

    assert calls(to_slack(question)) == [("read_channel", {"channel": "here", **YESTERDAY})]
