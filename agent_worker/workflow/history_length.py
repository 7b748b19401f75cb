"""How long the history of a run has become, and whether a new run is to take its place.

Every message counts, also one that is not for the agent. Temporal takes no more than 10,000 signals in a run, and ends
a run whose history has 50 MB.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.workflow.release_0_2 import GOES_ON_WHILE_IDLE, Patch

LONG_HISTORY = 2_000  # events; replaying more than that makes a cold conversation slow to answer
LARGE_STEP = 4_000_000  # bytes by which a history has grown when a new run is tried again


class HistoryLength:
    def __init__(self) -> None:
        self._patch = Patch(GOES_ON_WHILE_IDLE)
        self._tried_at = (0, 0)  # events and bytes at the last attempt while nothing was to be answered

    @property
    def is_long(self) -> bool:
        """Whether a new run is to begin between two turns."""
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY

    @property
    def is_longer(self) -> bool:
        """Whether one is to begin while nothing is to be answered: an attempt that fails is not made again at once."""
        events, size = self._now
        has_grown = events - self._tried_at[0] > LONG_HISTORY or size - self._tried_at[1] > LARGE_STEP
        return has_grown and self.is_long

    def begins_attempt(self) -> bool:
        """Notes that a new run is tried to begin while nothing is to be answered; False where release 0.2 did not."""
        self._tried_at = self._now
        return self._patch.applies()

    @property
    def _now(self) -> tuple[int, int]:
        info = workflow.info()
        return info.get_current_history_length(), info.get_current_history_size()
