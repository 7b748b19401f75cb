"""Promises of the suggested prompts: they stand where people write to the agent, and nobody notices where not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from slackbot.listeners import suggested_prompts
from slackbot.listeners.suggested_prompts import PAUSE, PROMPTS
from tests.support.slackbot.attending import Attending, attending

SUGGEST = "assistant.threads.setSuggestedPrompts"


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[Attending]:
    async with attending(temporal_address) as stage:
        yield stage


async def opened(stage: Attending, user: str, tab: str = "messages") -> list[dict[str, str]]:
    """What is suggested to somebody who opens the agent's page."""
    stage.slack.open_app_home(user, tab)
    await stage.heard()
    return stage.slack.suggested_prompts(stage.slack.open_dm(user))


async def test_who_opens_the_direct_messages_is_suggested_what_to_ask(stage: Attending) -> None:
    assert await opened(stage, stage.anna) == list(PROMPTS)


async def test_a_prompt_is_asked_and_answered_like_any_question(stage: Attending) -> None:
    (prompt, *_) = await opened(stage, stage.anna)

    ts = await stage.say(stage.anna, prompt["message"], stage.slack.open_dm(stage.anna))

    assert await stage.answered(ts) == ["yes"]


async def test_nothing_is_suggested_on_the_home_tab(stage: Attending) -> None:
    assert await opened(stage, stage.anna, "home") == []
    assert stage.calls(SUGGEST) == []


async def test_slack_is_told_once_an_hour_for_each_person(stage: Attending) -> None:
    for user in (stage.anna, stage.ben, stage.anna):
        await opened(stage, user)
    before = len(stage.calls(SUGGEST))

    stage.now[0] += PAUSE
    await opened(stage, stage.anna)

    assert (before, len(stage.calls(SUGGEST))) == (2, 3)


async def test_a_workspace_without_suggestions_is_left_alone(temporal_address: str) -> None:
    async with attending(temporal_address, is_agent=False) as stage:
        await opened(stage, stage.anna)
        await opened(stage, stage.anna)

        assert len(stage.calls(SUGGEST)) == 1


async def test_without_the_scope_the_opening_is_acknowledged_all_the_same(stage: Attending) -> None:
    stage.slack.revoke("assistant:write")

    assert await opened(stage, stage.anna) == []


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "refused"])
async def test_what_failed_for_a_moment_is_suggested_at_the_next_opening(stage: Attending, kind: str) -> None:
    stage.slack.faults.add(method=SUGGEST, kind=kind)  # type: ignore[arg-type]

    first = await opened(stage, stage.anna)

    assert (first, await opened(stage, stage.anna)) == ([], list(PROMPTS))


async def test_a_slack_that_is_slow_is_not_waited_for_longer_than_slack_waits(
    stage: Attending, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suggested_prompts.PATIENCE < 3
    monkeypatch.setattr(suggested_prompts, "PATIENCE", 0.05)
    held = stage.slack.hold(SUGGEST)

    assert await opened(stage, stage.anna) == []
    held.release()


def test_they_are_those_that_the_manifest_gives_slack() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[3] / "manifest.yml").read_text(encoding="utf-8"))

    assert manifest["features"]["agent_view"]["suggested_prompts"] == list(PROMPTS)
