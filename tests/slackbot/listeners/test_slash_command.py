"""Promises of `/agent`: the person who types it is answered at once, alone, and about their own conversations only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.payloads import errors
from slackbot.conversations import recent, signals
from slackbot.listeners import slash_command
from tests.support.slackbot.conversations import ConversationStage, conversation_stage

STOPPED = errors.sentence(errors.STOPPED)


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def typed(stage: ConversationStage, words: str, user: str = "", channel: str = "") -> str:
    """Somebody types `/agent` and these words; returns the answer."""
    stage.slack.run_command(user or stage.anna, channel or stage.channel, "/agent", words)
    await stage.heard()
    answer: dict[str, Any] | None = stage.slack.deliveries[-1].answer
    assert answer is not None
    assert answer["response_type"] == "ephemeral"
    return str(answer["text"])


@pytest.mark.parametrize("words", ["help", "  HELP ", "dance", "stop it"])
async def test_help_and_unknown_commands_explain_the_commands(stage: ConversationStage, words: str) -> None:
    assert await typed(stage, words) == slash_command.HELP


# Status


async def test_status_shows_the_persons_conversations_and_their_states(stage: ConversationStage) -> None:
    ready = await stage.ask(stage.anna, "Weather & wind")
    working = await stage.set_to_work(stage.anna)
    theirs = await stage.ask(stage.ben, "Lunch")
    await stage.are_listed(stage.anna, working, ready)
    await stage.are_listed(stage.ben, theirs)
    await stage.is_over(ready, stage.anna)

    first, second = (await typed(stage, "status")).split("\n")

    assert first.startswith(f"• Conversation in <#{stage.channel}> · ")
    assert "at work" in first
    assert second.startswith(f"• Weather &amp; wind (Conversation in <#{stage.channel}>) · ")
    assert "ready for your next message" in second
    assert f"<{stage.bot.url}archives/{stage.channel}/p{ready.replace('.', '')}" in second


async def test_status_says_so_if_there_are_no_conversations(stage: ConversationStage) -> None:
    assert await typed(stage, "status") == slash_command.NONE_YET


async def test_status_is_the_same_in_the_direct_messages_with_somebody_else(stage: ConversationStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = await stage.ask(stage.anna, "A secret", direct)
    await stage.are_listed(stage.anna, root)
    with_ben = stage.slack._backend.workspace.direct_channel([stage.anna, stage.ben]).id

    assert "A secret" in await typed(stage, "status", channel=with_ben)
    assert await typed(stage, "status", stage.ben, with_ben) == slash_command.NONE_YET


# Stop


async def test_stop_stops_what_the_agent_does_for_that_person_in_that_channel(stage: ConversationStage) -> None:
    other = stage.slack.add_channel("other", members=[stage.anna])
    mine = await stage.set_to_work(stage.anna)
    elsewhere = await stage.set_to_work(stage.anna, other)
    bens = await stage.set_to_work(stage.ben)
    await stage.are_listed(stage.anna, mine, elsewhere)
    await stage.are_listed(stage.ben, bens)

    answer = await typed(stage, "stop")

    assert answer == "I am stopping 1 conversation in this channel."
    assert await stage.answered(mine) == [STOPPED]
    assert stage.answers(elsewhere) == stage.answers(bens) == []


async def test_stop_stops_several_conversations_and_works_in_direct_messages(stage: ConversationStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    roots = [await stage.set_to_work(stage.anna, direct) for _ in range(2)]
    await stage.are_listed(stage.anna, *roots)

    answer = await typed(stage, "stop", channel=direct)

    assert answer == "I am stopping 2 conversations in this channel."
    assert [await stage.answered(root) for root in roots] == [[STOPPED], [STOPPED]]


async def test_stop_says_so_if_there_is_nothing_to_stop(stage: ConversationStage) -> None:
    ready = await stage.ask(stage.anna)
    await stage.is_over(ready, stage.anna)

    assert await typed(stage, "stop") == slash_command.NOTHING_TO_STOP


async def test_a_stop_is_stored_while_the_worker_is_down(stage: ConversationStage) -> None:
    await stage.rehearsal.leave()
    root = await stage.say(stage.anna)
    await stage.are_listed(stage.anna, root)

    answer = await typed(stage, "stop")
    await stage.rehearsal.come_back()

    assert answer == "I am stopping 1 conversation in this channel."
    assert await stage.answered(root) == [STOPPED]


# When Temporal is away


@pytest.mark.parametrize("words", ["status", "stop"])
async def test_while_temporal_is_away_the_person_is_told_to_try_again(stage: ConversationStage, words: str) -> None:
    stage.line.is_dead = True

    assert await typed(stage, words) == slash_command.AWAY


@pytest.mark.parametrize("words", ["status", "stop"])
async def test_if_temporal_does_not_answer_the_command_is_answered_within_slacks_three_seconds(
    temporal_address: str, words: str
) -> None:
    assert recent.TIMEOUT + signals.TIMEOUT < 3
    async with conversation_stage(temporal_address, timeout=0.01) as stage:
        stage.line.passable.clear()

        assert await typed(stage, words) == slash_command.AWAY


async def test_help_works_while_temporal_is_away(stage: ConversationStage) -> None:
    stage.line.is_dead = True

    assert await typed(stage, "help") == slash_command.HELP
