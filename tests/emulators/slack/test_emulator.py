"""The emulator as a whole: its seeds, and waiting for something in it."""

from __future__ import annotations

import asyncio

import pytest

from emulators.slack.emulator import SlackEmulator
from emulators.slack.people.waiting import NotReachedError
from tests.support.emulators.scene import Scene, refusal, scene, still_clock


async def test_the_same_seed_gives_the_same_slack() -> None:
    ids = []
    for seed in (1, 1, 2):
        async with scene(seed=seed, clock=still_clock()) as stage:
            mention = f"<@{stage.slack.bot_user_id}> hello"
            ts = stage.slack.say(stage.anna, stage.general, mention)
            order = [delivery.event_id for delivery in stage.slack.deliveries]
            ids.append((stage.slack.team_id, stage.anna, stage.general, ts, order))

    assert ids[0] == ids[1] != ids[2]


async def test_the_server_is_reached_on_this_machine_only(stage: Scene) -> None:
    assert stage.slack.api_url.startswith("http://127.0.0.1:")
    assert stage.slack.api_url.endswith("/api/")


async def test_a_taken_port_is_an_error(stage: Scene) -> None:
    port = int(stage.slack.url.rpartition(":")[2])

    with pytest.raises(OSError, match="address already in use"):
        async with SlackEmulator(port=port):
            pass


async def test_waiting_ends_at_the_change_that_makes_the_condition_true(stage: Scene) -> None:
    waiting = asyncio.create_task(stage.slack.until(lambda: stage.slack.messages(stage.general)))
    await asyncio.sleep(0)

    stage.slack.say(stage.anna, stage.general, "hello")
    found = await waiting

    assert found[0].text == "hello"


async def test_waiting_in_vain_shows_the_threads_the_deliveries_and_the_calls(stage: Scene) -> None:
    stage.slack.say(stage.anna, stage.general, "hello")
    await refusal(stage.client.chat_postMessage(channel="C-nowhere", text="lost"))

    with pytest.raises(NotReachedError) as caught:
        await stage.slack.until(lambda: False, seconds=0.01)

    picture = str(caught.value)
    assert all(part in picture for part in ("anna: 'hello'", "event_type='message'", "channel_not_found", "0.01 s"))


async def test_names_are_taken_once(stage: Scene) -> None:
    with pytest.raises(ValueError, match="anna"):
        stage.slack.add_user("anna")
    with pytest.raises(ValueError, match="general"):
        stage.slack.add_channel("general")
    with pytest.raises(ValueError, match="U-nobody"):
        stage.slack.add_channel("other", members=["U-nobody"])
