"""`python -m tests.durability.storm --seed 1`: a storm of one minute, and how long its answers take to come.

Two bots and three workers answer 76 threads that begin within a minute. Meanwhile processes are killed and calls to
Slack are refused or lose their replies, and Slack keeps its rate limits. The seed decides what happens when.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.support.chaos.evidence import Seen
from tests.support.chaos.report import outcome_of
from tests.support.durability.storm import Storm, StormStage, Strength

SETTLING_SECONDS = 300.0
BAR_SECONDS = 45.0  # the last answer has to come within this time


@dataclass(frozen=True)
class Report:
    """What the storm was like, what it has left, and how long the answers took."""

    happened: Counter[str]
    waited: Sequence[float]  # seconds from each question to its answer, the shortest first
    asked: int
    troubles: Sequence[str]  # each conversation in which something is not as it must be
    refused_for_limits: Counter[str]  # calls by method that the stand-in has refused because of Slack's limits
    load: float  # of the machine in the last minute
    seconds: float
    seed: int

    @property
    def is_clean(self) -> bool:
        return not self.troubles and len(self.waited) == self.asked

    @property
    def slowest(self) -> float:
        return self.waited[-1] if self.waited else 0.0

    def __str__(self) -> str:
        facts: dict[str, object] = {"questions asked": self.asked, "questions answered": len(self.waited)}
        facts |= dict(sorted(self.happened.items()))
        facts |= {f"seconds until {part} in 100 answers were there": self._within(part) for part in (50, 75, 90, 95)}
        facts |= {
            "seconds until the last one was there": round(self.slowest, 1),
            f"answers after more than {BAR_SECONDS:.0f} s": sum(seconds > BAR_SECONDS for seconds in self.waited),
            "calls beyond Slack's limits": dict(self.refused_for_limits),
            "load of the machine": round(self.load, 1),
            "seconds in all": round(self.seconds),
            "seed": self.seed,
        }
        lines = [f"{value!s:>7} {name}" for name, value in facts.items()]
        slowest = "slowest, in seconds: " + " ".join(f"{seconds:.0f}" for seconds in self.waited[-12:])
        return "\n".join([*lines, slowest, *self.troubles])

    def _within(self, percent: int) -> float:
        number = max(0, -(-len(self.waited) * percent // 100) - 1)
        return round(self.waited[number], 1) if self.waited else 0.0


async def run(directory: Path, strength: Strength, *, seed: int) -> Report:
    """Lets the storm pass, repairs everything, waits for the answers that are owed, and counts."""
    started = time.monotonic()
    async with StormStage(directory, strength) as stage:
        storm = Storm(stage, Random(seed), strength)
        await storm.pass_over()
        load = os.getloadavg()[0]
        await storm.settled(SETTLING_SECONDS)
        seen = Seen(stage)
        kept = Path(tempfile.gettempdir()) / f"storm-{os.getpid()}"
        outcomes = [await outcome_of(conversation, seen, kept) for conversation in storm.conversations]
        refused = Counter(call.method for call in stage.slack.calls if call.outcome == "ratelimited")
    return Report(
        happened=storm.happened,
        waited=storm.waited,
        asked=len(storm.conversations),
        troubles=[str(outcome) for outcome in outcomes if outcome.is_trouble],
        refused_for_limits=refused,
        load=load,
        seconds=time.monotonic() - started,
        seed=seed,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Many questions, kills and lost replies within a minute.")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        report = asyncio.run(run(Path(directory), Strength(), seed=arguments.seed))
    print(report)
    return 0 if report.is_clean and report.slowest <= BAR_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
