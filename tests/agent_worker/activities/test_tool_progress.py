"""How far a tool call is: on its card if the call shows the steps, else in the status line, and never too often."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.activities import tool_progress
from agent_worker.activities.tool_progress import progress_shown
from agent_worker.payloads.thread import Author, Draft, Progress, ShownStep, ShowProgress, StepState
from tests.support.agent_worker.settling import POST, UPDATE, posts
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

STATUS = "assistant.threads.setStatus"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


async def steps_shown(stage: SlackStage, *states: StepState) -> ShowProgress:
    """Steps that stand in the thread already."""
    steps = [ShownStep(title=f"Step {number}", state=state) for number, state in enumerate(states, 1)]
    progress = Progress(key=f"{stage.root}:progress", steps=steps)
    request = ShowProgress(
        thread=stage.thread, turn=stage.root, progress=progress, draft=Draft(), audience=Author(id=stage.anna)
    )
    shown = await stage.ours.progress_queue.show(request)
    return request.model_copy(update={"progress": progress.model_copy(update={"ts": shown.ts})})


def titles(stage: SlackStage) -> list[str]:
    (post,) = posts(stage)
    return [task["title"] for block in post.blocks for task in block.get("tasks", [])]


async def is_status(stage: SlackStage, status: str) -> None:
    """Waits until Slack shows it."""
    await stage.slack.until(lambda: stage.slack.status(stage.channel, stage.root) == status)


async def test_it_is_shown_on_the_card_of_the_step_that_runs(stage: SlackStage) -> None:
    shown = await steps_shown(stage, "complete", "in_progress")

    async with progress_shown(stage.ours, stage.thread, shown) as progress:
        progress("40 %")
        await stage.slack.until(lambda: titles(stage) == ["Step 1", "Step 2: 40 %"])

    assert (stage.calls(POST), stage.calls(UPDATE)) == (1, 1)


async def test_where_it_is_not_sure_which_step_it_is_the_status_tells(stage: SlackStage) -> None:
    for number, shown in enumerate((None, await steps_shown(stage, "in_progress", "in_progress"))):
        async with progress_shown(stage.ours, stage.thread, shown) as progress:
            progress(f"line {number}")
            await is_status(stage, f"is working: line {number}…")

    assert stage.calls(UPDATE) == 0


async def test_a_thousand_lines_are_shown_twice(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_progress, "PAUSE", 0.2)

    async with progress_shown(stage.ours, stage.thread, None) as progress:
        progress("first")
        await stage.slack.until(lambda: stage.calls(STATUS) == 1)
        for number in range(1000):
            progress(f"{number}")
        await is_status(stage, "is working: 999…")

    assert stage.calls(STATUS) == 2


async def test_the_end_of_the_call_does_not_wait_for_the_next_display(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_progress, "PAUSE", 1000.0)

    async with progress_shown(stage.ours, stage.thread, None) as progress:
        progress("first")
        await stage.slack.until(lambda: stage.calls(STATUS) == 1)
        progress("second")

    assert stage.calls(STATUS) == 1


async def test_without_slack_nothing_is_shown() -> None:
    async with progress_shown(None, None, None) as progress:
        progress("40 %")
