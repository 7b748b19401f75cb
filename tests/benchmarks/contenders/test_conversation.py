"""Promises of a conversation with a contender: what is not the one right answer is not counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation, WrongError
from benchmarks.contenders.recipes import Recipe
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.stubs.exchanges import Exchange

NOBODY = Recipe("nobody", ())  # has no processes: the tests answer for it


@pytest.fixture
async def conversation(tmp_path: Path) -> AsyncIterator[Conversation]:
    async with Contender(NOBODY, MeasuredServer(), tmp_path) as contender:
        yield Conversation(contender)


@pytest.fixture
def slack(conversation: Conversation) -> AsyncWebClient:
    stub = conversation.contender.stubs.slack
    return AsyncWebClient(stub.bot_token, base_url=stub.api_url)


async def answer(slack: AsyncWebClient, exchange: Exchange, text: str) -> None:
    await slack.chat_postMessage(channel=exchange.channel, thread_ts=exchange.thread_ts, text=text)


async def test_the_one_right_answer_is_counted(conversation: Conversation, slack: AsyncWebClient) -> None:
    exchange = conversation.post("haiku")
    await answer(slack, exchange, exchange.right_answer)

    await conversation.wait_for_answer(exchange)

    conversation.check()
    assert 0 < exchange.since(exchange.first_word_at) <= exchange.since(exchange.answered_at)


async def test_an_answer_that_is_not_right_is_not_counted(conversation: Conversation, slack: AsyncWebClient) -> None:
    exchange = conversation.post("haiku")
    await answer(slack, exchange, f"{exchange.question.answer_start} Something else.")

    with pytest.raises(WrongError, match="was not answered rightly"):
        await conversation.wait_for_answer(exchange, seconds=0.1)
    with pytest.raises(WrongError, match="has the answers"):
        conversation.check()


async def test_an_answer_that_is_given_twice_is_not_counted(conversation: Conversation, slack: AsyncWebClient) -> None:
    exchange = conversation.post("haiku")
    for _ in range(2):
        await answer(slack, exchange, exchange.right_answer)

    await conversation.wait_for_answer(exchange)

    with pytest.raises(WrongError, match="has the answers"):
        conversation.check()


async def test_an_answer_is_not_complete_while_it_is_written(conversation: Conversation, slack: AsyncWebClient) -> None:
    exchange, stub = conversation.post("haiku"), conversation.contender.stubs
    started = await slack.chat_startStream(
        channel=exchange.channel,
        thread_ts=exchange.thread_ts,
        markdown_text=exchange.right_answer,
        recipient_team_id=stub.slack.team_id,
        recipient_user_id=stub.person,
    )

    with pytest.raises(WrongError, match="was not answered rightly"):
        await conversation.wait_for_answer(exchange, seconds=0.1)
    with pytest.raises(WrongError, match="left unfinished"):
        conversation.check()

    await slack.chat_stopStream(channel=exchange.channel, ts=str(started["ts"]))
    await conversation.wait_for_answer(exchange)
    conversation.check()
