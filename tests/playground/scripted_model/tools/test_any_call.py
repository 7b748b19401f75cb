"""Promises of the scripted model about tools that nobody here knows: it finds them, fills them, asks, and tells."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.playground.scripted_talk import Talk, tool

TEXT = {"type": "string"}
CURRENCY = {"type": "string", "enum": ["EUR", "USD", "GBP"]}
DICE = tool(
    "roll_dice",
    "Roll some dice and tell the sum.",
    sides={"type": "integer", "description": "how many sides each die has"},
    count={"type": "integer", "default": 1, "description": "how many dice"},
)
EVENT = tool(
    "create_event",
    "Put an event into the calendar.",
    title=TEXT,
    date={"type": "string", "format": "date"},
    start={"type": "string", "format": "time", "default": ""},
    minutes={"type": "integer", "default": 60},
)
TRANSLATE = tool("translate", "Translate a text into another language.", text=TEXT, language=TEXT)
LIGHT = tool(
    "set_light",
    "Switch a light on or off.",
    room={"type": "string", "enum": ["kitchen", "office", "hall"]},
    on={"type": "boolean"},
)
NOTES = tool("search_notes", "Search the team's notes.", query=TEXT)
DOCS = [
    tool("docs__read_text_file", "Read the complete contents of a file as text.", path=TEXT, head={"default": None}),
    tool("docs__list_directory", "Get a detailed listing of all files and directories in a path.", path=TEXT),
    tool("docs__search_files", "Recursively search for files matching a pattern.", path=TEXT, pattern=TEXT),
]
TOOLS = [
    DICE,
    EVENT,
    TRANSLATE,
    LIGHT,
    NOTES,
    *DOCS,
    tool("get_time", "Tell the current local time of a time zone.", timezone={**TEXT, "description": "an IANA name"}),
    tool("convert_currency", "Convert money.", amount={"type": "number"}, source=CURRENCY, target=CURRENCY),
    tool("lookup_order", "Look up the state of an order.", order_id={"type": "string", "pattern": r"^[A-Z]-\d+$"}),
    tool("add_todo", "Add an entry to the list.", text=TEXT, urgent={"type": "boolean", "default": False}),
    tool("get_forecast", "The weather forecast of a city.", city=TEXT, days={"type": "integer", "default": 3}),
    tool("tell_joke", "Tell a joke."),
    tool("standup", "What the team is working on today."),
    tool("send_email", "Send an e-mail.", to={"type": "string", "format": "email"}, subject=TEXT, body=TEXT),
    tool("compare_cities", "Compare cities.", cities={"type": "array", "items": TEXT}),
    tool("book", "Book a room.", request={"type": "object", "properties": {"room": TEXT}, "required": ["room"]}),
    tool("getUser", "Look up a user.", name={"anyOf": [{"type": "string"}, {"type": "null"}]}),
]


@pytest.mark.parametrize(
    ("question", "name", "arguments"),
    [
        ("roll 2 dice with 20 sides", "roll_dice", {"sides": 20, "count": 2}),
        ("what time is it in Tokyo?", "get_time", {"timezone": "Asia/Tokyo"}),
        ("convert 100 EUR to USD", "convert_currency", {"amount": 100, "source": "EUR", "target": "USD"}),
        ("convert to USD from EUR: 12.50", "convert_currency", {"amount": 12.5, "source": "EUR", "target": "USD"}),
        ("how much is 20 usd in eur?", "convert_currency", {"amount": 20, "source": "USD", "target": "EUR"}),
        ("where is order A-1234?", "lookup_order", {"order_id": "A-1234"}),
        ("look up order b-17", "lookup_order", {"order_id": "B-17"}),
        (
            'create an event "Lunch" tomorrow at 12:30 with minutes=45',
            "create_event",
            {"title": "Lunch", "date": "2026-11-28", "start": "12:30", "minutes": 45},
        ),
        ("create an event “Party” on 5 December", "create_event", {"title": "Party", "date": "2026-12-05"}),
        ('translate "good morning" into French', "translate", {"text": "good morning", "language": "French"}),
        ("please translate hello world to German", "translate", {"text": "hello world", "language": "German"}),
        ("add a todo: buy milk", "add_todo", {"text": "buy milk"}),
        ("add buy milk to my todos", "add_todo", {"text": "buy milk"}),
        ("add an urgent todo: call the bank", "add_todo", {"text": "call the bank", "urgent": True}),
        ("search my notes for pasta recipes", "search_notes", {"query": "pasta recipes"}),
        ("what's the forecast in Paris?", "get_forecast", {"city": "Paris"}),
        ("weather forecast for New York for 5 days", "get_forecast", {"city": "New York", "days": 5}),
        ("tell me a joke", "tell_joke", {}),
        ("what is the team working on?", "standup", {}),
        (
            'send an email to bo@example.com about the party saying "see you"',
            "send_email",
            {"to": "bo@example.com", "subject": "the party", "body": "see you"},
        ),
        ("turn on the light in the kitchen", "set_light", {"room": "kitchen", "on": True}),
        ("switch the office light off", "set_light", {"room": "office", "on": False}),
        ("compare the cities Paris, Rome and Oslo", "compare_cities", {"cities": ["Paris", "Rome", "Oslo"]}),
        ('book "Blue"', "book", {"request": {"room": "Blue"}}),
        ("look up the user Ben", "getUser", {"name": "Ben"}),
        ("read the file docs/glossary.md", "docs__read_text_file", {"path": "docs/glossary.md"}),
        ("Read the text file glossary.md", "docs__read_text_file", {"path": "glossary.md"}),
        ("List the directory `.`", "docs__list_directory", {"path": "."}),
        ('search the files in "docs" for "*.md"', "docs__search_files", {"path": "docs", "pattern": "*.md"}),
        ("use roll_dice with sides: 6", "roll_dice", {"sides": 6}),
        ('roll_dice {"sides": 6, "count": 3}', "roll_dice", {"sides": 6, "count": 3}),
        ("call `standup`", "standup", {}),
    ],
)
def test_a_tool_is_found_by_its_words_and_filled_from_those_of_the_message(
    question: str, name: str, arguments: dict[str, Any]
) -> None:
    talk = Talk(*TOOLS)

    talk.say(question)

    assert talk.calls == [(name, arguments)]


@pytest.mark.parametrize(
    "text",
    [
        "write me a haiku about a list",
        "The truck leaves for New York at three.",
        "good morning",
        "thank you, that was a good time",
        "I have worked on it with Ben",
        "what can you do?",
    ],
)
def test_what_only_sounds_like_a_tool_calls_none(text: str) -> None:
    talk = Talk(*TOOLS)

    talk.say(text)

    assert talk.calls == []


def test_what_is_missing_is_asked_for_one_by_one_and_the_replies_are_taken() -> None:
    talk = Talk(*TOOLS)

    assert talk.say("create an event") == "To call `create_event` I need `title`. What shall I take?"
    assert talk.say("Lunch with Ben") == "To call `create_event` I need `date`. What shall I take?"
    talk.say("tomorrow, please")

    assert talk.calls == [("create_event", {"title": "Lunch with Ben", "date": "2026-11-28"})]


def test_a_question_names_the_options_and_a_reply_that_does_not_fit_is_asked_for_again() -> None:
    talk = Talk(*TOOLS)

    assert talk.say("set the light").endswith("It is one of `kitchen`, `office`, `hall`.")
    assert talk.say("cellar").startswith("I cannot take “cellar” for that. To call `set_light` I need `room`.")
    assert talk.say("the kitchen").endswith("I need `on`. Yes or no?")
    talk.say("yes")

    assert talk.calls == [("set_light", {"room": "kitchen", "on": True})]


@pytest.mark.parametrize("reply", ["20", "20 sides, please", "twenty", "it's 20", "sides=20"])
def test_a_reply_may_have_other_words_around_it(reply: str) -> None:
    talk = Talk(*TOOLS)
    asks = talk.say("roll the dice")

    talk.say(reply)

    assert "how many sides each die has" in asks
    assert talk.calls == [("roll_dice", {"sides": 20})]


@pytest.mark.parametrize(
    ("said", "taken"), [("for 90 minutes", "PT90M"), ("for two hours", "PT2H"), ("for PT1H30M", "PT1H30M")]
)
def test_a_time_of_day_and_a_duration_are_told_apart(said: str, taken: str) -> None:
    book = tool("book_room", "Book a room.", start={**TEXT, "format": "time"}, length={**TEXT, "format": "duration"})
    talk = Talk(book)

    talk.say(f"book a room at 14:00 {said}")

    assert talk.calls == [("book_room", {"start": "14:00", "length": taken})]


def test_the_colon_of_a_time_of_day_leads_to_no_text() -> None:
    talk = Talk(tool("book_room", "Book a room.", purpose=TEXT))

    talk.say("book a room at 14:00 for the party")

    assert talk.calls == [("book_room", {"purpose": "at 14:00 for the party"})]


def test_what_an_object_holds_is_taken_from_a_reply_in_words() -> None:
    talk = Talk(*TOOLS)

    assert talk.say("call `book`").startswith("To call `book` I need `request`.")
    talk.say("the Blue one")

    assert talk.calls == [("book", {"request": {"room": "Blue one"}})]


def test_a_long_text_takes_no_longer_than_a_moment() -> None:
    talk = Talk(*TOOLS)
    begun = time.process_time()

    talk.say("roll 'dice \"in Paris: at 12:30 to a/b.c and 1,000 " * 5_000)

    assert time.process_time() - begun < 2


def test_another_question_in_between_is_answered_and_the_reply_still_taken() -> None:
    talk = Talk(*TOOLS)
    talk.say("roll the dice")

    assert "I can:" in talk.say("what can you do?")
    talk.say("20")

    assert talk.calls == [("roll_dice", {"sides": 20})]


def test_who_does_not_want_it_any_more_is_not_asked_again() -> None:
    talk = Talk(*TOOLS)
    talk.say("roll the dice")

    assert talk.say("never mind") == "All right, I leave it."
    talk.say("20")

    assert talk.calls == []


def test_the_call_goes_on_with_what_a_next_message_changes() -> None:
    talk = Talk(*TOOLS)
    made = []
    for text in ("roll 2 dice with 20 sides", "and with 6 sides", "no, 3 dice", "again"):
        talk.say(text)
        made += [arguments for _, arguments in talk.calls]

    assert made == [
        {"sides": 20, "count": 2},
        {"sides": 6, "count": 2},
        {"sides": 6, "count": 3},
        {"sides": 6, "count": 3},
    ]


def test_a_word_that_points_back_is_filled_from_what_was_said() -> None:
    talk = Talk(*TOOLS)
    talk.say("my flight to Oslo leaves at nine")

    talk.say("what time is it there?")

    assert talk.calls == [("get_time", {"timezone": "Europe/Oslo"})]


@pytest.mark.parametrize(
    ("response", "told"),
    [
        ({"output": {"rolls": [3, 4], "sum": 7}}, "**Roll dice**: rolls 3, 4; sum 7"),
        ({"output": "seven"}, "**Roll dice**: seven"),
        ({"output": '{"sum": 7}'}, "**Roll dice**: sum 7"),
        ({"output": "first\nsecond"}, "**Roll dice**: \n```\nfirst\nsecond\n```"),
        (
            {"output": {"notes": [{"name": "a", "size": 1}, {"name": "b"}]}},
            "**Roll dice**: \n- name a; size 1\n- name b",
        ),
        ({"output": []}, "**Roll dice**: nothing."),
        ({"output": {}}, "**Roll dice**: done."),
        ({"output": {"is_open": True, "by": None}}, "**Roll dice**: is open yes"),
        ({"error": "The dice are gone."}, "**Roll dice**: that did not work. The dice are gone."),
        (
            {"outcome": "rejected", "reason": "No games."},
            "**Roll dice**: that was not carried out: it was not allowed. No games.",
        ),
        ({"outcome": "approved", "by": "Anna", "output": 7, "edited": {"sides": 6}}, "**Roll dice**: 7 It was changed"),
    ],
)
def test_what_came_of_a_call_is_told_in_words(response: dict[str, Any], told: str) -> None:
    talk = Talk(DICE, respond=lambda _name, _args: response)

    assert talk.say("roll a die with 20 sides").startswith(told)
