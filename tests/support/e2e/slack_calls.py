"""How often a turn calls Slack, by method."""

from __future__ import annotations

from collections import Counter

from tests.support.e2e.stage import Stage


class Calls:
    """Counts the calls of Slack's Web API, from now on."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._before = len(stage.slack.calls)

    async def of_turn(self, expected: Counter[str]) -> Counter[str]:
        """The calls since this was asked last. What comes too late for it counts for the next time."""
        calls = self._stage.slack.calls
        await self._stage.slack.until(lambda: len(calls) - self._before >= expected.total())
        found = Counter(call.method for call in calls[self._before :])
        self._before += found.total()
        return found
