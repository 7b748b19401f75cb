"""Promises of the weight of files: money is set aside for what is likely to be read of them, and for each once."""

from __future__ import annotations

import pytest

from agent_worker.contract.messages import SlackFile
from agent_worker.conversation.transcript.file_weight import LONGEST_TEXT, MOST_FILES, PAGE, PAGE_BYTES, PICTURE, weight
from agent_worker.payloads.model import FILE_PART, Content


def entry(*files: SlackFile) -> Content:
    return {"role": "user", "parts": [{"text": "look"}, *({FILE_PART: file.model_dump()} for file in files)]}


def file(mimetype: str, size: int, number: int = 1) -> SlackFile:
    return SlackFile(id=f"F{number}", name="file", mimetype=mimetype, size=size)


@pytest.mark.parametrize(
    ("sent", "characters"),
    [
        (file("text/plain", 5_000), 5_000),
        (file("text/plain", 14_000_000), LONGEST_TEXT),
        (file("", 0), LONGEST_TEXT),  # Slack says nothing of it
        (file("image/png", 14_000_000), PICTURE),
        (file("application/pdf", 100), PAGE),
        (file("application/pdf", 40 * PAGE_BYTES), 40 * PAGE),
    ],
)
def test_a_file_weighs_what_its_kind_and_size_make_likely(sent: SlackFile, characters: int) -> None:
    assert weight([entry(), entry(sent)]) == characters


def test_a_file_that_is_sent_twice_is_read_once_and_the_newest_only() -> None:
    text = [file("text/plain", 10, number) for number in range(MOST_FILES + 5)]

    assert weight([entry(text[0]), entry(text[0])]) == 10
    assert weight([entry(file("text/plain", 50_000, 99)), entry(*text)]) == 10 * MOST_FILES
