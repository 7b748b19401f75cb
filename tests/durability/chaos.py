"""`python -m tests.durability.chaos --faults 1000 --seed 1`: a crowd talks, things break at random, then it counts.

The seed decides who says what and what breaks next. When exactly it breaks is up to the machine, so that two runs with
one seed are alike and not the same.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.support.durability.crowd import Conversation, Crowd
from tests.support.durability.evidence import Seen
from tests.support.durability.injector import Injector
from tests.support.durability.opinions import Opinion
from tests.support.durability.stage import BreakableStage

PEOPLE = 8
# For the last answers, once everything works again.
SETTLING_SECONDS = 150.0
TELL_SECONDS = 30.0  # between two words about how far it is
SECONDS_PER_FAULT = 10.0  # far more than it takes: a run that stands still ends all the same


@dataclass(frozen=True)
class Report:
    """What happened, and what must not have happened."""

    faults: Counter[str]
    conversations: int
    asked: int
    lost: int
    doubled: int
    repeated: int
    statuses: int
    progress: int
    leftovers: int
    defects: int
    stops: int
    unheard_stops: int
    opinions: int
    lost_opinions: int
    waited: list[float]  # seconds until each answer, the shortest first
    seconds: float
    seed: int
    troubles: list[str]  # each conversation in which something is not as it must be

    @property
    def is_clean(self) -> bool:
        return not self.troubles

    def _within(self, part: float) -> int:
        """So many seconds this part of the questions has waited at most."""
        return round(self.waited[math.ceil(part * len(self.waited)) - 1]) if self.waited else 0

    def __str__(self) -> str:
        facts = {
            "faults injected": self.faults.total(),
            "conversations": self.conversations,
            "questions asked": self.asked,
            "answers lost": self.lost,
            "answers doubled": self.doubled,
            "finished steps repeated": self.repeated,
            "statuses left": self.statuses,
            "progress left unfinished or doubled": self.progress,
            "drafts left": self.leftovers,
            "turns given up by a defect": self.defects,
            "questions stopped": self.stops,
            "stops not heard": self.unheard_stops,
            "answers judged": self.opinions,
            "clicks lost without a word": self.lost_opinions,
            "seconds until half of the answers were there": self._within(0.5),
            "seconds until nine of ten were there": self._within(0.9),
            "seconds until the last one was there": self._within(1.0),
            "seconds in all": round(self.seconds),
            "seed": self.seed,
        }
        kinds = [f"  {count:5} {kind}" for kind, count in sorted(self.faults.items())]
        lines = [f"{value:7} {name}" for name, value in facts.items()]
        return "\n".join([*lines, "faults by kind", *kinds, *self.troubles])


async def run(directory: Path, *, faults: int, seed: int) -> Report:
    """Breaks `faults` things while people talk, repairs everything, waits for what is owed, and counts."""
    started = time.monotonic()
    chance = Random(seed)
    async with BreakableStage(directory, temporal_ends=True) as stage:
        injector = Injector(stage, Random(chance.random()))
        crowd = Crowd(stage, chance, PEOPLE)
        telling = asyncio.create_task(_tell(injector, faults))
        await injector.inject(faults, seconds=faults * SECONDS_PER_FAULT)
        telling.cancel()
        await injector.repair()
        crowd.finish()
        await crowd.settled(SETTLING_SECONDS)  # before Slack's clock is turned: a status stands for two minutes of it
        channels = [conversation.channel for conversation in crowd.conversations]
        await stage.all_acknowledged(channels, settled=partial(crowd.settled, SETTLING_SECONDS))
        await crowd.finished(SETTLING_SECONDS)
        seen = Seen(stage)
        outcomes = [await outcome_of(conversation, seen) for conversation in crowd.conversations]
    return Report(
        faults=injector.happened,
        conversations=len(outcomes),
        asked=sum(len(conversation.asked) for conversation in crowd.conversations),
        lost=sum(outcome.lost for outcome in outcomes),
        doubled=sum(outcome.doubled for outcome in outcomes),
        repeated=sum(outcome.repeated for outcome in outcomes),
        statuses=sum(bool(outcome.wrong_statuses) for outcome in outcomes),
        progress=sum(outcome.has_wrong_progress for outcome in outcomes),
        leftovers=sum(len(outcome.leftovers) for outcome in outcomes),
        defects=sum(outcome.defects for outcome in outcomes),
        unheard_stops=sum(outcome.has_unheard_stop for outcome in outcomes),
        stops=sum(len(conversation.stopped) for conversation in crowd.conversations),
        opinions=sum(conversation.opinion is not None for conversation in crowd.conversations),
        lost_opinions=sum(outcome.lost_opinion for outcome in outcomes),
        waited=crowd.waited,
        seconds=time.monotonic() - started,
        seed=seed,
        troubles=[str(outcome) for outcome in outcomes if outcome.is_trouble],
    )


async def _tell(injector: Injector, faults: int) -> None:
    while True:
        await asyncio.sleep(TELL_SECONDS)
        print(f"{injector.happened.total()} of {faults} faults", file=sys.stderr)


@dataclass(frozen=True)
class Outcome:
    """How one conversation ended: numbers of questions and of steps."""

    lost: int
    doubled: int
    repeated: int
    wrong_statuses: list[tuple[float, str]]  # the end of the log, if one was left
    has_wrong_progress: bool
    leftovers: list[str]
    defects: int
    has_unheard_stop: bool
    lost_opinion: bool  # without anybody being told
    shown: list[str]

    @property
    def is_trouble(self) -> bool:
        wrong = (self.lost, self.doubled, self.repeated, self.has_wrong_progress)
        return any(
            (*wrong, self.wrong_statuses, self.leftovers, self.defects, self.has_unheard_stop, self.lost_opinion)
        )


async def is_lost(opinion: Opinion | None) -> bool:
    """Whether a click is neither kept nor known to be lost."""
    return opinion is not None and not opinion.is_known_to_be_lost and not await opinion.is_kept()


async def outcome_of(conversation: Conversation, seen: Seen) -> Outcome:
    answered = conversation.answered
    return Outcome(
        lost=len(conversation.unanswered),
        doubled=sum(count - 1 for count in answered.values()),
        repeated=await seen.repeated(conversation),
        wrong_statuses=conversation.wrong_statuses,
        has_wrong_progress=conversation.has_wrong_progress,
        leftovers=conversation.leftovers,
        defects=conversation.defects,
        has_unheard_stop=conversation.has_unheard_stop,
        lost_opinion=await is_lost(conversation.opinion),
        shown=conversation.shown,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="A crowd talks to the agent while everything breaks at random.")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        report = asyncio.run(run(Path(directory), faults=arguments.faults, seed=arguments.seed))
    print(report)
    return 0 if report.is_clean and report.faults.total() >= arguments.faults else 1


if __name__ == "__main__":
    sys.exit(main())
