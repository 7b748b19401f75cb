"""Promises of the suggested prompts: they are in the direct messages, which also work without them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from slackbot.listeners import suggested_prompts
from slackbot.listeners.suggested_prompts import PAUSE, PROMPTS
from tests.support.slackbot.conversations import ConversationStage, conversation_stage

SUGGEST = "assistant.threads.setSuggestedPrompts"


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def opened(stage: ConversationStage, user: str, tab: str = "messages") -> list[dict[str, str]]:
    """Somebody opens a tab of the agent; returns the prompts in the direct messages."""
    stage.slack.open_app_home(user, tab)
    await stage.heard()
    return stage.slack.suggested_prompts(stage.slack.open_dm(user))


async def test_opening_the_direct_messages_shows_the_prompts(stage: ConversationStage) -> None:
    assert await opened(stage, stage.anna) == list(PROMPTS)


async def test_a_prompt_is_asked_and_answered_like_any_question(stage: ConversationStage) -> None:
    (prompt, *_) = await opened(stage, stage.anna)

    ts = await stage.say(stage.anna, prompt["message"], stage.slack.open_dm(stage.anna))

    assert await stage.answered(ts) == ["yes"]


async def test_nothing_is_suggested_on_the_home_tab(stage: ConversationStage) -> None:
    assert await opened(stage, stage.anna, "home") == []
    assert stage.calls(SUGGEST) == []


async def test_the_prompts_are_set_once_an_hour_for_each_person(stage: ConversationStage) -> None:
    for user in (stage.anna, stage.ben, stage.anna):
        await opened(stage, user)
    before = len(stage.calls(SUGGEST))

    stage.now[0] += PAUSE
    await opened(stage, stage.anna)

    assert (before, len(stage.calls(SUGGEST))) == (2, 3)


async def test_a_workspace_that_refuses_prompts_is_not_asked_again(temporal_address: str) -> None:
    async with conversation_stage(temporal_address, is_agent=False) as stage:
        await opened(stage, stage.anna)
        await opened(stage, stage.anna)

        assert len(stage.calls(SUGGEST)) == 1


async def test_without_the_scope_the_opening_is_acknowledged(stage: ConversationStage) -> None:
    stage.slack.revoke("assistant:write")

    assert await opened(stage, stage.anna) == []


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "refused"])
async def test_after_a_passing_error_the_prompts_are_set_at_the_next_opening(
    stage: ConversationStage, kind: str
) -> None:
    stage.slack.faults.add(method=SUGGEST, kind=kind)  # type: ignore[arg-type]

    first = await opened(stage, stage.anna)

    assert (first, await opened(stage, stage.anna)) == ([], list(PROMPTS))


async def test_if_slack_is_slow_the_opening_is_acknowledged_within_slacks_three_seconds(
    stage: ConversationStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suggested_prompts.TIMEOUT < 3
    monkeypatch.setattr(suggested_prompts, "TIMEOUT", 0.05)
    held = stage.slack.hold(SUGGEST)

    assert await opened(stage, stage.anna) == []
    held.release()


def test_the_prompts_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[3] / "manifest.yml").read_text(encoding="utf-8"))

    assert manifest["features"]["agent_view"]["suggested_prompts"] == list(PROMPTS)
