"""Promises of the steps themselves, beside what their parts promise."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.agent_activities import Activities
from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.payloads.thread import Deliver, Progress, ShownStep
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage


def activities(stage: SlackStage) -> Activities:
    """With a Slack and nothing else."""
    nothing: Any = None
    return Activities(policy=nothing, bot_user_id="", asking=nothing, toolbox=nothing, tools=nothing, slack=stage.ours)


def steps(stage: SlackStage) -> Progress:
    return Progress(key=f"{stage.root}:progress", steps=[ShownStep(title="Look", state="complete")])


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_a_delivery_that_slack_does_not_take_is_tried_again_for_ever(method: str) -> None:
    async with slack_stage() as stage:
        progress = steps(stage)
        shown = progress.model_copy(update={"ts": await stage.ours.progress.post(stage.thread, progress, stage.root)})
        answer = Deliver(
            thread=stage.thread,
            key=f"{stage.root}:answer",
            turn=stage.root,
            text="Sunny.",
            answers=[stage.root],
            may_mention=[],
            progress=shown,
        )
        stage.slack.faults.add(method=method, kind="internal_error")

        with pytest.raises(ApplicationError) as failed:
            await ActivityEnvironment().run(activities(stage).deliver, answer)

        assert (failed.value.type, failed.value.non_retryable) == (SLACK_UNAVAILABLE, False)
