"""Promises of `/agent grants`: it lists what is always allowed in the channel, and whoever sees that may revoke it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.grants import Grant
from agent_worker.contract.names import REVOKE_BUTTON
from agent_worker.contract.questions import IN_A_MOMENT
from emulators.slack.state.messages import Ephemeral
from slackbot.conversations import grants as grants_of_bot
from slackbot.listeners import grant_captions, revoke_button
from tests.support.slackbot.conversations import ConversationStage, conversation_stage
from tests.support.slackbot.grants import give, holds


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def typed(stage: ConversationStage, user: str, channel: str = "") -> Ephemeral:
    """Somebody types `/agent grants`; returns the answer that only they see."""
    stage.slack.run_command(user, channel or stage.channel, "/agent", "grants")
    await stage.heard()
    return stage.slack.ephemerals(channel or stage.channel, user)[-1]


async def revoke(stage: ConversationStage, answer: Ephemeral, given: Grant) -> str:
    """The person who sees the answer presses Revoke in it; returns what it shows then."""
    stage.slack.press_button(answer.to, answer.channel, answer.ts, REVOKE_BUTTON, given.id)
    await stage.heard()
    return text(stage, answer)


def text(stage: ConversationStage, answer: Ephemeral) -> str:
    """What the answer shows now."""
    (now,) = [one for one in stage.slack.ephemerals(answer.channel, answer.to) if one.ts == answer.ts]
    return stage.slack.visible_text(now)


def revocable(answer: Ephemeral) -> list[str]:
    """The grants that have a Revoke button in the answer."""
    return [block["accessory"]["value"] for block in answer.blocks if "accessory" in block]


async def test_a_channel_where_nothing_is_allowed_says_so(stage: ConversationStage) -> None:
    elsewhere = stage.slack.add_channel("other", members=[stage.anna])
    await give(stage, channel=elsewhere)

    assert text(stage, await typed(stage, stage.anna)) == grant_captions.NONE_HERE


async def test_everybody_in_the_channel_sees_what_is_allowed_and_by_whom(stage: ConversationStage) -> None:
    await give(stage, 1)
    await give(stage, 2, title="Close tickets", thread_ts="5.000000", by=stage.ben, at=time.time())

    for person in (stage.anna, stage.ben):
        answer = await typed(stage, person)

        shown = text(stage, answer)
        assert shown.startswith(grant_captions.HERE)
        assert shown.index("Close tickets") < shown.index("File tickets with IT")  # the newest first
        assert ("by @ben" in shown, "by @anna" in shown) == (True, True)
        assert revocable(answer) == ["grant-2", "grant-1"]


async def test_whoever_sees_a_grant_may_revoke_it_and_the_answer_shows_what_is_left(stage: ConversationStage) -> None:
    first, _ = await give(stage, 1), await give(stage, 2, title="Close tickets", tool="close_ticket")
    answer = await typed(stage, stage.ben)

    shown = await revoke(stage, answer, first)

    assert "File tickets" not in shown
    assert "Close tickets" in shown
    assert not await holds(stage, first)
    assert len(stage.slack.ephemerals(stage.channel)) == 1


async def test_the_answer_can_be_used_until_nothing_is_left(stage: ConversationStage) -> None:
    given = [await give(stage, number) for number in range(7)]
    answer = await typed(stage, stage.ben)

    shown = [await revoke(stage, answer, one) for one in given]

    assert shown[-1] == grant_captions.NONE_HERE
    assert shown[-2].count("File tickets with IT") == 1


async def test_many_long_grants_are_cut_to_an_answer_that_slack_takes(stage: ConversationStage) -> None:
    for number in range(60):
        await give(stage, number, title=f"{number}: {'&<' * 200}")

    answer = await typed(stage, stage.anna)

    left_out = 60 - len(revocable(answer))
    assert 0 < left_out < 55
    assert f"And {left_out} more" in text(stage, answer)


async def test_many_short_grants_are_listed_as_far_as_a_message_has_blocks(stage: ConversationStage) -> None:
    for number in range(60):
        await give(stage, number, title="x")

    answer = await typed(stage, stage.anna)

    assert 15 < len(revocable(answer)) <= grant_captions.SHOWN_HERE


# When something is away


async def test_without_a_worker_a_revocation_is_kept_and_takes_effect_when_there_is_one(
    stage: ConversationStage,
) -> None:
    given = await give(stage)
    answer = await typed(stage, stage.ben)
    await stage.rehearsal.leave()

    shown = await revoke(stage, answer, given)

    assert shown.split("\n") == [IN_A_MOMENT, grant_captions.UNSEEN_HERE]
    await stage.rehearsal.come_back()
    assert text(stage, await typed(stage, stage.ben)) == grant_captions.NONE_HERE
    assert not await holds(stage, given)


async def test_while_temporal_is_away_command_and_click_say_so(stage: ConversationStage) -> None:
    given = await give(stage)
    answer = await typed(stage, stage.ben)
    stage.line.is_dead = True

    assert text(stage, await typed(stage, stage.anna)) == grant_captions.UNSEEN_HERE
    assert grants_of_bot.NOT_REVOKED in await revoke(stage, answer, given)
    assert await holds(stage, given)


async def test_if_temporal_does_not_answer_the_click_is_answered_within_slacks_three_seconds(
    stage: ConversationStage,
) -> None:
    assert grants_of_bot.Patience().total + revoke_button.ANSWER_TIMEOUT < 3
    given = await give(stage)
    answer = await typed(stage, stage.ben)
    stage.line.passable.clear()

    assert grants_of_bot.NOT_REVOKED in await revoke(stage, answer, given)


async def test_if_slack_does_not_take_a_new_list_in_place_of_the_old_one_it_stands_below(
    stage: ConversationStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = await give(stage)
    answer = await typed(stage, stage.ben)
    monkeypatch.setattr("emulators.slack.state.response_addresses.MOST_USES", 0)

    await revoke(stage, answer, given)

    new = stage.slack.ephemerals(stage.channel, stage.ben)[-1]
    assert new.ts != answer.ts
    assert stage.slack.visible_text(new) == grant_captions.NONE_HERE


async def test_a_click_of_any_shape_is_acknowledged_and_revokes_nothing(stage: ConversationStage) -> None:
    given = await give(stage)
    answer = await typed(stage, stage.ben)
    backend = stage.slack.backend
    whole = {"type": "block_actions", "user": {"id": stage.ben}, "channel": {"id": stage.channel}}
    press = {"type": "button", "action_id": REVOKE_BUTTON, "block_id": "b", "value": given.id, "action_ts": "1.0"}
    spoilt: list[dict[str, Any]] = [
        {"actions": [press | {"value": 5}]},
        {"actions": [press | {"value": ""}]},
        {"actions": [press], "channel": {"id": 5}},
        {"actions": [press], "channel": None},
        {"actions": [press], "user": {"id": "B1"}},
    ]

    for fields in spoilt:
        backend.deliveries.add_interaction("interactive", whole | fields, channel=stage.channel, ts="")
    await stage.heard()

    assert await holds(stage, given)
    assert text(stage, answer).startswith(grant_captions.HERE)
