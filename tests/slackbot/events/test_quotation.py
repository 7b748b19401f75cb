"""Promises of what a form carries of a message: it is never more than Slack takes, and it can be read again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slackbot.events.quotation import LONGEST, packed, unpacked

MESSAGE = {"type": "message", "user": "U1", "ts": "1.0", "text": "hello"}
FILES = [{"id": f"F{number}", "name": "n" * 200, "mimetype": "text/plain", "size": 1} for number in range(20)]
ATTACHMENTS = [{"text": f"{number} " + "a" * 400} for number in range(20)]


def quoted(**fields: Any) -> tuple[str, list[str], list[str]]:
    """The text, the ids of the files and the other attachments, as they come out again."""
    packet = packed("C1", MESSAGE | fields)
    assert len(packet) <= LONGEST
    one = unpacked(packet)
    assert (one.channel, one.thread_ts) == ("C1", fields.get("thread_ts", "1.0"))
    return one.attachments[0]["text"], [file.id for file in one.files], [more["text"] for more in one.attachments[1:]]


def test_a_message_of_ordinary_length_is_carried_whole() -> None:
    text, files, attachments = quoted(text="a" * 500, files=FILES[:3], attachments=ATTACHMENTS[:2], thread_ts="0.5")

    assert (text, files, attachments) == ("a" * 500, ["F0", "F1", "F2"], [one["text"] for one in ATTACHMENTS[:2]])


def test_a_long_text_leaves_room_for_a_file_and_a_long_list_of_files_for_the_text() -> None:
    text, files, _ = quoted(text="a" * 40_000, files=FILES)

    assert len(text) >= LONGEST / 3
    assert files[:2] == ["F0", "F1"]


@pytest.mark.parametrize(
    ("long", "room"), [("a" * 40_000, 2_800), ('a "quoted" word\n' * 1_000, 2_300), ('"' * 9_000, 1_400)]
)
def test_a_text_takes_all_the_room_that_nothing_else_needs(long: str, room: int) -> None:
    text, *_ = quoted(text=long)

    assert room < len(text) <= LONGEST


@given(
    text=st.text(max_size=200).map(lambda text: text * 30) | st.text() | st.just('"\\\n' * 2_000),
    author=st.none() | st.text(max_size=2_000),
    files=st.integers(0, 20),
    attachments=st.integers(0, 20),
)
@settings(max_examples=200)
def test_whatever_a_message_says_fits(text: str, author: str | None, files: int, attachments: int) -> None:
    carried, *_ = quoted(text=text, user=author, files=FILES[:files], attachments=ATTACHMENTS[:attachments])

    assert carried == text or (carried.endswith("…") and text.startswith(carried[:-1]))


@pytest.mark.parametrize("message", [{"bot_id": "B1", "user": None}, {"text": None}, {"files": "F1"}, {"blocks": 5}])
def test_a_message_that_lacks_something_is_carried_without_it(message: dict[str, Any]) -> None:
    unpacked(packed("C1", MESSAGE | message))
