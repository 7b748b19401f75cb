"""The stand-in as a whole: what its seed decides."""

from __future__ import annotations

from tests.support.emulators.scene import scene, still_clock


async def test_the_same_seed_gives_the_same_slack() -> None:
    ids = []
    for seed in (1, 1, 2):
        async with scene(seed=seed, clock=still_clock()) as stage:
            mention = f"<@{stage.slack.bot_user_id}> hello"
            ts = stage.slack.say(stage.anna, stage.general, mention)
            order = [delivery.event_id for delivery in stage.slack.deliveries]
            ids.append((stage.slack.team_id, stage.anna, stage.general, ts, order))

    assert ids[0] == ids[1] != ids[2]
