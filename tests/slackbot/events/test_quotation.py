"""Promises of the message packed into a form: never longer than Slack takes, and it can be unpacked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slackbot.events.quotation import LONGEST, pack, unpack
from tests.support.examples import examples

ASKED_AT = "1766458040.000100"
MESSAGE = {"type": "message", "user": "U1", "ts": "1.0", "text": "hello"}
FILES = [{"id": f"F{number}", "name": "n" * 200, "mimetype": "text/plain", "size": 1} for number in range(20)]
ATTACHMENTS = [{"text": f"{number} " + "a" * 400} for number in range(20)]


def quoted(**fields: Any) -> tuple[str, list[str], list[str]]:
    """Packs and unpacks a message; returns its text, the ids of its files, and the texts of its other attachments."""
    packet = pack("C1", MESSAGE | fields, ASKED_AT)
    assert len(packet) <= LONGEST
    one = unpack(packet)
    assert (one.channel, one.thread_ts) == ("C1", fields.get("thread_ts", "1.0"))
    return one.attachments[0]["text"], [file.id for file in one.files], [more["text"] for more in one.attachments[1:]]


def test_a_message_of_ordinary_length_is_packed_whole() -> None:
    text, files, attachments = quoted(text="a" * 500, files=FILES[:3], attachments=ATTACHMENTS[:2], thread_ts="0.5")

    assert (text, files, attachments) == ("a" * 500, ["F0", "F1", "F2"], [one["text"] for one in ATTACHMENTS[:2]])


def test_a_long_text_leaves_room_for_a_file_and_a_long_list_of_files_for_the_text() -> None:
    text, files, _ = quoted(text="a" * 40_000, files=FILES)

    assert len(text) >= LONGEST / 3
    assert files[:2] == ["F0", "F1"]


@pytest.mark.parametrize(
    ("long", "room"), [("a" * 40_000, 2_800), ('a "quoted" word\n' * 1_000, 2_300), ('"' * 9_000, 1_400)]
)
def test_a_long_text_takes_the_room_that_nothing_else_needs(long: str, room: int) -> None:
    text, *_ = quoted(text=long)

    assert room < len(text) <= LONGEST


@given(
    text=st.text(max_size=200).map(lambda text: text * 30) | st.text() | st.just('"\\\n' * 2_000),
    author=st.none() | st.text(max_size=2_000),
    files=st.integers(0, 20),
    attachments=st.integers(0, 20),
)
@settings(max_examples=examples(200))
def test_any_message_fits_with_the_beginning_of_its_text(
    text: str, author: str | None, files: int, attachments: int
) -> None:
    packed_text, *_ = quoted(text=text, user=author, files=FILES[:files], attachments=ATTACHMENTS[:attachments])

    assert packed_text == text or (packed_text.endswith("…") and text.startswith(packed_text[:-1]))


@pytest.mark.parametrize("message", [{"bot_id": "B1", "user": None}, {"text": None}, {"files": "F1"}, {"blocks": 5}])
def test_a_message_with_missing_or_wrong_fields_is_packed_without_them(message: dict[str, Any]) -> None:
    unpack(pack("C1", MESSAGE | message, ASKED_AT))


def test_a_form_that_an_earlier_release_has_opened_is_told_from_others() -> None:
    packed = json.loads(pack("C1", MESSAGE, ASKED_AT))
    del packed["asked_at"]

    with pytest.raises(ValueError, match="does not say when"):
        unpack(json.dumps(packed))
