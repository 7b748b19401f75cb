"""The files of the tool call that runs: where they are shown, and by which key a second attempt finds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from temporalio import activity

from agent_worker.contract.messages import SlackFile, Thread
from agent_worker.slack.adapter import Slack
from agent_worker.slack.files.attachments import CallPlace
from agent_worker.toolbox.tool_source import Attach, NewFile

CLOCKS_DIFFER = timedelta(minutes=10)  # between Temporal's clock and Slack's, at most


def attaching(slack: Slack | None, thread: Thread | None) -> Attach | None:
    """Shows files in the thread; None where there is none. To be used within an activity."""
    if slack is None or thread is None or not thread.in_slack:
        return None
    info = activity.info()
    place = CallPlace(
        thread=thread,
        key=f"{info.workflow_run_id}:{info.activity_id}",
        since=str((info.scheduled_time - CLOCKS_DIFFER).timestamp()),
        is_retry=info.attempt > 1,
    )

    async def attach(files: Sequence[NewFile]) -> list[SlackFile | str]:
        return await slack.attachments.attach(files, place)

    return attach
