"""Faults that are injected from the page take effect, are shown in the page, and can be undone."""

from __future__ import annotations

import aiohttp
import pytest

from playground.page.surroundings import Surroundings
from tests.support.emulators.scene import Scene as SlackScene
from tests.support.emulators.scene import envelopes, refusal
from tests.support.playground.visiting import Following, Scene, scene


async def test_slack_goes_away_and_comes_back(stage: Scene) -> None:
    async with stage.visitor.following(Following()) as page:
        await stage.visitor.break_("away", what="slack", is_away=True)
        await page.until(lambda: page.shown["away/slack"]["is_away"])
        with pytest.raises(aiohttp.ClientError):
            await stage.client.auth_test()
        # People can still write: only the agent's connections to Slack are cut.
        await stage.visitor.do("say", user=stage.anna, channel=stage.general, text="anybody there?")

        await stage.visitor.break_("away", what="slack", is_away=False)
        await page.until(lambda: not page.shown["away/slack"]["is_away"])

    assert (await stage.client.auth_test())["ok"]
    assert [call.outcome for call in stage.slack.calls] == ["refused", "ok"]


async def test_the_next_post_is_carried_out_and_its_reply_is_lost(stage: Scene) -> None:
    await stage.visitor.break_("lose_reply")
    await stage.client.auth_test()

    with pytest.raises(aiohttp.ClientError):
        await stage.client.chat_postMessage(channel=stage.general, text="once")
    posted = await stage.client.chat_postMessage(channel=stage.general, text="twice")
    await stage.client.chat_update(channel=stage.general, ts=posted["ts"], text="changed")

    assert [message.text for message in stage.slack.messages(stage.general)] == ["once", "changed"]


async def test_the_reply_to_a_method_that_is_named_is_lost(stage: Scene) -> None:
    stage.slack.grant("reactions:write")
    await stage.visitor.break_("lose_reply", method="reactions.add")
    posted = await stage.client.chat_postMessage(channel=stage.general, text="hello")

    with pytest.raises(aiohttp.ClientError):
        await stage.client.reactions_add(channel=stage.general, timestamp=posted["ts"], name="wave")


async def test_slack_limits_the_rate_for_the_chosen_time(stage: Scene) -> None:
    await stage.visitor.break_("rate_limit", seconds=30)
    limited = await refusal(stage.client.auth_test())
    stage.slack.clock.advance(31)

    assert limited["error"] == "ratelimited"
    assert (await stage.client.auth_test())["ok"]


async def test_the_sockets_are_cut(stage: Scene) -> None:
    async with envelopes(SlackScene(stage.slack, stage.anna, stage.general, stage.client)) as socket:
        await stage.visitor.break_("close_socket")
        message = await socket.receive()

    assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert stage.slack.connections == 0


class Fragile:
    """A process that can only be killed."""

    pid, restarts, why = 4711, 0, ""

    def __init__(self) -> None:
        self.is_up = True

    async def kill(self) -> None:
        self.is_up = False


async def test_a_process_is_killed_and_shows_as_down() -> None:
    around = Surroundings(processes={"worker": Fragile()})
    async with scene(around) as stage, stage.visitor.following(Following()) as page:
        assert page.shown["process/worker"] == {"pid": 4711, "is_up": True, "restarts": 0, "why": ""}
        await stage.visitor.break_("kill", process="worker")

        await page.until(lambda: not page.shown["process/worker"]["is_up"])


async def test_a_service_that_is_away_already_is_not_taken_away_again() -> None:
    calls: list[bool] = []

    async def go_away(is_away: bool) -> None:  # noqa: FBT001
        calls.append(is_away)

    async with scene(Surroundings(go_away={"gemini": go_away})) as stage:
        for is_away in (True, True, False, False):
            await stage.visitor.break_("away", what="gemini", is_away=is_away)

    assert calls == [True, False]
