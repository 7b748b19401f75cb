"""What a contender has used so far: the difference of two readings is what the time between them took."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

from benchmarks.contenders.contender import Contender
from benchmarks.measurements.processes import cpu_seconds


@dataclass(frozen=True)
class Resources:
    """CPU seconds of the contender, of the Temporal server and of the stubs, and the number of calls to Slack."""

    own: float
    server: float
    stubs: float
    slack_calls: int

    @classmethod
    def used_by(cls, contender: Contender) -> Self:
        """A reading. The stubs run in this process, together with those of the other contenders."""
        server = cpu_seconds([contender.server.pid])
        return cls(contender.cpu_seconds, server, time.process_time(), len(contender.stubs.slack.calls))

    def __sub__(self, before: Resources) -> Resources:
        return Resources(
            self.own - before.own,
            self.server - before.server,
            self.stubs - before.stubs,
            self.slack_calls - before.slack_calls,
        )
