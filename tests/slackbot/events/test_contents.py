"""Promises about texts, files and attachments: what a person sees is kept, but no more than Temporal can store."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import SlackFile, UserMessage
from agent_worker.conversation.wording.message_text import message_text
from slackbot.events.contents import (
    LARGEST_ATTACHMENTS,
    LARGEST_TEXT,
    LEFT_OUT,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_FILES,
    TEXT_LEFT_OUT,
    attachments,
    files,
    text,
)

TYPED = {
    "type": "rich_text",
    "block_id": "b1",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "look"}]}],
}
TABLE = {
    "type": "table",
    "block_id": "b2",
    "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]],
}
FORWARDED = {
    "is_share": True,
    "from_url": "https://example.slack.com/archives/C1/p1",
    "author_id": "U2",
    "author_name": "ben",
    "author_icon": "https://example.com/ben.png",
    "channel_id": "C1",
    "color": "D0D0D0",
    "ts": "1766458026.240809",
    "message_blocks": [{"team": "T1", "channel": "C1", "message": {"blocks": [TYPED]}}],
    "files": [{"id": "F1", "name": "plan.pdf", "mimetype": "application/pdf"}],
    "text": "look",
}


def seen(message: dict[str, Any]) -> str:
    """The text that the worker gives to the model."""
    shown = {"text": text(message), "attachments": attachments(message)}
    return message_text(shown, bot_user_id="UBOT", names={})


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"text": "look", "blocks": [TYPED]}, id="what a person types"),
        pytest.param({"text": "look", "attachments": [FORWARDED]}, id="a forwarded message"),
        pytest.param({"text": "", "attachments": [{"blocks": [TABLE]}]}, id="a table that was pasted"),
        pytest.param(
            {"text": "a", "attachments": [{"title": "t", "fields": [{"title": "f", "value": "v"}]}]}, id="fields"
        ),
    ],
)
def test_the_worker_reads_the_same_in_what_is_kept_as_in_the_whole_message(message: dict[str, Any]) -> None:
    assert seen(message) == message_text(message, bot_user_id="UBOT", names={})


def test_slacks_preview_of_a_linked_message_is_not_handed_on_as_not_all_who_see_the_link_see_it() -> None:
    preview = {"is_msg_unfurl": True, "author_id": "U2", "text": "the secret"}

    assert attachments({"text": "look", "attachments": [preview]}) == []
    assert attachments({"text": "look", "attachments": [{**preview, "is_share": True}]}) == [
        {"author_id": "U2", "text": "the secret"}
    ]


def test_blocks_are_kept_if_they_say_more_than_the_text() -> None:
    assert attachments({"text": "look", "blocks": [TYPED, TABLE]}) == [{"blocks": [TABLE]}]
    assert attachments({"text": "look", "blocks": [TYPED]}) == []
    assert attachments({"text": "", "blocks": [TYPED]}) == [{"blocks": [TYPED]}]


def test_of_an_attachment_only_the_fields_that_the_worker_reads_are_kept() -> None:
    (kept,) = attachments({"text": "look", "attachments": [FORWARDED]})

    assert kept.keys() == {"author_id", "author_name", "message_blocks", "files", "text", "ts"}


def test_attachments_that_are_too_large_are_left_out_and_a_note_says_so() -> None:
    small, large = {"text": "small"}, {"text": "x" * LARGEST_ATTACHMENTS}

    assert attachments({"attachments": [small, large, small]}) == [small, LEFT_OUT]
    assert seen({"text": "see", "attachments": [large]}) == "see\nmore was attached than can be read"


def test_what_temporal_cannot_store_is_replaced() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]

    (kept,) = attachments({"attachments": [{"text": "a \ud83d", "blocks": deep, "fields": [float("nan")]}]})

    assert kept["text"] == "a ?"
    assert kept["fields"] == [None]
    json.dumps(kept).encode()


def test_a_file_is_described_as_slack_describes_it() -> None:
    described = {"id": "F1", "name": "plan.pdf", "mimetype": "application/pdf", "size": 12, "url_private": "https://x"}

    assert files({"files": [described]}) == [SlackFile(id="F1", name="plan.pdf", mimetype="application/pdf", size=12)]


def test_a_file_from_another_workspace_is_kept_without_a_description() -> None:
    hidden = {"id": "F1", "mode": "file_access", "file_access": "check_file_info"}

    assert files({"files": [hidden]}) == [SlackFile(id="F1", name="unnamed")]


def test_the_number_of_files_and_the_length_of_their_names_are_limited() -> None:
    many = [{"id": f"F{number}", "name": "x" * 1_000} for number in range(MOST_FILES + 5)]

    found = files({"files": many})

    assert [file.id for file in found] == [f"F{number}" for number in range(MOST_FILES)]
    assert {len(file.name) for file in found} == {LONGEST_NAME}


@pytest.mark.parametrize("file", [None, "F1", {"name": "a.txt"}, {"id": 5}, {"id": "F1/../x"}, {"id": "C1"}])
def test_what_is_not_a_file_of_slack_is_left_out(file: Any) -> None:
    assert files({"files": [file]}) == []


@pytest.mark.parametrize("size", [-1, "12", 1.5, None, 10**30])
def test_a_size_that_cannot_be_one_counts_as_unknown(size: Any) -> None:
    assert files({"files": [{"id": "F1", "name": "a", "size": size}]})[0].size == 0


@pytest.mark.parametrize("letter", ["x", '"', "\n", "\x01", "ü", "中", "\U0001f600", "\ud83d"])
def test_a_text_of_any_length_in_any_letters_is_kept_as_far_as_temporal_can_store_it(letter: str) -> None:
    whole, long = letter * 40_000, letter * 500_000

    kept = text({"text": long})

    assert text({"text": whole}) == whole.encode(errors="replace").decode()  # what Slack takes is kept whole
    assert kept.endswith(TEXT_LEFT_OUT)
    assert len(kept) <= LONGEST_TEXT
    size = len(json.dumps(kept, ensure_ascii=False).encode())
    assert LARGEST_TEXT * 0.9 < size < LARGEST_TEXT + 100


def test_everything_that_is_handed_over_of_a_message_is_far_below_what_temporal_takes() -> None:
    huge = "\x01" * 1_000_000
    file = {"id": "F1", "name": huge, "mimetype": huge}
    said = {
        "text": huge,
        "attachments": [{"text": huge}] * 100,
        "blocks": [{"type": huge}] * 100,
        "files": [file] * 100,
    }
    message = UserMessage(ts="1.0", user="U1", text=text(said), files=files(said), attachments=attachments(said))

    assert DATA_CONVERTER.payload_converter.to_payload(message).ByteSize() < 1_000_000
