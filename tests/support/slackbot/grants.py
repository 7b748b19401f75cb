"""Grants on the bot's stage: people give them through the worker's store."""

from __future__ import annotations

import time
from typing import Any

from agent_worker.contract.grants import Grant
from agent_worker.grants.store import Grants
from tests.support.grants import call, grant
from tests.support.slackbot.conversations import ConversationStage


def kept(stage: ConversationStage) -> Grants:
    return Grants(stage.rehearsal.client, stage.rehearsal.task_queue, stage.bot.team_id)


async def give(stage: ConversationStage, number: int | str = 1, **changes: Any) -> Grant:
    """Anna allows something in #general, unless `changes` say otherwise."""
    given = grant(number, **{"by": stage.anna, "channel": stage.channel} | changes)
    await kept(stage).add(given)
    return given


async def holds(stage: ConversationStage, given: Grant) -> bool:
    """Whether some grant allows what this one does."""
    place = {"channel": given.channel, "thread_ts": given.thread_ts or "1.000000"}
    return await kept(stage).matching(call(tool=given.tool, **place, now=time.time())) is not None
