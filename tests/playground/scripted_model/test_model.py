"""Promises of the scripted model: it uses the tools that it has, and says what they returned."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.conversation.conversation import BEFORE, NOW
from agent_worker.conversation.wording.model_form import line, note
from emulators.gemini.answers import Said, Text
from emulators.gemini.faults import Slow
from emulators.gemini.request import ModelRequest
from playground.scripted_model.model import ScriptedModel
from tests.support.playground.scripted_requests import SEARCH, SLACK_TOOLS, TOOLS, calls, request, said, step, text

TELL, CONVERT = "time__get_current_time", "time__convert_time"
TIME_TOOLS = {TELL: ["timezone"], CONVERT: ["source_timezone", "time", "target_timezone"]}
NINE_IN_NEW_YORK = {"source_timezone": "America/New_York", "time": "09:00"}
FILE_TOOLS = {
    "docs__list_directory": ["path"],
    "docs__read_text_file": ["path"],
    "docs__search_files": ["path", "pattern"],
}
NEW_YORK = {"output": {"city": "New York", "region": "New York", "country": "United States"}}


@pytest.mark.parametrize(
    ("question", "states"),
    [
        ("Any weather alerts in New York and California?", ["NY", "CA"]),
        ("storms in TX or West Virginia?", ["TX", "WV"]),
        ("anna: is there a warning for new mexico, in florida, or for me in OR?", ["NM", "FL", "OR"]),
        ("alerts in Kansas, Arkansas and Washington", ["KS", "AR", "WA"]),
    ],
)
def test_alerts_of_several_states_are_looked_up_in_parallel(question: str, states: list[str]) -> None:
    assert calls(request(said(question))) == [("get_weather_alerts", {"state": state}) for state in states]


def test_alerts_where_i_am_take_three_steps() -> None:
    question = said("Are there any weather alerts where I am?")
    address = step(("get_ip_address", {}, {"output": {"ip_address": "203.0.113.7"}}))
    place = step(("get_location_info", {"ipaddress": "203.0.113.7"}, NEW_YORK))

    assert calls(request(question)) == [("get_ip_address", {})]
    assert calls(request(question, *address)) == [("get_location_info", {"ipaddress": "203.0.113.7"})]
    assert calls(request(question, *address, *place)) == [("get_weather_alerts", {"state": "NY"})]


def test_a_chain_ends_where_a_tool_fails_and_says_so() -> None:
    failed = step(("get_ip_address", {}, {"error": "the service is down."}))

    answer = text(request(said("weather alerts near me?"), *failed))

    assert answer == "**IP address**: that did not work. the service is down."


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("what is your IP address?", ("get_ip_address", {})),
        ("where are you?", ("get_ip_address", {})),
        ("where is 198.51.100.4?", ("get_location_info", {"ipaddress": "198.51.100.4"})),
        ("location of IP 2001:db8::1 please", ("get_location_info", {"ipaddress": "2001:db8::1"})),
    ],
)
def test_addresses_and_places_are_looked_up(question: str, call: tuple[str, dict[str, Any]]) -> None:
    assert calls(request(said(question))) == [call]


def test_alerts_are_listed_by_their_headlines() -> None:
    alerts = [{"headline": f"Flood Warning {n}", "severity": "Severe"} for n in range(6)]
    results = step(
        ("get_weather_alerts", {"state": "NY"}, {"output": {"alerts": alerts, "total": 9}}),
        ("get_weather_alerts", {"state": "VT"}, {"output": {"alerts": [], "note": "There are no alerts for Vermont."}}),
        ("get_weather_alerts", {"state": "CA"}, {"error": "The weather service is down."}),
    )

    answer = text(request(said("alerts in NY, VT and CA"), *results))

    assert answer.splitlines()[:2] == ["**New York**: 9 active alerts", "- Flood Warning 0 _(Severe)_"]
    assert "- and 4 more" in answer
    assert "**Vermont**: There are no alerts for Vermont." in answer
    assert "**California**: that did not work. The weather service is down." in answer


def test_a_place_is_said_in_words() -> None:
    found = step(("get_location_info", {"ipaddress": "198.51.100.4"}, NEW_YORK))

    assert (
        text(request(said("where is 198.51.100.4?"), *found)) == "**198.51.100.4**: New York, New York, United States."
    )


def test_an_address_is_told_only_to_who_asked_for_it() -> None:
    address = step(("get_ip_address", {}, {"output": {"ip_address": "203.0.113.7"}}))
    kansas_city = {"output": {"city": "Kansas City", "region": "Missouri", "country": "United States"}}
    place = step(("get_location_info", {"ipaddress": "203.0.113.7"}, kansas_city))
    alerts = step(("get_weather_alerts", {"state": "MO"}, {"output": {"alerts": [{"event": "Heat Advisory"}]}}))
    question = said("storms near me?")

    assert calls(request(question, *address, *place)) == [("get_weather_alerts", {"state": "MO"})]
    assert "IP address" not in text(request(question, *address, *place, *alerts))
    assert "- Heat Advisory" in text(request(question, *address, *place, *alerts))
    assert text(request(said("your IP?"), *address)) == "**IP address**: ip address 203.0.113.7"


def test_a_state_that_is_added_while_tools_run_is_looked_up_too() -> None:
    first = step(("get_weather_alerts", {"state": "NY"}, {"output": {"alerts": []}}))

    asked = request(said("alerts in New York?"), *first, said("and alerts in Texas?"))

    assert calls(asked) == [("get_weather_alerts", {"state": "TX"})]


def test_no_tool_is_called_that_is_not_declared_or_not_allowed() -> None:
    question = said("weather alerts in Ohio?")

    assert "no tool" in text(request(question, tools={}))
    assert "no tool" in text(request(question, mode="NONE"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what time is it in Tokyo?", [(TELL, {"timezone": "Asia/Tokyo"})]),
        (
            "what's the time in New York and in utc",
            [(TELL, {"timezone": "America/New_York"}), (TELL, {"timezone": "UTC"})],
        ),
        ("what is 9:00 in New York in Berlin?", [(CONVERT, {**NINE_IN_NEW_YORK, "target_timezone": "Europe/Berlin"})]),
        ("what is 9 am New York for Europe/Oslo?", [(CONVERT, {**NINE_IN_NEW_YORK, "target_timezone": "Europe/Oslo"})]),
    ],
)
def test_the_time_is_asked_of_an_mcp_server(question: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert calls(request(said(question), tools=TIME_TOOLS)) == expected


def test_the_time_is_told_in_a_sentence_and_a_call_is_not_made_twice() -> None:
    now = {"timezone": "Asia/Tokyo", "datetime": "2026-03-01T18:05:00+09:00", "day_of_week": "Sunday", "is_dst": False}
    then = {**now, "timezone": "Europe/Berlin", "datetime": "2026-03-01T10:05:00+01:00"}
    told = step((TELL, {"timezone": "Asia/Tokyo"}, {"output": now}))
    asked = {"source_timezone": "Asia/Tokyo", "time": "18:05", "target_timezone": "Europe/Berlin"}
    converted = step((CONVERT, asked, {"output": {"source": now, "target": then, "time_difference": "-8.0h"}}))

    assert text(request(said("what time is it in Tokyo?"), *told, tools=TIME_TOOLS)) == (
        "It is **18:05** in Tokyo (Sunday)."
    )
    assert text(request(said("what is 18:05 in Tokyo in Berlin?"), *converted, tools=TIME_TOOLS)) == (
        "**18:05** in Tokyo (Sunday) is **10:05** in Berlin (Sunday)."
    )


def test_without_a_tool_for_the_time_or_without_a_place_it_says_so() -> None:
    question = said("what time is it in Tokyo?")

    assert text(request(question)) == "I cannot tell the time: I have no tool for it here."
    assert text(request(question, mode="NONE", tools=TIME_TOOLS)).startswith("I cannot tell the time")
    assert text(request(said("what time is it?"), tools=TIME_TOOLS)).startswith("Which place do you mean?")


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("read the file docs/glossary.md", ("docs__read_text_file", {"path": "docs/glossary.md"})),
        ("list the directory `docs`", ("docs__list_directory", {"path": "docs"})),
        ('search the files in "docs" for "*.md"', ("docs__search_files", {"path": "docs", "pattern": "*.md"})),
    ],
)
def test_a_tool_of_any_server_is_called_by_the_words_of_its_name(question: str, call: tuple[str, Any]) -> None:
    assert calls(request(said(question), tools=FILE_TOOLS)) == [call]


def test_an_argument_that_is_missing_is_named() -> None:
    asked = request(said("search the files in `docs`"), tools=FILE_TOOLS)

    assert text(asked) == "To call `docs__search_files` I need `pattern`. What shall I take?"


def test_a_question_without_the_words_of_a_tool_calls_none() -> None:
    assert len(text(request(said("write me a haiku about a list"), tools=FILE_TOOLS)).splitlines()) == 3


def test_an_answered_turn_is_over() -> None:
    first = step(("get_weather_alerts", {"state": "NY"}, {"output": {"alerts": []}}))

    asked = request(said("alerts in New York?"), *first, said("None.", "model"), said("thank you"))

    assert text(asked) == "You are welcome."


def test_anything_else_gets_a_haiku_always_the_same_for_the_same_words() -> None:
    haikus = {text(request(said(f"tell me something about {n}"))) for n in range(40)}

    assert len(haikus) > 3
    assert all(len(haiku.splitlines()) == 3 for haiku in haikus)
    assert text(request(said("tell me more"))) == text(request(said("tell me more")))


def test_what_was_said_before_is_remembered() -> None:
    before = [said("anna: my name is Anna and I like herons"), said("Hello!", "model")]

    name = text(request(*before, said("anna: what's my name?")))
    sayings = text(request(*before, said("anna: what did I say?")))

    assert "**Anna**" in name
    assert "herons" in sayings
    assert text(request(said("who am I?"))) == "You have not told me anything yet."


def test_the_background_that_the_agent_adds_is_not_taken_for_a_question() -> None:
    texts = [note(BEFORE), line(text="alerts in Ohio?"), note(NOW), line(text="hello")]
    asked = {"role": "user", "parts": [{"text": text} for text in texts]}

    assert text(request(asked)).startswith("Hello!")


def test_a_summary_keeps_names() -> None:
    body = {
        "systemInstruction": {"parts": [{"text": "Write a compact factual summary"}]},
        "contents": [said("People: my name is Anna\nAssistant: hello")],
    }

    answer = ScriptedModel().answer(ModelRequest("gemini-3.8-flash", "v1", streamed=False, body=body))

    assert isinstance(answer, Said)
    assert "Anna" in str(answer.parts)


@pytest.mark.parametrize("pause", [0.0, 0.04])
def test_what_it_says_comes_word_by_word(pause: float) -> None:
    answer = ScriptedModel(pause=pause).answer(request(said("hello")))

    assert isinstance(answer, Said)
    (part,) = answer.parts
    assert isinstance(part, Text)
    assert (answer.pieces, answer.pause) == (len(part.text.split()), pause)


def test_it_can_think_for_a_while() -> None:
    assert isinstance(ScriptedModel(delay=1.5).answer(request(said("hello"))), Slow)


def test_what_is_around_a_question_is_not_taken_for_one() -> None:
    texts = [
        line(place="#weather", id="C1", topic="Weather alerts in Ohio?", purpose="Where am I? What is my IP?"),
        line(person="Where am I", id="U1", full_name="Storms in Texas", title="What time is it in Tokyo?"),
        note("This person has this channel open.", **{"from": "anna", "id": "U1", "channel": "#alerts in Ohio"}),
        line(**{"from": "anna", "id": "U1", "at": "Fri 2026-11-27 10:15 UTC", "text": "hello"}),
    ]
    asked = {"role": "user", "parts": [{"text": text} for text in texts]}

    assert text(request(asked)).startswith("Hello Where am I!")


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("are there any weather alerts where I am?", ["get_ip_address"]),
        ("any weather alerts in New York and Texas?", ["get_weather_alerts", "get_weather_alerts"]),
        ("Are there any weather alerts for New York?", ["get_weather_alerts"]),
        ("write me a haiku about patience", []),
        ("What can you do for me?", []),
        ("what did we decide in this channel yesterday?", ["read_channel"]),
        ("what time is it in Tokyo?", [TELL]),
        ("What is 9:00 in New York in Berlin?", [CONVERT]),
        ("what is your IP address?", ["get_ip_address"]),
        ("who am I?", []),
    ],
)
def test_what_the_page_and_the_read_me_suggest_calls_what_it_should(question: str, called: list[str]) -> None:
    written = line(**{"from": "anna", "id": "U1", "at": "Fri 2026-11-27 10:15 UTC", "text": question})

    asked = request(said(written), tools={**TOOLS, **TIME_TOOLS, **SLACK_TOOLS, **SEARCH})

    assert [name for name, _ in calls(asked)] == called
