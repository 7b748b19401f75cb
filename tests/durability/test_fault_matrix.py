"""Whatever breaks, and whenever: one complete answer, nothing done twice, nothing left unanswered or unfinished."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path

import pytest

from playground.processes import ROOT
from tests.support.durability import matrix
from tests.support.durability.calls import (
    MODEL_FAULTS,
    SLACK_CALLS,
    SLACK_FAULTS,
    SLACK_REFUSALS,
    TOOL_FAULTS,
    FaultyCall,
    model_faults,
    slack_faults,
    talks_with,
    tool_faults,
)
from tests.support.durability.matrix import FAULTS, STEPS, Fault, Held, Step
from tests.support.durability.opinions import OPINION, Opinion
from tests.support.durability.stage import BreakableStage
from tests.support.durability.stops import MOMENTS, Moment
from tests.support.durability.talks import Talk
from tests.support.durability.uninvited import STRANGERS_DEEDS, Uninvited
from tests.support.mcp import placing

pytestmark = pytest.mark.timeout(400)


UNHURRIED = "tests.support.durability.unhurried_worker"
# Seconds, for all talks together on a busy machine; what is held meanwhile is held for 90.
STEPS_REACHED_WITHIN = 85.0


@pytest.fixture
async def stage(processes: None, tmp_path: Path) -> AsyncIterator[BreakableStage]:
    """A stage of its own for each test: what breaks on it breaks for nobody else."""
    async with BreakableStage(tmp_path, worker_module=UNHURRIED) as stage:
        yield stage


def servers_in(folder: Path) -> str:
    """The path of a file that names the MCP server; a call of it waits for every other talk, too."""
    server = {"command": sys.executable, "args": ["-S", placing.__file__, "${GEOLOCATION_URL}"], "timeout": 300}
    configuration = folder / "servers.json"
    configuration.write_text(json.dumps({"mcpServers": {"world": server}}), encoding="utf-8")
    return str(configuration)


@pytest.fixture
async def patient_stage(processes: None, fault: Fault, tmp_path: Path) -> AsyncIterator[BreakableStage]:
    """One on which a model call, too, can be held until every other talk has come to its step."""
    async with BreakableStage(
        tmp_path,
        temporal_ends=fault.temporal_ends,
        worker_module=UNHURRIED,
        GEMINI_TIMEOUT_SECONDS="90",
        MCP_CONFIG=servers_in(tmp_path),
    ) as stage:
        yield stage


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_at_any_step_costs_nothing_but_time(patient_stage: BreakableStage, fault: Fault) -> None:
    stage = patient_stage
    talks = {step: step.talk(stage) for step in STEPS}
    held, stopping = await asyncio.gather(brought_to_their_steps(talks), brought_to_their_moments(stage))
    opinion = await an_opinion(stage)
    arrivals = await arriving(stage)

    await fault.strike(stage)
    for talk in stopping.values():
        stage.slack.press_stop(talk.person, talk.channel, talk.ts)
    opinion.press()
    deciding = asyncio.create_task(all_decided(talks.values()))
    stage.thaw()
    for hold in held:
        hold.release()
    await fault.repair(stage)

    await all_answered(stage, list(talks.values()), times=1)
    await deciding
    await stage.all_acknowledged([talk.channel for talk in [*arrivals, *stopping.values()]])
    everyone = [*talks.values(), *arrivals, *stopping.values()]
    await all_answered(stage, everyone, times=1)
    for talk in everyone:
        talk.ask_again()
    await all_answered(stage, everyone, times=2)
    complaints = [line for step, talk in talks.items() for line in talk.complaints(under_way=[step.call])]
    # Of a question that is stored, the first model call may have begun just when the fault struck.
    complaints += [line for talk in arrivals for line in talk.complaints(under_way=["model 1"])]
    assert complaints + [line for moment, talk in stopping.items() for line in moment.complaints(talk)] == []
    if not await opinion.is_kept():
        assert opinion.is_known_to_be_lost
        opinion.press()
        await true(opinion.is_kept)


async def test_whatever_a_stranger_does_at_any_step_changes_nothing(processes: None, tmp_path: Path) -> None:
    servers = servers_in(tmp_path)
    async with BreakableStage(
        tmp_path, worker_module=UNHURRIED, GEMINI_TIMEOUT_SECONDS="90", MCP_CONFIG=servers
    ) as stage:
        talks = {step: step.talk(stage) for step in STEPS}
        held = await brought_to_their_steps(talks)
        uninvited = Uninvited(stage)

        for talk in talks.values():
            uninvited.do_everything(talk)
        await stage.slack.until(uninvited.is_heard)
        for hold in held:
            hold.release()

        everyone = list(talks.values())
        await asyncio.gather(all_decided(everyone), all_answered(stage, everyone, times=1))
        for talk in everyone:
            uninvited.do_everything(talk)
            talk.ask_again()
        await all_answered(stage, everyone, times=2)
        assert [line for talk in everyone for line in talk.complaints()] == []
        assert [line for talk in everyone for line in await uninvited.complaints(talk)] == []


@pytest.mark.parametrize("faulty", [slack_faults, model_faults, tool_faults], ids=["slack", "model", "tool"])
async def test_any_call_may_go_wrong(stage: BreakableStage, faulty: Callable[[], list[FaultyCall]]) -> None:
    talks = talks_with(stage, faulty())

    for talk in talks.values():
        talk.ask()
    await all_answered(stage, list(talks.values()), times=1)
    for talk in talks.values():
        talk.ask_again()
    await all_answered(stage, list(talks.values()), times=2)

    assert [
        line for call, talk in talks.items() for line in talk.complaints(under_way=[call.call], extra=call.times)
    ] == []


def test_the_documented_matrix_is_the_one_that_is_run() -> None:
    documented = (ROOT / "docs" / "durability.md").read_text()

    run = [*(step.name for step in STEPS), *matrix.ARRIVALS, *(fault.name for fault in FAULTS)]
    run += [*(moment.name for moment in MOMENTS), OPINION, STRANGERS_DEEDS]
    run += [call.name for call in SLACK_CALLS] + [*SLACK_FAULTS, *SLACK_REFUSALS.values(), *MODEL_FAULTS, *TOOL_FAULTS]
    assert [name for name in run if name not in documented] == []


async def brought_to_their_steps(talks: dict[Step, Talk]) -> list[Held]:
    """Each talk is asked its question and held at its step."""
    return await asyncio.gather(*(brought_to(step, talk) for step, talk in talks.items()))


async def brought_to(step: Step, talk: Talk) -> Held:
    held = step.hold(talk)
    talk.ask()
    try:
        async with asyncio.timeout(STEPS_REACHED_WITHIN):
            if talk.decision is not None and step.decides:
                await talk.decision.approve()
            await held.reached()
            await only_this_runs(talk, step.activity)
    except TimeoutError:
        raise AssertionError(f"{talk.label}: not reached") from None
    return held


async def brought_to_their_moments(stage: BreakableStage) -> dict[Moment, Talk]:
    """Talks that wait for ever, unless somebody stops them."""
    talks = {moment: Talk(stage, moment.name, slowly=moment.slowly) for moment in MOMENTS}
    held = [moment.hold(talk) for moment, talk in talks.items()]
    for talk in talks.values():
        talk.ask()
    await asyncio.gather(*(hold.reached() for hold in held))
    return talks


async def an_opinion(stage: BreakableStage) -> Opinion:
    """Somebody who has an answer, and is about to say what it is worth."""
    talk = Talk(stage, OPINION)
    talk.ask()
    await all_answered(stage, [talk], times=1)
    return Opinion(stage, talk.person, talk.channel, talk.ts)


async def all_decided(talks: Iterable[Talk]) -> None:
    await asyncio.gather(*(talk.decision.decided() for talk in talks if talk.decision is not None))


async def true(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.05)


async def only_this_runs(talk: Talk, activity: str) -> None:
    """Waits until Temporal has the results of everything else: what is under way is this one step alone."""
    handle = await talk.workflow()
    while True:
        raw = (await handle.describe()).raw_description
        if [pending.activity_type.name for pending in raw.pending_activities] == [activity]:
            return
        await asyncio.sleep(0.02)


async def arriving(stage: BreakableStage) -> list[Talk]:
    """Three more questions, each at another point of its way from Slack to Temporal."""
    on_its_way, being_stored, unacknowledged = (Talk(stage, name) for name in matrix.ARRIVALS)
    stage.slack.lose_acknowledgements(unacknowledged.channel, times=2)
    unacknowledged.ask()
    await stage.slack.until(lambda: stage.slack.lost_acknowledgements == 2)
    stage.temporal.freeze()
    being_stored.ask()
    await stage.bot_has_seen_all()
    stage.freeze_bot()
    on_its_way.ask()
    return [on_its_way, being_stored, unacknowledged]


async def all_answered(stage: BreakableStage, talks: Sequence[Talk], *, times: int) -> None:
    """Waits until everybody has so many answers; not for ever: what is missing then is a complaint."""
    try:
        await stage.slack.until(lambda: all(talk.is_answered(times) for talk in talks), seconds=120)
    except AssertionError:
        missing = [f"{talk.label}: {talk.said} {talk.status!r}" for talk in talks if not talk.is_answered(times)]
        raise AssertionError(f"no answer {times}: {missing}") from None
