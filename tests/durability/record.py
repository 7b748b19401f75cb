"""`make record NAME=…`: has the workflow live through each shape that a conversation can take, and keeps the histories.

What a release has recorded is never written again: as long as conversations of that release may be open, later code has
to replay it. The histories hold no trace of the machine that they were made on.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import logging
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle, WorkflowHistory

from agent_worker.contract.messages import Listening
from agent_worker.contract.names import HEARD, LISTENING_WORKFLOW
from playground.temporal_server import DevServer
from tests.support.agent_worker.rehearsal import Rehearsal
from tests.support.durability.lifelines import Lifeline
from tests.support.durability.restless import Restless
from tests.support.durability.shapes import RESTLESS_SHAPES, SHAPES, Shape

LISTENED = "listened"  # the one shape that is not a conversation's
DIRECTORY = Path(__file__).parent / "histories"


async def recorded(server: DevServer, shapes: tuple[Shape, ...]) -> AsyncIterator[tuple[str, WorkflowHistory]]:
    """Each shape's histories with their names, from a running server."""
    for shape in shapes:
        async with Rehearsal(server.address) as rehearsal:
            talk = await shape(rehearsal)
            await _at_rest(talk.handle)
            runs = (await Lifeline.of(rehearsal.client, talk.id)).runs
            while not _is_at_rest(runs[-1].events):  # the last run has begun just now
                await _at_rest(talk.handle)
                runs = (await Lifeline.of(rehearsal.client, talk.id)).runs
            for number, history in enumerate(runs, start=1):
                yield shape.__name__ + (f"_{number}" if len(runs) > 1 else ""), history


async def listened(server: DevServer) -> WorkflowHistory:
    """The bot's marks, of which one comes late."""
    async with Rehearsal(server.address) as rehearsal:
        for moment in (1.0, 3.0, 2.0):
            handle = await rehearsal.client.start_workflow(
                LISTENING_WORKFLOW,
                Listening(sure_until=1.0),
                id=LISTENED,
                task_queue=rehearsal.task_queue,
                start_signal=HEARD,
                start_signal_args=[Listening(sure_until=moment)],
            )
            await _at_rest(handle)
        return await handle.fetch_history()


async def _at_rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Returns once nothing is under way any more."""
    while not _is_at_rest((await handle.fetch_history()).events):  # noqa: ASYNC110  Temporal tells nobody
        await asyncio.sleep(0.02)


def _is_at_rest(events: Sequence[HistoryEvent]) -> bool:
    kinds = [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events]
    done = kinds.count("WORKFLOW_TASK_COMPLETED")
    ended = sum(kinds.count(f"ACTIVITY_TASK_{end}") for end in ("COMPLETED", "FAILED", "TIMED_OUT", "CANCELED"))
    return 0 < done == kinds.count("WORKFLOW_TASK_SCHEDULED") and kinds.count("ACTIVITY_TASK_SCHEDULED") == ended


def scrubbed(value: Any) -> Any:
    """The history as JSON without what names the machine: identities, their task queues, and stack traces."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in {"identity", "stackTrace"}}
        return {key: scrubbed(inner) for key, inner in kept.items()}
    if isinstance(value, list):
        return [scrubbed(inner) for inner in value]
    return re.sub(r"^\d+@.*$", "worker", value) if isinstance(value, str) else value


def path_of(release: str, shape: str) -> Path:
    return DIRECTORY / f"{release}.{shape}.json.gz"


def write(path: Path, history: WorkflowHistory) -> None:
    """The same history is always the same file."""
    content = json.dumps(scrubbed(history.to_json_dict()), sort_keys=True)
    path.write_bytes(gzip.compress(content.encode(), mtime=0))


def read(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json("recorded", gzip.decompress(path.read_bytes()).decode())


async def record(release: str) -> int:
    """Records all shapes, or none if one fails; how many histories that were."""
    histories: dict[str, WorkflowHistory] = {}
    for server, shapes in ((DevServer(), SHAPES), (Restless(), RESTLESS_SHAPES)):
        with server:
            histories |= {name: history async for name, history in recorded(server, shapes)}
            if shapes is SHAPES:
                histories[LISTENED] = await listened(server)
    DIRECTORY.mkdir(exist_ok=True)
    for name, history in histories.items():
        write(path_of(release, name), history)
    return len(histories)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", help="what the histories are named after, such as 0.1.0")
    release = parser.parse_args().release
    if not re.fullmatch(r"[\w.-]+", release):
        parser.error("a name is letters, digits, dots and dashes: make record NAME=0.1.0")
    if list(DIRECTORY.glob(f"{release}.*")):
        parser.error(f"{release} is recorded. Take a new name; or, if it was never deployed, delete its files first.")
    logging.disable(logging.CRITICAL)  # what fails here, fails on purpose
    print(f"{asyncio.run(record(release))} histories in {DIRECTORY.name}/{release}.*")


if __name__ == "__main__":
    main()
