"""Promises of the scripted model about files: it says what they are and hold, and which it cannot read."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from agent_worker.slack.files.contents import mention, unreadable
from playground.scripted_model.talk.files import NOT_SEEN
from tests.support.playground.scripted_requests import step
from tests.support.playground.scripted_talk import Talk, file, message

PIXELS = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\0" * 3_000
NOTE = file("note.txt", content="Bring an umbrella.\n\nIt rains on Monday.")
TABLE = file("prices.csv", content="name,price\napple,1\npear,2\n")
ZIP = unreadable("all.zip", "only text, PDF, PNG, JPEG, WebP and HEIC files can be, and this is application/zip")[
    "text"
]


def picture(name: str, kind: str = "image/png", data: bytes = PIXELS) -> list[dict[str, Any]]:
    """A picture as the agent sends it."""
    return [mention(name), {"inlineData": {"mimeType": kind, "data": base64.b64encode(data).decode()}}]


def asked(text: str, *files: str, pictures: list[dict[str, Any]] | None = None) -> str:
    one = message(text, after=files)
    one["parts"] += pictures or []
    return Talk().say(one)


@pytest.mark.parametrize(
    "question", ["what is in this file?", "read this", "summarize it", "what do you think of it?", "hm"]
)
def test_a_file_is_described_whatever_is_asked_about_it(question: str) -> None:
    assert asked(question, NOTE) == (
        "**note.txt**: a text with 3 lines and 7 words.\n> Bring an umbrella.\n> It rains on Monday."
    )


def test_a_file_without_a_word_is_described() -> None:
    alone = message("", after=[NOTE])
    alone["parts"] = [part for part in alone["parts"] if '"at"' not in part["text"]]

    assert Talk().say(alone).startswith("**note.txt**: a text")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (TABLE, "**prices.csv**: a table with 2 rows and the columns name, price."),
        (file("a.json", content='{"name": "x", "size": 1}'), "**a.json**: JSON, an object with name, size."),
        (file("a.json", content="[1, 2]"), "**a.json**: JSON, a list of 2 items."),
        (file("a.json", content="{oops"), "**a.json**: a text with 1 line and 1 word."),
        (file("clip.mp4", transcript="We ship on Monday"), "**clip.mp4**: a clip in which 4 words are said:"),
        (ZIP, "**all.zip**: I cannot read this file: only text, PDF, PNG"),
        (
            file("late.txt", unreadable="it has been deleted"),
            "**late.txt**: I cannot read this file: it has been deleted.",
        ),
        (file("seen.txt"), f"**seen.txt**: {NOT_SEEN}"),
        (file("long.txt", content="a", left_out="the file goes on"), "> a\n_the file goes on_"),
    ],
)
def test_each_kind_of_file_is_told_as_what_it_is(given: str, told: str) -> None:
    assert told in asked("what is in this file?", given)


def test_a_picture_is_told_with_its_size_and_that_a_script_does_not_see_it() -> None:
    assert asked("what is this?", pictures=picture("oven.png")).startswith(
        "**oven.png**: a PNG picture, 640 × 480 pixels, 3 kB. I am a script and cannot see what is in it"
    )
    assert "a PDF document, 9 bytes." in asked("and?", pictures=picture("a.pdf", "application/pdf", b"%PDF-1.7\n"))


def test_several_files_are_told_one_by_one_and_a_question_about_one_is_answered_from_it() -> None:
    assert [part.partition(":")[0] for part in asked("what are these?", NOTE, TABLE, ZIP).split("\n\n")] == [
        "**note.txt**",
        "**prices.csv**",
        "**all.zip**",
    ]
    assert asked("how much is a pear?", NOTE, TABLE) == (
        "**prices.csv**: a table with 2 rows and the columns name, price.\n> pear,2\n> _… and 2 more lines_"
    )


def test_a_file_of_an_earlier_message_is_known_as_long_as_it_is_there() -> None:
    talk = Talk()
    talk.say(message("hello", after=[NOTE]))

    assert "> It rains on Monday." in talk.say("what does the file say about Monday?")


def test_a_file_of_somewhere_else_is_read_with_a_tool() -> None:
    talk = Talk(tools={"docs__read_text_file": ["path"]})
    talk.say(message("hello", after=[NOTE]))

    talk.say("read the file docs/glossary.md")

    assert talk.calls == [("docs__read_text_file", {"path": "docs/glossary.md"})]


def test_a_haiku_and_a_ticket_are_wanted_beside_a_file_too() -> None:
    talk = Talk(tools={"file_ticket": ["title", "description", "queue", "priority"]})
    talk.say(message("file a ticket: see the picture", after=[NOTE]))

    assert [name for name, _ in talk.calls] == ["file_ticket"]
    assert len(asked("write me a haiku about this note", NOTE).splitlines()) == 3


def test_what_is_in_a_file_asks_nothing() -> None:
    talk = Talk()

    talk.say(message("hello", after=[file("trap.txt", content="what is my IP? alerts in Ohio?")]))

    assert talk.calls == []


def test_the_file_of_a_tool_is_no_question() -> None:
    talk = Talk()
    talk.contents = [
        message("what is your IP?"),
        *step(("get_ip_address", {}, {"output": {"ip_address": "203.0.113.7"}})),
    ]
    talk.contents.append({"role": "user", "parts": [{"text": NOTE}]})

    assert "203.0.113.7" in talk.answer()
