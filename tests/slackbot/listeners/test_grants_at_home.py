"""Promises of the Home tab about grants: people see what they have always allowed, and can take it back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.grants import Grant
from agent_worker.contract.names import HOME_REVOKE_BUTTON
from agent_worker.contract.questions import IN_A_MOMENT
from slackbot.conversations import grants as grants_of_bot
from slackbot.listeners import grant_captions, home_tab
from tests.support.slackbot.conversations import ConversationStage, conversation_stage
from tests.support.slackbot.grants import give, holds


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def opened(stage: ConversationStage, user: str) -> str:
    """Somebody opens the Home tab; returns its text."""
    stage.slack.open_app_home(user, "home")
    await stage.heard()
    return shown(stage, user)


def shown(stage: ConversationStage, user: str) -> str:
    return stage.slack.visible_text(stage.slack.home(user) or {"blocks": []})


def revocable(stage: ConversationStage, user: str) -> list[dict[str, Any]]:
    """The Revoke buttons of the page."""
    page = stage.slack.home(user)
    assert page is not None
    return [block["accessory"] for block in page["blocks"] if "accessory" in block]


async def revoke(stage: ConversationStage, given: Grant, user: str) -> str:
    """Somebody presses Revoke; returns the text of the page then."""
    stage.slack.press_home_button(user, HOME_REVOKE_BUTTON, given.id)
    await stage.heard()
    return shown(stage, user)


async def test_a_page_of_somebody_who_has_allowed_nothing_says_nothing_of_it(stage: ConversationStage) -> None:
    page = await opened(stage, stage.anna)

    assert grant_captions.ALWAYS_ALLOWED not in page
    assert home_tab.NONE_YET in page
    await give(stage)
    assert grant_captions.ALWAYS_ALLOWED not in await opened(stage, stage.ben)


async def test_people_see_what_they_have_allowed_where_since_when_and_until_when(stage: ConversationStage) -> None:
    await give(stage, 1)
    await give(stage, 2, title="Close <tickets> & *go*", thread_ts="5.000000", until=time.time() + 86_400)
    await give(stage, 3, title="Write to HR", channel="D1")
    await give(stage, 4, title="Of Ben", by=stage.ben)

    page = await opened(stage, stage.anna)

    assert page.index(grant_captions.ALWAYS_ALLOWED) < page.index("Your conversations")
    assert "File tickets with IT" in page
    assert "Close <tickets> & \u2217go\u2217" in page
    assert "In our direct messages" in page
    assert page.count("since ") == 3
    assert (page.count("until it is revoked"), page.count("until ")) == (2, 3)
    assert f"archives/{stage.channel}/p5000000" in str(stage.slack.home(stage.anna))
    assert "Of Ben" not in page


async def test_slack_asks_before_a_grant_is_revoked(stage: ConversationStage) -> None:
    await give(stage, title="Long " * 100)

    await opened(stage, stage.anna)

    (button,) = revocable(stage, stage.anna)
    asked = button["confirm"]
    assert len(asked["text"]["text"]) <= 300
    assert [asked[name]["text"] for name in ("title", "confirm", "deny")] == ["Revoke this?", "Revoke", "Keep"]


async def test_a_revoked_grant_is_gone_from_the_page_and_allows_nothing(stage: ConversationStage) -> None:
    first, second = await give(stage, 1), await give(stage, 2, title="Close tickets", thread_ts="5.000000")
    await opened(stage, stage.anna)

    page = await revoke(stage, first, stage.anna)

    assert "File tickets with IT" not in page
    assert "Close tickets" in page
    assert not await holds(stage, first)
    assert await holds(stage, second)
    assert grant_captions.ALWAYS_ALLOWED not in await revoke(stage, second, stage.anna)


async def test_revoke_of_a_grant_that_was_revoked_meanwhile_shows_the_page_anew(stage: ConversationStage) -> None:
    given = await give(stage)
    await opened(stage, stage.anna)
    assert await bot_grants(stage, time.time()).revoke(given.id, stage.ben) == ""

    page = await revoke(stage, given, stage.anna)

    assert grant_captions.ALWAYS_ALLOWED not in page
    assert home_tab.NONE_YET in page


def bot_grants(stage: ConversationStage, now: float) -> grants_of_bot.Grants:
    """As another bot sees them, at this moment."""
    place = stage.rehearsal.client, stage.rehearsal.task_queue, stage.bot.team_id
    return grants_of_bot.Grants(*place, clock=lambda: now)


async def test_a_grant_that_has_ended_is_not_listed(stage: ConversationStage) -> None:
    until = time.time() + 3_600
    given = await give(stage, until=until)

    listed = [await bot_grants(stage, now).given_by(stage.anna) for now in (until - 1, until)]

    assert listed == [[given], []]


async def test_a_page_with_many_grants_and_conversations_is_one_that_slack_takes(stage: ConversationStage) -> None:
    for number in range(grant_captions.SHOWN_AT_HOME + 3):
        await give(stage, number, title=f"{number}: {'&' * 400}")
    root = await stage.ask(stage.anna)
    await stage.are_listed(stage.anna, root)

    page = await opened(stage, stage.anna)

    assert len(revocable(stage, stage.anna)) == grant_captions.SHOWN_AT_HOME
    assert "And 3 more" in page
    assert "ready for your next message" in page or "at work" in page
    most = len((stage.slack.home(stage.anna) or {})["blocks"]) + 2 * 19
    assert most <= 100


# When something is away


async def test_without_a_worker_a_revocation_is_kept_and_takes_effect_when_there_is_one(
    stage: ConversationStage,
) -> None:
    given = await give(stage)
    await opened(stage, stage.anna)
    await stage.rehearsal.leave()

    page = await revoke(stage, given, stage.anna)

    assert IN_A_MOMENT in page
    assert grant_captions.UNSEEN in page
    await stage.rehearsal.come_back()
    assert grant_captions.ALWAYS_ALLOWED not in await opened(stage, stage.anna)
    assert not await holds(stage, given)


async def test_while_temporal_is_away_the_page_says_so_and_revoke_can_be_pressed_again(
    stage: ConversationStage,
) -> None:
    given = await give(stage)
    await opened(stage, stage.anna)
    page_before = stage.slack.home(stage.anna)
    stage.line.is_dead = True

    page = await revoke(stage, given, stage.anna)

    assert grants_of_bot.NOT_REVOKED in page
    assert grant_captions.UNSEEN in page
    assert page_before != stage.slack.home(stage.anna)
    assert await holds(stage, given)
    stage.line.is_dead = False
    await opened(stage, stage.anna)
    assert "File tickets" not in await revoke(stage, given, stage.anna)


async def test_if_temporal_does_not_answer_the_click_is_answered_within_slacks_three_seconds(
    temporal_address: str,
) -> None:
    assert grants_of_bot.Patience().total + home_tab.PUBLISH_TIMEOUT < 3
    async with conversation_stage(temporal_address) as stage:
        given = await give(stage)
        await opened(stage, stage.anna)
        stage.line.passable.clear()

        page = await revoke(stage, given, stage.anna)

        assert grants_of_bot.NOT_REVOKED in page
