"""Promises of finding a question in what another app says."""

from __future__ import annotations

import pytest

from text.questions import asks, message_asks


@pytest.mark.parametrize(
    "text",
    ["Which one?", "*Which one?*", "Which one? Tell me.", "Which?\n• low", "どれですか？", "(which?)", "أي واحد؟"],  # noqa: RUF001
)
def test_a_question_is_found_wherever_it_stands(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    ["", "Done.", "<https://example.com/?a=b>", "<https://example.com/?|here>", "https://example.com/?a=b", "a?b"],
)
def test_a_question_mark_in_an_address_is_no_question(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "Which one?"},
        {"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Which one?"}}]},
        {
            "text": "Hi",
            "attachments": [{"blocks": [{"type": "rich_text", "elements": [{"elements": [{"text": "?"}]}]}]}],
        },
    ],
)
def test_a_message_asks_wherever_people_read_the_question(message: dict[str, object]) -> None:
    assert message_asks(message)


def test_what_nobody_reads_asks_nothing_and_no_shape_is_too_odd() -> None:
    endless: dict[str, object] = {"text": "Hi"}
    for _ in range(200):
        endless = {"blocks": [endless, None, 5]}

    assert not message_asks({"text": None, "username": "who?", "blocks": [{"action_id": "what?"}], "fields": 5})
    assert not message_asks(endless)
