"""What the worker's own doctor finds: it runs beside this process, and tells a section at a time."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any, get_args

from process.checkup.checks import Check
from process.checkup.finding import Outcome, State, quoted, unknown
from text.json_shapes import mapping, mappings, string
from text.json_text import decoded

COMMAND = (sys.executable, "-m", "agent_worker.doctor", "--sections")
SETTINGS = "Settings"
SECTIONS = (SETTINGS, "Gemini", "Tools", "MCP servers")
LIMIT = timedelta(seconds=150)  # MCP servers may be downloaded first
PATIENCE = 10.0  # seconds that it gets to end its MCP servers
LARGEST_LINE = 10_000_000  # bytes
ERRORS_KEPT = 20  # lines


class WorkerHalf:
    """The sections that the other process has told, and those that it will tell."""

    def __init__(self, known: Collection[str]) -> None:
        """`known` are problems of settings that this process tells itself."""
        self._known = {_without_description(problem) for problem in known}
        self._sections: dict[str, asyncio.Future[list[Outcome]]] = {
            name: asyncio.get_running_loop().create_future() for name in SECTIONS
        }

    def check(self, section: str) -> Check:
        return Check(section, f"{section} of the worker", partial(self._outcomes, section), limit=LIMIT)

    async def _outcomes(self, section: str) -> Sequence[Outcome]:
        outcomes = await asyncio.shield(self._sections[section])
        return [outcome for outcome in outcomes if _without_description(outcome.found) not in self._known]

    def take(self, line: str) -> None:
        """Takes one section, as the other process writes it."""
        told = mapping(decoded(line))
        section = self._sections.get(string(told.get("section")))
        if section is not None and not section.done():
            section.set_result([_outcome(finding) for finding in mappings(told.get("findings"))])

    def end(self, code: int | None, last_words: str) -> None:
        """The other process has ended: what it has not told is not known."""
        told = f"the worker's doctor has ended with exit code {code}, and has not told this: {quoted(last_words)}"
        for section in self._sections.values():
            if not section.done():
                section.set_result([unknown(told, "run it alone to see why: python -m agent_worker.doctor")])


@asynccontextmanager
async def worker_half(known: Collection[str], command: Sequence[str] = COMMAND) -> AsyncIterator[WorkerHalf]:
    """Runs the worker's doctor while the block runs; it is ended with the block."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, limit=LARGEST_LINE)
    half = WorkerHalf(known)
    reading = asyncio.create_task(_read(process, half))
    try:
        yield half
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        _, still_reading = await asyncio.wait([reading], timeout=PATIENCE)
        if still_reading:
            process.kill()
            await asyncio.wait([reading])


async def _read(process: asyncio.subprocess.Process, half: WorkerHalf) -> None:
    errors = asyncio.create_task(_last_line(process.stderr))
    if process.stdout is not None:
        async for line in process.stdout:
            half.take(line.decode(errors="replace"))
    half.end(await process.wait(), await errors)


async def _last_line(stream: asyncio.StreamReader | None) -> str:
    """What the process has written last; it is read to its end, so that the process never waits for a reader."""
    kept: deque[str] = deque(maxlen=ERRORS_KEPT)
    if stream is not None:
        async for line in stream:
            kept.append(line.decode(errors="replace"))
    return next((line for line in reversed(kept) if line.strip()), "")


def _outcome(finding: Mapping[str, Any]) -> Outcome:
    state: State = next((one for one in get_args(State) if one == finding.get("state")), "unknown")
    return Outcome(state, string(finding.get("found")), string(finding.get("mend")), string(finding.get("check")))


def _without_description(problem: str) -> str:
    """The setting and what is wrong with it. Both processes read some settings, and describe them differently."""
    return problem.partition(" (")[0]
