"""Promises of displays of steps: one after the other, and only the next display of the turn waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent_worker.payloads.thread import Author, Draft, Progress, Shown, ShownStep, ShowProgress, StepState
from agent_worker.slack.thread.progress_queue import ProgressQueue
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.settling import APPEND, POST, UPDATE, posts
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

STATUS = "assistant.threads.setStatus"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def showing(stage: SlackStage, *states: StepState, ts: str | None = None, draft: Draft | None = None) -> ShowProgress:
    steps = [ShownStep(title=f"Step {number}", state=state) for number, state in enumerate(states, 1)]
    return ShowProgress(
        thread=stage.thread,
        turn=stage.root,
        progress=Progress(key=f"{stage.root}:progress", steps=steps, ts=ts),
        draft=draft or Draft(),
        audience=Author(id=stage.anna),
    )


def states(stage: SlackStage) -> list[str]:
    (post,) = posts(stage)
    return [task["status"] for block in post.blocks for task in block.get("tasks", [])]


async def test_they_are_shown_in_their_message_and_in_the_status(stage: SlackStage) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))

    queue.begin(request := showing(stage, "complete", "in_progress", ts=shown.ts))
    await queue.wait(request)

    assert states(stage) == ["complete", "in_progress"]
    assert stage.slack.status(stage.channel, stage.root) == "is working…"
    assert (stage.calls(POST), stage.calls(UPDATE), stage.calls(STATUS)) == (1, 1, 1)


async def test_where_no_steps_can_be_shown_the_status_says_which_of_them_run() -> None:
    async with slack_stage(direct=True) as direct:
        queue = direct.ours.progress_queue
        written = Draft(messages=[direct.root], unsure=True)  # only the delivery can show them now
        await queue.show(request := showing(direct, "complete", "in_progress", draft=written))
        await queue.wait(request)

        assert direct.slack.status(direct.channel, direct.root) == "is working: Step 2…"


async def test_nobody_waits_for_the_status_behind_the_steps(stage: SlackStage) -> None:
    held = stage.slack.hold(STATUS)
    queue = stage.ours.progress_queue

    shown = await queue.show(request := showing(stage, "in_progress"))
    await held.reached()
    held.release()
    await queue.wait(request)

    assert shown.ts == posts(stage)[0].ts
    assert stage.slack.status(stage.channel, stage.root) == "is working…"


async def test_a_step_that_has_ended_is_shown_with_the_next_one_that_begins(stage: SlackStage) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))

    async with queue.thinking(showing(stage, "complete", ts=shown.ts)):
        pass
    queue.begin(request := showing(stage, "complete", "in_progress", ts=shown.ts))
    await queue.wait(request)

    assert states(stage) == ["complete", "in_progress"]
    assert stage.calls(UPDATE) == 1


async def test_a_step_that_has_ended_does_not_wait_long_for_a_model_that_takes_its_time(stage: SlackStage) -> None:
    queue = ProgressQueue(stage.ours.progress, stage.ours.status, end_waits=0.01)
    shown = await queue.show(showing(stage, "in_progress"))

    async with queue.thinking(showing(stage, "complete", ts=shown.ts)):
        await stage.slack.until(lambda: states(stage) == ["complete"])


async def test_a_step_that_has_ended_does_not_wait_for_a_model_call_that_has_failed(stage: SlackStage) -> None:
    queue = ProgressQueue(stage.ours.progress, stage.ours.status, end_waits=3_600.0)
    shown = await queue.show(showing(stage, "in_progress"))

    async with queue.thinking(showing(stage, "complete", ts=shown.ts), is_retry=True):
        await stage.slack.until(lambda: states(stage) == ["complete"])


async def test_steps_that_end_together_are_shown_together(stage: SlackStage) -> None:
    queue = ProgressQueue(stage.ours.progress, stage.ours.status, together=3_600.0)
    shown = await queue.show(showing(stage, "in_progress", "in_progress"))

    both = showing(stage, "complete", "complete", ts=shown.ts)

    async def both_have_ended() -> None:
        queue.begin(both)

    nothing_new, _ = await asyncio.gather(
        queue.show(showing(stage, "complete", "in_progress", ts=shown.ts)), both_have_ended()
    )
    await queue.wait(both)

    assert nothing_new == Shown()

    assert states(stage) == ["complete", "complete"]
    assert stage.calls(UPDATE) == 1


async def test_in_a_direct_message_they_are_shown_in_the_stream() -> None:
    async with slack_stage(direct=True) as direct:
        queue = direct.ours.progress_queue
        shown = await queue.show(showing(direct, "in_progress"))

        queue.begin(request := showing(direct, "complete", "in_progress", draft=shown.draft))
        await queue.wait(request)

        (post,) = posts(direct)
        assert [card["status"] for card in post.blocks[0]["tasks"]] == ["complete", "in_progress"]
        assert direct.calls(APPEND) == 1


async def test_what_the_turn_shows_next_waits_for_them(stage: SlackStage) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))
    held = stage.slack.hold(UPDATE)

    queue.begin(request := showing(stage, "complete", "in_progress", ts=shown.ts))
    await held.reached()
    waiting = asyncio.create_task(queue.wait(request))
    await queue.wait(request.model_copy(update={"turn": "another"}))
    assert not waiting.done()
    held.release()
    await waiting

    assert states(stage) == ["complete", "in_progress"]


async def test_each_is_shown_after_the_one_before(stage: SlackStage) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))
    held = stage.slack.hold(UPDATE)

    queue.begin(showing(stage, "complete", "in_progress", ts=shown.ts))
    await held.reached()
    queue.begin(showing(stage, "complete", "error", ts=shown.ts))
    last = asyncio.create_task(queue.show(showing(stage, "complete", "complete", ts=shown.ts)))
    held.release()
    await last

    assert states(stage) == ["complete", "complete"]
    assert stage.calls(UPDATE) == 3


async def test_one_that_is_given_up_holds_up_none_after_it(stage: SlackStage) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))
    held = stage.slack.hold(UPDATE)
    given_up = asyncio.create_task(queue.show(showing(stage, "complete", "in_progress", ts=shown.ts)))
    await held.reached()

    given_up.cancel()
    await queue.show(showing(stage, "complete", "complete", ts=shown.ts))

    assert states(stage) == ["complete", "complete"]
    held.release()


@pytest.mark.parametrize("kind", ["internal_error", "lost_reply", "refused"])
async def test_steps_that_cannot_be_shown_are_in_nobodys_way(stage: SlackStage, kind: FaultKind) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))
    stage.slack.faults.add(method=UPDATE, kind=kind)

    queue.begin(request := showing(stage, "complete", "in_progress", ts=shown.ts))
    await queue.wait(request)
    await queue.show(showing(stage, "complete", "complete", ts=shown.ts))

    assert states(stage) == ["complete", "complete"]


async def test_a_worker_that_ends_lets_them_be_shown(stage: SlackStage) -> None:
    queue = stage.ours.progress_queue
    shown = await queue.show(showing(stage, "in_progress"))

    queue.begin(showing(stage, "complete", "in_progress", ts=shown.ts))
    await queue.wait_for_all()

    assert states(stage) == ["complete", "in_progress"]
