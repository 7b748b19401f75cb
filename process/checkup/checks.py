"""Runs checks at once, each within its time, and tells what they find in their order."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from process.checkup.finding import Finding, Outcome, failed, skipped, unknown

LONGEST = timedelta(seconds=20)
_STOPS_OTHERS = ("failed", "unknown", "skipped")


class StoppedError(Exception):
    """A check cannot go on: its outcome is known already. Raised by what the check calls."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.found)
        self.outcome = outcome


@dataclass(frozen=True)
class Check:
    """One check; its name is its own among all. `needs` names checks before it: if one is not ok, it is not tried.

    `limit` is the time for the check itself, without the waiting for those that it needs.
    """

    section: str
    name: str
    run: Callable[[], Awaitable[Outcome | Sequence[Outcome]]]
    needs: tuple[str, ...] = ()
    limit: timedelta = LONGEST


async def results(checks: Sequence[Check]) -> AsyncIterator[tuple[Check, list[Finding]]]:
    """The checks with what they find, in their order, each as soon as it and all before it are known. Never raises."""
    tasks: dict[str, asyncio.Task[list[Finding]]] = {}
    for check in checks:
        needed = {name: tasks[name] for name in check.needs}
        tasks[check.name] = asyncio.create_task(_found(check, needed))
    try:
        for check in checks:
            yield check, await tasks[check.name]
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _found(check: Check, needed: dict[str, asyncio.Task[list[Finding]]]) -> list[Finding]:
    for name, task in needed.items():
        # Shielded: who waits may be cancelled, and the check that it waits for is told all the same.
        if any(finding.state in _STOPS_OTHERS for finding in await asyncio.shield(task)):
            return _told(check, skipped(f"not tried, because it needs “{name}”"))
    return _told(check, await _outcome(check))


async def _outcome(check: Check) -> Outcome | Sequence[Outcome]:
    seconds = check.limit.total_seconds()
    try:
        async with asyncio.timeout(seconds) as limit:
            return await check.run()
    except StoppedError as stopped:
        return stopped.outcome
    except Exception as error:  # noqa: BLE001  one check that breaks must not hide what the others find
        if isinstance(error, TimeoutError) and limit.expired():
            return failed(f"no answer within {seconds:g} seconds", "see whether the network or a proxy lets it through")
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {place.filename.rpartition('/')[2]}:{place.lineno}"
        return unknown(f"the check itself is broken ({where})", "report it, please: this is a defect of ours")


def _told(check: Check, outcome: Outcome | Sequence[Outcome]) -> list[Finding]:
    outcomes = [outcome] if isinstance(outcome, Outcome) else outcome
    return [Finding(check.section, one.check or check.name, one.state, one.found, one.mend) for one in outcomes]
