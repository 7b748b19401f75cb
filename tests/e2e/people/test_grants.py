"""What a person has always allowed is seen in Home and revoked there, through the real processes, and is then gone."""

from __future__ import annotations

import time

from temporalio.client import Client

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.names import HOME_REVOKE_BUTTON, REVOKE_BUTTON
from agent_worker.grants.store import Grants
from tests.support.e2e.stage import Stage
from tests.support.grants import call, grant


async def heard(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


async def home(stage: Stage) -> str:
    """What Anna's Home tab shows when she opens it."""
    stage.slack.open_app_home(stage.anna, "home")
    await heard(stage)
    return shown(stage)


def shown(stage: Stage) -> str:
    return stage.slack.visible_text(stage.slack.home(stage.anna) or {"blocks": []})


async def test_a_grant_is_seen_and_revoked_in_home_and_in_the_channel_and_outlives_both_processes(stage: Stage) -> None:
    client = await Client.connect(stage.temporal_address, data_converter=DATA_CONVERTER)
    grants = Grants(client, stage.task_queue, stage.slack.team_id)
    first = grant(1, by=stage.anna, channel=stage.channel)
    second = grant(2, by=stage.anna, channel=stage.channel, tool="close_ticket", title="Close tickets")
    for one in (first, second):
        await grants.add(one)
    for process in (stage.worker, stage.bot):
        await process.kill()
    await stage.start()
    asked = call(channel=stage.channel, now=time.time())
    assert await grants.matching(asked) == first
    assert "File tickets with IT" in await home(stage)

    stage.slack.press_home_button(stage.anna, HOME_REVOKE_BUTTON, first.id)
    await stage.slack.until(lambda: "File tickets with IT" not in shown(stage))

    assert "Close tickets" in shown(stage)
    assert await grants.matching(asked) is None
    stage.slack.run_command(stage.ben, stage.channel, "/agent", "grants")
    await heard(stage)
    (answer,) = stage.slack.ephemerals(stage.channel, stage.ben)
    assert "Close tickets" in stage.slack.visible_text(answer)
    stage.slack.press_button(stage.ben, stage.channel, answer.ts, REVOKE_BUTTON, second.id)
    await heard(stage)
    assert "Close tickets" not in await home(stage)
