"""How often the app may call, where the profile says so."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from emulators.slack.state.rate_limits import POST_BURST
from tests.support.emulators.scene import Scene, scene, still_clock


async def _post(stage: Scene, channel: str) -> None:
    await stage.client.chat_postMessage(channel=channel, text="hello")


async def test_posts_come_in_bursts_and_then_one_a_second_in_each_channel() -> None:
    async with scene(clock=still_clock(), rate_limits=True) as stage:
        other = stage.slack.add_channel("other")
        for _ in range(POST_BURST):
            await _post(stage, stage.general)

        with pytest.raises(SlackApiError) as caught:
            await _post(stage, stage.general)
        await _post(stage, other)
        stage.slack.clock.advance(1.0)
        await _post(stage, stage.general)

        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert len(stage.slack.messages(stage.general)) == POST_BURST + 1


async def test_a_method_of_tier_3_is_called_50_times_a_minute() -> None:
    async with scene(clock=still_clock(), rate_limits=True) as stage:
        for _ in range(50):
            await stage.client.conversations_info(channel=stage.general)

        with pytest.raises(SlackApiError) as caught:
            await stage.client.conversations_info(channel=stage.general)
        stage.slack.clock.advance(60.0)
        await stage.client.conversations_info(channel=stage.general)

        assert caught.value.response.headers["Retry-After"] == "60"


async def test_without_the_profile_nothing_is_limited(still: Scene) -> None:
    for _ in range(60):
        await _post(still, still.general)

    assert len(still.slack.messages(still.general)) == 60
