"""The stand-in as a whole: what its seed decides, and its port."""

from __future__ import annotations

import pytest

from emulators.slack.emulator import SlackEmulator
from tests.support.emulators.scene import Scene, scene, still_clock


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
