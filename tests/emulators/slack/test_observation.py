"""Waiting for something to come true in the workspace."""

from __future__ import annotations

import asyncio

import pytest

from emulators.slack.observation import NotReachedError
from tests.support.emulators.scene import Scene, refusal


async def test_waiting_ends_at_the_change_that_makes_the_condition_true(stage: Scene) -> None:
    waiting = asyncio.create_task(stage.slack.until(lambda: stage.slack.messages(stage.general)))
    await asyncio.sleep(0)

    stage.slack.say(stage.anna, stage.general, "hello")
    found = await waiting

    assert found[0].text == "hello"


async def test_a_failed_wait_shows_the_threads_the_deliveries_and_the_calls(stage: Scene) -> None:
    stage.slack.say(stage.anna, stage.general, "hello")
    await refusal(stage.client.chat_postMessage(channel="C-nowhere", text="lost"))

    with pytest.raises(NotReachedError) as caught:
        await stage.slack.until(lambda: False, seconds=0.01)

    picture = str(caught.value)
    assert all(part in picture for part in ("anna: 'hello'", "event_type='message'", "channel_not_found", "0.01 s"))
