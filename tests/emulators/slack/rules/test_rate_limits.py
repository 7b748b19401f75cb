"""How often the app may call, if the limits are on."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from emulators.slack.rules.rate_limits import POST_BURST
from tests.support.emulators.posts import post
from tests.support.emulators.scene import Scene, refusal, scene, still_clock


async def test_posts_come_in_bursts_and_then_one_a_second_in_each_channel() -> None:
    async with scene(clock=still_clock(), rate_limits=True) as stage:
        other = stage.slack.add_channel("other")
        for _ in range(POST_BURST):
            await post(stage)

        with pytest.raises(SlackApiError) as caught:
            await post(stage)
        await post(stage, channel=other)
        stage.slack.clock.advance(1.0)
        await post(stage)

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


async def test_with_the_limits_off_nothing_is_limited(still: Scene) -> None:
    for _ in range(60):
        await post(still)

    assert len(still.slack.messages(still.general)) == 60


@pytest.mark.parametrize(("method", "limit"), [("start", 20), ("append", 100), ("stop", 20)])
async def test_each_method_has_the_tier_that_slack_gives_it(method: str, limit: int) -> None:
    async with scene(clock=still_clock(), rate_limits=True) as stage:
        call = {"channel": stage.general, "ts": "1.000000", "markdown_text": "x"}
        bodies = [await refusal(stage.client.api_call(f"chat.{method}Stream", json=call)) for _ in range(limit)]

        with pytest.raises(SlackApiError) as caught:
            await stage.client.api_call(f"chat.{method}Stream", json=call)

    assert not [body for body in bodies if body["error"] == "ratelimited"]
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "60")
