"""Promises of who is called by a message: those whom its own words mention, not code or quotations."""

from __future__ import annotations

from typing import Any

import pytest

from slackbot.events import messages
from slackbot.events.mentions import called_users
from slackbot.events.messages import Ignored, IncomingMessage
from tests.support.properties.strategies import BODY, BOT, PERSON

AT_BOT = f"<@{BOT.bot_user_id}>"
USER = {"type": "user", "user_id": BOT.bot_user_id}
CODE = USER | {"style": {"code": True}}


def rich(kind: str, *elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}]


def read(text: str, kind: str = "app_mention", **more: Any) -> IncomingMessage | Ignored:
    event = {**PERSON, "type": kind, "text": text, **more}
    return messages.read({**BODY, "event": event}, BOT)


@pytest.mark.parametrize(
    ("text", "is_called"),
    [
        (f"{AT_BOT} hi", True),
        (f"say `x` to {AT_BOT}", True),
        (f"a ` b {AT_BOT}", True),
        (f"write `{AT_BOT} hi`", False),
        (f"```\n{AT_BOT} hi\n```", False),
        (f"&gt; {AT_BOT} hi\nhe said", False),
        (f"&gt;&gt;&gt; so\n{AT_BOT} hi", False),
        (f"&gt; {AT_BOT} hi\n{AT_BOT} is that so?", True),
        (f"`{AT_BOT}` and {AT_BOT}", True),
    ],
)
@pytest.mark.parametrize("kind", ["app_mention", "message"])
def test_a_mention_in_code_or_in_a_quotation_calls_nobody(text: str, *, is_called: bool, kind: str) -> None:
    assert (called_users({"text": text}) == {BOT.bot_user_id}) is is_called
    assert isinstance(read(text, kind), IncomingMessage) is is_called


@pytest.mark.parametrize(
    ("blocks", "is_called"),
    [
        (rich("rich_text_section", USER), True),
        (rich("rich_text_section", CODE), False),
        (rich("rich_text_quote", USER), False),
        (rich("rich_text_preformatted", USER), False),
        (rich("rich_text_list", {"type": "rich_text_section", "elements": [USER]}), True),
        (rich("rich_text_quote", USER) + rich("rich_text_section", USER), True),
        (rich("rich_text_section", {"type": "text", "text": AT_BOT, "style": {"code": True}}), False),
    ],
)
def test_the_blocks_say_what_is_code(blocks: list[dict[str, Any]], *, is_called: bool) -> None:
    assert isinstance(read(f"see {AT_BOT}", blocks=blocks), IncomingMessage) is is_called


def test_a_mention_that_the_text_does_not_show_is_one_all_the_same() -> None:
    assert isinstance(read("hello"), IncomingMessage)


def test_a_reply_that_only_shows_the_mention_as_code_is_an_ordinary_reply() -> None:
    found = read(f"write `{AT_BOT}`", "message", thread_ts="1.000000")

    assert isinstance(found, IncomingMessage)
    assert found.only_if_taking_part
    assert not found.message.addressed


def test_somebody_elses_name_in_code_does_not_make_it_a_message_to_them() -> None:
    found = read("write `<@U77>`", "message", thread_ts="1.000000")

    assert isinstance(found, IncomingMessage)


def test_deep_and_odd_blocks_are_read_to_a_bound() -> None:
    deep: dict[str, Any] = USER
    for _ in range(3_000):
        deep = {"type": "rich_text_section", "elements": [deep, deep, 7, None]}

    assert called_users({"text": "", "blocks": [{"type": "rich_text", "elements": [deep]}]}) == set()
