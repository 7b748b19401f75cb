"""Promises of the scripted model about a conversation: it goes on, takes up edits and steering, varies, and forgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent_worker.conversation.conversation import BEFORE, NOW
from agent_worker.conversation.questions.outcomes import NEWS, NEWS_ALONE
from agent_worker.conversation.transcript.taken_back import LEFT_OUT
from agent_worker.conversation.wording.model_form import line, note
from agent_worker.conversation.wording.model_input import DELETED, EDITED
from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.talk.haikus import HAIKUS as ALL_HAIKUS
from playground.scripted_model.tools.reports import ASKED
from tests.support.playground.scripted_requests import SEARCH, SLACK_TOOLS, TOOLS
from tests.support.playground.scripted_slack import ANNA, BEN, from_anna
from tests.support.playground.scripted_talk import Talk, message, tool

TIME = {"time__get_current_time": ["timezone"]}
EVERY = {**TOOLS, **SLACK_TOOLS, **SEARCH, **TIME, "file_ticket": ["title", "description", "queue", "priority"]}
NEW_YORK, TEXAS = ("get_weather_alerts", {"state": "NY"}), ("get_weather_alerts", {"state": "TX"})
TICKET = {"title": "The door squeaks", "description": "the door squeaks", "queue": "office", "priority": "normal"}
WAITING = {"outcome": "waiting", "note": "People have been asked.", "waiting_for": "q#0"}


def world(name: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the tools return."""
    outputs = {
        "get_weather_alerts": {"alerts": [], "note": f"None in {args.get('state')}."},
        "get_ip_address": {"ip_address": "203.0.113.7"},
        "get_location_info": {"city": "Austin", "region": "Texas", "country": "United States"},
        "file_ticket": {"ticket": "IT-1"},
    }
    return {"output": outputs.get(name, {"messages": []})}


def talk(model: ScriptedModel | None = None) -> Talk:
    return Talk(tools=EVERY, respond=world, model=model)


def from_ben(text: str) -> str:
    return line(**{"from": "Ben", "id": BEN, "at": "Fri 2026-11-27 10:16 UTC+01:00", "text": text})


def calls_of(one: Talk, *texts: str) -> Sequence[tuple[str, Any]]:
    """The calls that the last of these messages leads to."""
    for text in texts:
        one.say(text)
    return one.calls


# It goes on


@pytest.mark.parametrize(
    ("texts", "calls"),
    [
        (["alerts in New York?", "and for Texas?"], [TEXAS]),
        (["alerts in New York?", "what about Texas and Ohio?"], [TEXAS, ("get_weather_alerts", {"state": "OH"})]),
        (["alerts in New York?", "Texas?"], [TEXAS]),
        (["alerts in New York?", "no, I meant Texas"], [TEXAS]),
        (["alerts in New York?", "thanks", "and for Texas?"], [TEXAS]),
        (["alerts in New York?", "what is your IP?", "and for Texas?"], [TEXAS]),
        (["alerts in New York?", "again"], [NEW_YORK]),
        (["weather?", "Texas"], [TEXAS]),
        (["what time is it in Tokyo?", "and in Berlin?"], [("time__get_current_time", {"timezone": "Europe/Berlin"})]),
        (["what time is it anywhere in UTC?", "Oslo"], [("time__get_current_time", {"timezone": "Europe/Oslo"})]),
        (["file a ticket", "the door squeaks"], [("file_ticket", TICKET)]),
        (["file a ticket: x is broken", "another one: the door squeaks"], [("file_ticket", TICKET)]),
        (["summarize #general", "and #random?"], [("read_channel", {"channel": "random"})]),
        (
            ["summarize #general", "and since Monday?"],
            [("read_channel", {"channel": "general", "since": "2026-11-23"})],
        ),
        (
            ["what was decided in #general yesterday?", "what about #random?"],
            [("read_channel", {"channel": "random", "since": "2026-11-26", "until": "2026-11-26"})],
        ),
        (
            ["who knows about invoices?", "and about trucks?"],
            [("search_messages", {"query": "trucks"}), ("find_people", {"query": "trucks"})],
        ),
    ],
)
def test_a_message_goes_on_from_what_was_asked_before(texts: list[str], calls: list[tuple[str, Any]]) -> None:
    assert calls_of(talk(), *texts) == calls


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("any alerts in Texas, and what is your IP address?", ["get_weather_alerts", "get_ip_address"]),
        ("What is your IP address? Search for invoices.", ["get_ip_address", "search_messages"]),
        (
            "call get_ip_address and then call get_weather_alerts with state=TX",
            ["get_ip_address", "get_weather_alerts"],
        ),
        ("any alerts in Texas and in New York?", ["get_weather_alerts", "get_weather_alerts"]),
        ("any alerts in Texas and what is love?", ["get_weather_alerts"]),
        ("find people named Ben and what he knows", ["find_people"]),
        ("file a ticket: the door squeaks and what is your IP address", ["file_ticket"]),
    ],
)
def test_all_requests_of_a_message_are_met_if_each_is_one_by_itself(text: str, names: list[str]) -> None:
    talk = Talk(tools=EVERY, respond=world)

    talk.say(text)

    assert [name for name, _ in talk.calls] == names


def test_a_conversation_goes_on_from_the_last_request_of_a_message() -> None:
    talk = Talk(tools=EVERY, respond=world)
    talk.say("what is your IP address, and are there alerts in Texas?")

    talk.say("and for New York?")

    assert talk.calls == [NEW_YORK]


def test_the_example_of_the_read_me_goes_on_where_the_agent_is() -> None:
    assert [name for name, _ in calls_of(talk(), "alerts in New York?", "and where I am?")] == [
        "get_ip_address",
        "get_location_info",
        "get_weather_alerts",
    ]


@pytest.mark.parametrize("question", ["can you answer that?", "what do you think?", "any weather alerts there?"])
def test_who_calls_it_into_a_thread_need_not_repeat_what_was_said(question: str) -> None:
    said = [from_ben("The truck leaves for Texas at three."), from_ben("Are there any weather alerts?")]
    one = talk()

    one.say(message(question, note(BEFORE), *said, note(NOW)))

    assert one.calls == [TEXAS]


def test_in_a_thread_it_knows_who_has_said_what_and_otherwise_tells_what_it_has_read() -> None:
    before = [note(BEFORE), from_ben("The truck leaves for Texas at three."), note(NOW)]

    assert talk().say(message("when does the truck leave?", *before)) == (
        "Ben said: “The truck leaves for Texas at three.” (Fri 10:16)"
    )
    assert talk().say(message("hm", *before)).startswith("This was said here before:\n- **Ben** (Fri 10:16): The truck")


# Edits and steering


def test_a_question_that_is_edited_while_its_tool_runs_is_answered_as_it_reads_now() -> None:
    one = talk()
    one.contents = [message("alerts in Texas?")]  # the agent has rewritten it already

    answer = one.steered(NEW_YORK, note(EDITED, text="alerts in Texas?"))

    assert (one.calls, answer) == ([TEXAS], "**Texas**: None in TX.")


def test_an_edit_of_a_message_that_was_not_rewritten_takes_its_place() -> None:
    one = talk()
    one.contents = [message("alerts in New York?")]

    assert one.steered(NEW_YORK, note(EDITED, text="what is my name?")) == (
        "You are **Anna Berg**, Designer. Your time zone is Europe/Berlin."
    )


def test_a_ticket_that_is_edited_is_filed_once_as_it_reads_now() -> None:
    one = talk()
    one.contents = [message("file a ticket: the door squeaks")]
    old = ("file_ticket", {**TICKET, "title": "The dor squeaks"})

    one.steered(old, note(EDITED, text="file a ticket: the door squeaks"))

    assert one.calls == [("file_ticket", TICKET)]


def test_of_two_messages_the_one_that_was_deleted_is_not_answered() -> None:
    one = talk()
    one.contents = [message("what day is it?")]

    assert one.steered(NEW_YORK, note(DELETED)).startswith("It is **Friday, 27 November 2026**")


@pytest.mark.parametrize(
    ("steering", "told"),
    [
        ("no, in Texas", "**Texas**: None in TX."),
        ("Texas instead", "**Texas**: None in TX."),
        ("sorry, Texas", "**Texas**: None in TX."),
        ("make it Texas", "**Texas**: None in TX."),
        ("for Texas", "**Texas**: None in TX."),
        ("alerts in Texas?", "**Texas**: None in TX."),
        ("and for Texas?", "**New York**: None in NY.\n\n**Texas**: None in TX."),
        ("also Texas", "**New York**: None in NY.\n\n**Texas**: None in TX."),
        ("what is my IP?", "**New York**: None in NY.\n\n**IP address**: ip address 203.0.113.7"),
        ("no, what is my IP?", "**IP address**: ip address 203.0.113.7"),
        ("never mind", "All right, I leave it."),
    ],
)
def test_a_message_during_the_turn_takes_back_what_was_asked_or_adds_to_it(steering: str, told: str) -> None:
    one = talk()
    one.contents = [message("alerts in New York?")]

    assert one.steered(NEW_YORK, from_anna(steering)) == told


def test_what_somebody_else_asks_meanwhile_takes_nothing_back() -> None:
    one = talk()
    one.contents = [message("alerts in New York?")]

    assert one.steered(NEW_YORK, from_ben("alerts in Texas?")) == "**New York**: None in NY.\n\n**Texas**: None in TX."


def test_messages_that_were_waiting_together_are_all_answered_and_talk_among_people_is_not() -> None:
    one = talk()

    answer = one.say("alerts in New York?", "alerts in Texas?", "I had soup for lunch")

    assert answer == "**New York**: None in NY.\n\n**Texas**: None in TX."


# Try again


def test_try_again_has_other_words() -> None:
    one = talk()
    one.say("write me a haiku about rain")
    haikus = {one.contents[-1]["parts"][0]["text"], *(one.try_again() for _ in range(len(ALL_HAIKUS) - 1))}
    one.say("alerts in New York?")
    reports = {one.contents[-1]["parts"][0]["text"], one.try_again(), one.try_again()}

    assert len(haikus) == len(ALL_HAIKUS)
    assert len(reports) == 3
    assert all("None in NY." in report for report in reports)


def test_the_same_words_in_another_conversation_are_no_second_try() -> None:
    model, other = ScriptedModel(), talk()
    talk(model).say("alerts in Texas?")
    other.say("hello")

    assert talk(model).say("alerts in Ohio?") == "**Ohio**: None in OH."


# It forgets


def test_it_remembers_what_people_said_until_they_take_it_back() -> None:
    one = talk()
    one.say("remember that the door code is 1234")
    known = one.say("what is the door code?")
    one.contents = [
        message("remember that the door code is 9876"),  # edited, so that its answer is left out
        {"role": "model", "parts": [{"text": LEFT_OUT}]},
    ]
    edited = one.say("what is the door code?")
    one.contents = []  # deleted
    forgotten = one.say("what is the door code?")

    assert "1234" in known
    assert "9876" in edited
    assert "1234" not in edited + forgotten
    assert "9876" not in forgotten


def test_each_person_has_a_name_of_their_own() -> None:
    one = talk()
    one.say("my name is Ada")

    assert "Ada" in one.say("what is my name?")
    one.contents.append({"role": "user", "parts": [{"text": from_ben("what is my name?")}]})
    assert "Ada" not in one.answer()


# People decide


def decided(*, since: Sequence[Mapping[str, Any]], response: Mapping[str, Any], more: str = "", **note_of: Any) -> str:
    """What it says when it is told what became of a ticket, after these contents; `more` is asked beside that."""
    one = talk()
    one.contents = [message("file a ticket: the door squeaks")]
    one._returned([("file_ticket", TICKET)])
    one.contents[-1]["parts"][0]["functionResponse"]["response"] = dict(response)
    one.contents += [*map(dict, since), {"role": "user", "parts": [{"text": note(**note_of)}]}] if note_of else []
    one.contents[-1]["parts"] += [{"text": from_anna(more)}] if more else []
    return one.answer()


def test_a_question_that_comes_while_people_decide_is_answered_by_itself() -> None:
    one = talk()
    one.contents = [message("file a ticket: the door squeaks")]
    one._returned([("file_ticket", TICKET)])
    one.contents[-1]["parts"][0]["functionResponse"]["response"] = WAITING

    assert one.say("alerts in Texas?") == "**Texas**: None in TX."


def test_it_says_how_a_decision_came_out_also_after_other_questions() -> None:
    filed = {"outcome": "approved", "by": "Anna", "output": {"ticket": "IT-7"}}
    other = [message("what day is it?"), {"role": "model", "parts": [{"text": "Friday."}]}]

    assert decided(since=[], response=filed).startswith("I filed **IT-7**.")
    calls = ["Ticket: The door squeaks"]
    assert decided(since=other, response=filed, remark=NEWS, calls=calls) == "I filed **IT-7**."
    assert decided(
        since=other, response=WAITING, remark=NEWS_ALONE, results={"Ticket: the door": {"outcome": "expired"}}
    ) == ("**Ticket: the door**: that was not carried out: nobody decided about it in time.")
    assert decided(since=other, response=filed, remark=NEWS, calls=calls, more="what is my IP?").startswith(
        "I filed **IT-7**.\n\n**IP address**: ip address 203.0.113.7"
    )
    assert ASKED in decided(since=[], response=WAITING)


def test_of_several_decisions_it_tells_the_one_that_is_news() -> None:
    one = talk()
    for title, number in (("The door squeaks", "IT-7"), ("The lamp is out", "IT-8")):
        one.contents.append(message(f"file a ticket: {title}"))
        one._returned([("file_ticket", {**TICKET, "title": title, "description": title})])
        response = {"outcome": "approved", "by": "Anna", "output": {"ticket": number}}
        one.contents[-1]["parts"][0]["functionResponse"]["response"] = response
        one.contents.append({"role": "model", "parts": [{"text": "Done."}]})
    one.contents.append({"role": "user", "parts": [{"text": note(remark=NEWS, calls=["Ticket: The door squeaks"])}]})

    assert one.answer() == "I filed **IT-7**."


def test_what_a_person_answers_to_its_question_is_told() -> None:
    asks = tool("ask_person", "Ask the person something.", question={"type": "string"}, options={"default": []})
    one = Talk(asks, respond=lambda *_: {"output": {"answer": "tea", "by": ANNA}})

    assert one.say("ask me whether I want tea or coffee") == "Your answer is: **tea**."
