"""`python -m agent_worker.feedback export`: what people think of the answers, one JSON object a line.

It is read from Temporal's list of conversations, which needs no worker, and exists for as long as Temporal keeps the
conversation. Fields: team, channel, thread_ts, turn (the `ts` of the question; with `:again1` for a second try), user,
value (good or bad), at (seconds since 1970). Each person's newest opinion of a turn is exported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from temporalio.client import Client

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Feedback, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, MEMO_FEEDBACK, thread_of
from process import lifetime, logs, temporal
from process.settings import ProcessSettings, load

USAGE = "usage: python -m agent_worker.feedback export > feedback.jsonl"


async def main() -> None:
    if sys.argv[1:] != ["export"]:
        print(USAGE, file=sys.stderr)
        raise SystemExit(2)
    settings, connection = load(ProcessSettings, temporal.connection)
    logs.configure(settings.log_format, "WARNING")
    client = await temporal.connect(connection, DATA_CONVERTER)
    for line in await exported(client, settings.temporal_task_queue):
        print(json.dumps(line), flush=True)


async def exported(client: Client, task_queue: str) -> list[dict[str, Any]]:
    """All feedback on this agent's answers, oldest first."""
    newest: dict[tuple[Thread, str, str], Feedback] = {}
    async for thread, feedback in _kept(client, task_queue):
        key = (thread, feedback.turn, feedback.user)
        if key not in newest or float(newest[key].at) < float(feedback.at):
            newest[key] = feedback
    lines = [_line(thread, feedback) for (thread, _, _), feedback in newest.items()]
    return sorted(lines, key=lambda line: float(line["at"]))


async def _kept(client: Client, task_queue: str) -> AsyncIterator[tuple[Thread, Feedback]]:
    """The feedback in every run; a conversation that was closed and opened again has several runs."""
    query = f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{task_queue}'"
    async for execution in client.list_workflows(query):
        thread = thread_of(execution.id)
        if thread is not None:
            for record in await execution.memo_value(MEMO_FEEDBACK, []):
                yield thread, Feedback.model_validate(record)


def _line(thread: Thread, feedback: Feedback) -> dict[str, Any]:
    return thread.model_dump(include={"team", "channel", "thread_ts"}) | feedback.model_dump()


if __name__ == "__main__":
    lifetime.run(main)
