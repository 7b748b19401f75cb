"""Promises of steps that are shown while they run: nobody waits for them, and nobody loses sight of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.requests import AskModel, Author, Draft, Progress, ShownStep, ShowProgress, progress_key
from agent_worker.slack_displays import SlackDisplays
from playground.slack.faults import FaultKind
from tests.agent_worker.settling import POST, START, UPDATE, posts
from tests.agent_worker.slack_stage import SlackStage, slack_stage

STEP = ShownStep(title="Looks it up", state="in_progress")


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


@pytest.fixture
async def direct() -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=True) as stage:
        yield stage


def running(stage: SlackStage, **progress: Any) -> ShowProgress:
    return ShowProgress(
        thread=stage.thread,
        turn=stage.root,
        progress=Progress(key=progress_key(stage.root), steps=[STEP], **progress),
        audience=Author(id=stage.anna),
    )


def next_call(stage: SlackStage, display: str, **more: Any) -> AskModel:
    """The model call that follows the tools."""
    done = Progress(key=progress_key(stage.root), steps=[STEP.model_copy(update={"state": "complete"})])
    asked: dict[str, Any] = {"thread": stage.thread, "turn": stage.root, "progress": done, "display": display}
    return AskModel(model="m", epoch="e", known=0, new=[], **(asked | more))


def another_worker(stage: SlackStage) -> SlackDisplays:
    return SlackDisplays(stage.progress, stage.ours.sessions)


async def test_the_next_step_of_the_turn_knows_where_they_are_shown(stage: SlackStage) -> None:
    displays = stage.ours.displays

    request = await displays.settled(next_call(stage, displays.begin(running(stage))))

    (post,) = posts(stage)
    assert request.progress is not None
    assert (request.progress.ts, request.progress.unsure) == (post.ts, False)
    assert [step.state for step in request.progress.steps] == ["complete"]
    assert not request.draft.unsure


async def test_in_a_direct_message_it_knows_the_stream_that_they_have_begun(direct: SlackStage) -> None:
    displays = direct.ours.displays

    request = await displays.settled(next_call(direct, displays.begin(running(direct))))

    (post,) = posts(direct)
    assert request.progress is not None
    assert not request.progress.is_posted
    assert (request.draft.messages, request.draft.has_cards, request.draft.unsure) == ([post.ts], True, False)


async def test_the_next_step_waits_until_they_are_shown(stage: SlackStage) -> None:
    displays = stage.ours.displays
    held = stage.slack.hold(POST)
    name = displays.begin(running(stage))
    await held.reached()
    held.release()

    request = await displays.settled(next_call(stage, name))

    assert request.progress is not None
    assert request.progress.ts == posts(stage)[0].ts


async def test_the_status_says_what_is_running(stage: SlackStage) -> None:
    displays = stage.ours.displays

    await displays.settled(next_call(stage, displays.begin(running(stage))))

    assert stage.slack.status(stage.channel, stage.root) == "is working: Looks it up…"


@pytest.mark.parametrize("kind", ["internal_error", "lost_reply", "rate_limited"])
async def test_steps_of_which_nobody_knows_whether_they_are_shown_are_looked_for(
    stage: SlackStage, kind: FaultKind
) -> None:
    displays = stage.ours.displays
    stage.slack.faults.add(method=POST, kind=kind)

    request = await displays.settled(next_call(stage, displays.begin(running(stage))))

    assert request.progress is not None
    assert (request.progress.ts, request.progress.unsure, request.draft.unsure) == (None, True, True)


async def test_another_worker_looks_for_what_it_has_not_begun_itself(stage: SlackStage) -> None:
    name = stage.ours.displays.begin(running(stage))
    await stage.ours.displays.done()

    request = await another_worker(stage).settled(next_call(stage, name))

    assert request.progress is not None
    assert request.progress.unsure
    assert await stage.progress.post(stage.thread, request.progress, stage.root) == posts(stage)[0].ts
    assert stage.calls(POST) == 1


async def test_what_the_conversation_has_not_heard_of_is_waited_for_and_looked_for(stage: SlackStage) -> None:
    """A reply that came when the turn had just been stopped: nobody has taken down what it has begun to show."""
    displays = stage.ours.displays
    displays.begin(running(stage))

    request = await displays.settled(next_call(stage, ""))

    assert len(posts(stage)) == 1
    assert request.progress is not None
    assert request.progress.unsure


async def test_a_doubt_that_was_there_before_stays(stage: SlackStage) -> None:
    displays = stage.ours.displays
    draft = Draft(messages=["1.5"], unsure=True)
    name = displays.begin(running(stage).model_copy(update={"draft": draft.model_copy(update={"unsure": False})}))

    request = await displays.settled(next_call(stage, name, draft=draft))

    assert request.draft == draft


async def test_what_the_conversation_has_been_told_is_not_asked_for_again(stage: SlackStage) -> None:
    displays = stage.ours.displays
    request = await displays.settled(next_call(stage, displays.begin(running(stage))))

    displays.is_told(request)

    told = next_call(stage, "", progress=request.progress)
    assert await displays.settled(told) == told


async def test_steps_in_a_message_that_is_there_are_shown_in_it(stage: SlackStage) -> None:
    displays = stage.ours.displays
    (ts,) = [await stage.progress.post(stage.thread, running(stage).progress, stage.root)]

    request = await displays.settled(next_call(stage, displays.begin(running(stage, ts=ts))))

    assert request.progress is not None
    assert request.progress.ts == ts
    assert (stage.calls(POST), stage.calls(UPDATE), stage.calls(START)) == (1, 1, 0)
