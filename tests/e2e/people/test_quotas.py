"""A flood is its author's own problem: quotas for each person and for the workspace, which outlive every worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle

from emulators.gemini.answers import Answer, text
from emulators.gemini.request import ModelRequest
from tests.support.e2e.stage import Stage
from tests.support.slackbot.conversations import eventually

FLOOD, QUOTA = 40, 5
TOLD = "from me within an hour"


class Obliging:
    """Answers everything."""

    def answer(self, request: ModelRequest) -> Answer:
        return text("Gladly.")


@asynccontextmanager
async def limited(address: str, directory: Path, **limits: str) -> AsyncIterator[Stage]:
    """A stage whose worker has these quotas; `limits` are the ends of the settings' names."""
    async with Stage(address, directory, script=Obliging(), rate_limits=True) as stage:
        settings = {f"AGENT_MAX_HOURLY_TURNS_PER_{name}": value for name, value in limits.items()}
        stage.worker = stage.process("agent_worker", ready="worker is ready", **settings)
        await stage.start()
        yield stage


def ask(stage: Stage, person: str, thread_ts: str | None = None) -> str:
    return stage.slack.say(person, stage.channel, f"<@{stage.slack.bot_user_id}> please", thread_ts=thread_ts)


def said_in(stage: Stage, threads: list[str]) -> list[str]:
    return [said for ts in threads for said in stage.said(ts)]


async def test_a_flood_costs_its_author_and_nobody_else_and_no_killed_worker_forgets_it(
    temporal_address: str, tmp_path: Path
) -> None:
    async with limited(temporal_address, tmp_path, PERSON=str(QUOTA)) as stage:
        flood = [ask(stage, stage.anna) for _ in range(FLOOD // 2)]
        await stage.slack.until(lambda: said_in(stage, flood).count("Gladly.") == QUOTA)
        await stage.worker.kill()
        await stage.worker.start()
        flood += [ask(stage, stage.anna) for _ in range(FLOOD // 2)]
        ben = ask(stage, stage.ben)

        assert await stage.answered(ben) == ["Gladly."]
        await _all_turns_are_over(stage, flood)

        said = said_in(stage, flood)
        told = [one for one in said if TOLD in one]
        assert said.count("Gladly.") == QUOTA
        assert 1 <= len(told) == len(said) - QUOTA <= 6
        assert f"{QUOTA} answers" in told[0]
        assert len(stage.gemini.requests) == QUOTA + 1
        assert not any(stage.slack.status(stage.channel, ts) for ts in flood)
        assert [call.method for call in stage.slack.calls if call.outcome != "ok"] == []


async def test_the_quota_of_the_workspace_is_told_to_whoever_asks_next(temporal_address: str, tmp_path: Path) -> None:
    async with limited(temporal_address, tmp_path, PERSON="0", WORKSPACE="1") as stage:
        assert await stage.answered(ask(stage, stage.anna)) == ["Gladly."]

        (told,) = await stage.answered(ask(stage, stage.ben))

        assert "one answer in this workspace within an hour" in told
        assert len(stage.gemini.requests) == 1


async def _all_turns_are_over(stage: Stage, threads: list[str]) -> None:
    """Returns when no conversation has anything left to do."""
    for ts in threads:
        await stage.slack.until(partial(stage.is_acknowledged, ts))
        handle = await stage.workflow(ts)

        async def is_over(handle: WorkflowHandle[Any, Any] = handle) -> bool:
            described = (await handle.describe()).raw_description
            return not (described.pending_activities or described.HasField("pending_workflow_task"))

        await eventually(is_over)
