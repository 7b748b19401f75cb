"""`python -m agent_worker.ask "…"`: asks the agent from a terminal, without Slack, and shows what it does.

The lines are read from the workflow's history while Temporal writes it, so they show what was really done.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":  # Ctrl-C ends it without a traceback also while the rest is imported
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread, UserMessage
from agent_worker.contract.names import AGENT_WORKFLOW, USER_MESSAGE
from agent_worker.payloads.activity_names import ActivityName
from process import lifetime, logs, temporal
from process.settings import ProcessSettings, load
from text.characters import for_terminal

PATIENCE = 5.0  # seconds until a missing worker is mentioned
USAGE = 'usage: python -m agent_worker.ask "are there any weather alerts for New York?"'
_ENDED = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: "activity_task_completed_event_attributes",
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: "activity_task_failed_event_attributes",
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: "activity_task_timed_out_event_attributes",
}


async def main() -> None:
    question = " ".join(sys.argv[1:]).strip()
    if not question:
        print(USAGE, file=sys.stderr)
        raise SystemExit(2)
    settings, connection = load(ProcessSettings, temporal.connection)
    logs.configure(settings.log_format, "WARNING")
    client = await temporal.connect_soon(connection, DATA_CONVERTER)
    handle = await client.start_workflow(
        AGENT_WORKFLOW,
        Start(thread=Thread(team="", channel="", thread_ts="", surface="terminal")),
        id=f"ask:{uuid4()}",
        task_queue=settings.temporal_task_queue,
        start_signal=USER_MESSAGE,
        start_signal_args=[UserMessage(ts=f"{time.time():.6f}", user="you", text=question)],
        result_type=str,
    )
    try:
        async for line in _progress(handle, settings.temporal_task_queue):
            print(for_terminal(line), flush=True)
        print(for_terminal(f"\n{await handle.result()}"))
    except asyncio.CancelledError:
        await handle.cancel()
        raise


async def _progress(handle: WorkflowHandle[object, str], task_queue: str) -> AsyncIterator[str]:
    """A line when an activity begins and one when it ends, until the conversation is over."""
    asked = f"no worker has taken this yet: is `python -m agent_worker` running on task queue {task_queue}?"
    waiting = asyncio.get_running_loop().call_later(PATIENCE, print, asked)
    try:
        begun: dict[int, str] = {}
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                waiting.cancel()
            for line in await _lines(event, begun):
                yield line
    finally:
        waiting.cancel()


async def _lines(event: HistoryEvent, begun: dict[int, str]) -> list[str]:
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        begun[event.event_id] = title = await _title(event)
        return [f"… {title}"] if title else []
    if attributes := _ENDED.get(EventType.ValueType(event.event_type)):
        title = begun.get(getattr(event, attributes).scheduled_event_id, "")
        return [f"{await _mark(event)} {title}"] if title else []
    return []


async def _title(event: HistoryEvent) -> str:
    """What a person is told of an activity that begins; "" for one that only prepares."""
    scheduled = event.activity_task_scheduled_event_attributes
    name = scheduled.activity_type.name
    if name == ActivityName.ASK_MODEL:
        return "thinking"
    if name in list(ActivityName):
        return ""
    (title,) = await DATA_CONVERTER.decode([event.user_metadata.summary], [str])
    arguments = scheduled.input.payloads[0].data.decode()
    return f"{title} [{name} {arguments}]"


async def _mark(event: HistoryEvent) -> str:
    """A tick if the activity succeeded, else a cross; a tool's error is a result for the model, and a cross."""
    if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        return "✗"
    payloads = event.activity_task_completed_event_attributes.result.payloads
    result = (await DATA_CONVERTER.decode(list(payloads)))[0]
    return "✗" if isinstance(result, dict) and "error" in result and "output" not in result else "✓"


if __name__ == "__main__":
    lifetime.run(main)
