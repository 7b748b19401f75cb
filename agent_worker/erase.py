"""`python -m agent_worker.erase`: takes a conversation out of Temporal, and lets it begin anew from what Slack shows.

Exit codes: 0 it is erased (or, without --yes, it was found), 1 Temporal holds nothing of it, 2 it is not said what to
erase or the settings are wrong, 3 Temporal cannot be reached or has refused.
"""

from __future__ import annotations

import asyncio
import sys

from temporalio.client import Client
from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.erasure import targets
from agent_worker.erasure.runs import ConversationRuns, Found
from agent_worker.erasure.targets import Target
from process import lifetime, logs, temporal
from process.settings import ProcessSettings, load

USAGE = """\
usage: python -m agent_worker.erase [--yes] WHAT

WHAT is one of
  a permalink of Slack    the conversation of the thread that this message is in
  a channel and a ts      the same: C0123456789 1766458026.240809, the ts of the thread's first message
  the id of a person      all conversations in that person's direct messages with the agent: U0123456789

Without --yes it only says what it would erase. Stop no worker for it."""
NOTHING_FOUND, NOT_UNDERSTOOD, NOT_DONE = 1, 2, 3
CONNECTS_WITHIN = 15.0  # seconds


async def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--yes"]
    target = targets.read(words)
    if target is None:
        print(USAGE, file=sys.stderr)
        raise SystemExit(NOT_UNDERSTOOD)
    settings, connection = load(ProcessSettings, temporal.connection)
    logs.configure(settings.log_format, "ERROR")
    try:
        async with asyncio.timeout(CONNECTS_WITHIN):
            client = await temporal.connect(connection, DATA_CONVERTER)
        await _erase(client, settings.temporal_task_queue, target, is_meant="--yes" in sys.argv[1:])
    except TimeoutError:
        _give_up(f"Temporal does not answer at {connection['target_host']}. Nothing more is erased.")
    except RPCError as error:
        _give_up(f"Temporal has refused ({error.status.name}). Nothing more is erased.")


def _give_up(why: str) -> None:
    print(why, file=sys.stderr)
    raise SystemExit(NOT_DONE)


async def _erase(client: Client, task_queue: str, target: Target, *, is_meant: bool) -> None:
    runs = ConversationRuns(client, task_queue)
    found = await runs.find(target)
    if not found:
        print(f"Temporal holds nothing of {target.name} on task queue {task_queue}.")
        raise SystemExit(NOTHING_FOUND)
    for conversation in found:
        print(_described(conversation))
        if is_meant:
            asked = await runs.erase(conversation)
            print(f"  erased{f'; {asked} unanswered questions are asked anew' if asked else ''}")
    if not is_meant:
        print("Nothing is erased yet: say it again with --yes.")


def _described(found: Found) -> str:
    state = "open" if found.is_open else "closed"
    return f"{found.thread.channel} {found.thread.thread_ts}: {len(found.runs)} runs, {state}"


if __name__ == "__main__":
    lifetime.run(main)
