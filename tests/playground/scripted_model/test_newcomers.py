"""What a newcomer types in the first ten minutes, and what the scripted model makes of it with the agents that ship."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.agents import DEFAULT_PROMPTS
from agent_worker.toolbox.toolbox import Toolbox
from playground.scripted_model.talk.capabilities import IS_SCRIPT, NOTE
from tests.support.playground.scripted_talk import Talk, tool

DECLARED = Toolbox.discover().declarations()
TIME = tool(
    "time__get_current_time",
    "A tool of the server time, which says of it: Get current time in a specific timezone",
    timezone={"type": "string", "description": "IANA timezone name"},
)
TICKET = {"title": "The printer is broken", "description": "the printer is broken", "queue": "it", "priority": "normal"}
READ: dict[str, Any] = {"channel": "here"}


def newcomer(*, instructions: str = "Answer with a haiku.") -> Talk:
    return Talk(*DECLARED, instructions=instructions)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Are there any weather alerts for New York?", ("get_weather_alerts", {"state": "NY"})),
        ("any alerts in TX?", ("get_weather_alerts", {"state": "TX"})),
        ("is there a storm coming where I am", ("get_ip_address", {})),
        ("what is your IP", ("get_ip_address", {})),
        ("where are you?", ("get_ip_address", {})),
        ("where is 8.8.8.8?", ("get_location_info", {"ipaddress": "8.8.8.8"})),
        ("file a ticket: the printer is broken", ("file_ticket", TICKET)),
        ("please open a ticket for IT, the printer is broken", ("file_ticket", TICKET)),
        ("summarize this channel", ("read_channel", READ)),
        ("what did we decide yesterday?", ("read_channel", {**READ, "since": "2026-11-26", "until": "2026-11-26"})),
        ("what was decided in #random?", ("read_channel", {"channel": "random"})),
        ("who knows about invoices?", ("search_messages", {"query": "invoices"})),
        ("search for invoices", ("search_messages", {"query": "invoices"})),
        ("is there a channel about trucks?", ("find_channels", {"query": "trucks"})),
        ("find people named Ben", ("find_people", {"query": "Ben"})),
        ("call get_ip_address", ("get_ip_address", {})),
        ("use get_weather_alerts with state=OH", ("get_weather_alerts", {"state": "OH"})),
        ('get_location_info(ipaddress="8.8.8.8")', ("get_location_info", {"ipaddress": "8.8.8.8"})),
        ('find_people {"query": "ben"}', ("find_people", {"query": "ben"})),
        (
            "ask me whether I want tea or coffee",
            (
                "ask_person",
                {"question": "Please tell me whether you want tea or coffee.", "options": ["tea", "coffee"]},
            ),
        ),
    ],
)
def test_a_question_that_a_tool_can_answer_calls_it(question: str, first: tuple[str, Any]) -> None:
    talk = newcomer()

    talk.say(question)

    assert talk.calls[0] == first


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("hello", "Hello Anna! Ask me “What can you do?”"),
        ("Hi there!", "Hello Anna!"),
        ("help", "- get the active weather alerts"),
        ("what tools do you have?", "(`file_ticket`)"),
        ("what does file_ticket do?", "- `priority` (may be left out): urgent only if the person says so"),
        ("who are you?", IS_SCRIPT),
        ("are you a real AI?", IS_SCRIPT),
        ("which model is this", IS_SCRIPT),
        ("what's the weather?", "Which one: New York, Texas"),
        ("what time is it in Tokyo?", "I cannot tell the time"),
        ("what time is it?", "It is **10:15** for you (Europe/Berlin)."),
        ("what day is it tomorrow?", "That is **Saturday, 28 November 2026**"),
        ("file a ticket", "What is the ticket about?"),
        ("who am I?", "You are **Anna Berg**, Designer. Your time zone is Europe/Berlin."),
        ("which channel is this?", "This is **#general**."),
        ("my name is Ada", "Hello **Ada**!"),
        ("what did I say?", "You have not told me anything yet."),
        ("remember that the door code is 1234", "“the door code is 1234”"),
        ("thanks!", "You are welcome."),
        ("ping", "I am here."),
        ("👍", "Good."),
        ("say good night, agent", "good night, agent"),
        ("never mind", "All right, I leave it."),
    ],
)
def test_what_needs_no_tool_is_answered_plainly(question: str, told: str) -> None:
    talk = newcomer()

    answer = talk.say(question)

    assert told in answer
    assert talk.calls == []


@pytest.mark.parametrize(
    "question",
    [
        "write me a haiku about patience",
        "tell me a joke",
        "asdf",
        "?",
        "Wie geht's?",
        "book me a flight to Rome",
        "2+2",
    ],
)
def test_all_else_gets_a_haiku_from_an_agent_that_is_told_to_write_one_and_a_plain_sentence_from_others(
    question: str,
) -> None:
    haiku, plain = newcomer().say(question), newcomer(instructions="Be brief.").say(question)

    assert len(haiku.splitlines()) == 3
    assert plain == haiku if "haiku" in question else plain.startswith("I do not know what to do with that")


def test_what_slack_suggests_is_answered_from_the_tools_that_are_there() -> None:
    what_can_you_do, alerts = (prompt.message for prompt in DEFAULT_PROMPTS)
    talk = Talk(TIME)

    assert "With the server **time**:\n- get current time in a specific timezone (`time__get_current_time`)" in (
        talk.say(what_can_you_do)
    )
    assert "I have no tools here." in Talk(tools={}).say(what_can_you_do)
    assert "no tool" in talk.say(alerts)


def test_a_server_that_is_away_is_named_where_its_tools_would_be_needed() -> None:
    away = "The server time is away (it did not answer)."
    talk = Talk(tools={}, instructions=f"You tell the time.\n{away} Say so if its tools would be needed.")

    assert talk.say("what time is it in Tokyo?") == f"I cannot tell the time: I have no tool for it here.\n\n{away}"
    assert talk.say("and now?").endswith(away)
    assert away not in talk.say("thanks")


def test_it_says_once_in_a_conversation_that_it_is_a_script() -> None:
    talk = newcomer()
    told = []
    for question in ("hello", "write me a haiku", "alerts in Ohio?"):
        talk.say(question)
        told.append(talk.contents[-1]["parts"][0]["text"].count(IS_SCRIPT))

    assert told == [1, 0, 0]
    assert NOTE in talk.contents[1]["parts"][0]["text"]


def test_who_asks_what_it_is_hears_so_once() -> None:
    talk = newcomer()

    talk.say("who are you?")

    assert talk.contents[-1]["parts"][0]["text"].count(IS_SCRIPT) == 1
