"""`python -m tests.durability.chaos --faults 1000 --seed 1`: a crowd talks, things break at random, then it counts.

The seed decides who says what and what breaks next. When exactly it breaks is up to the machine, so that two runs with
one seed are alike and not the same.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from random import Random

from tests.support.chaos.crowd import Crowd
from tests.support.chaos.decisions import Deciders
from tests.support.chaos.evidence import Seen
from tests.support.chaos.injector import Injector
from tests.support.chaos.refusals import Refusals
from tests.support.chaos.report import Report, outcome_of
from tests.support.chaos.second_thoughts import SecondThoughts
from tests.support.chaos.strangers import Strangers, guests_and_others
from tests.support.durability.stage import BreakableStage

PEOPLE = 8
# For the last answers, once everything works again.
SETTLING_SECONDS = 150.0
TELL_SECONDS = 30.0  # between two words about how far it is
SECONDS_PER_FAULT = 10.0  # far more than it takes: a run that stands still ends all the same
# Slack delivers again after 3 s, a minute, five minutes and an hour. Here it does so after a few seconds each time.
NEXT_DELIVERY = 4.0  # seconds
FORGETFUL = "tests.support.chaos.forgetful_worker"
# Names in the settings, which let nobody in: apps are allowed by id only.
NAMES_OF_APPS = "otherbot, Other Bot"


async def run(directory: Path, *, faults: int, seed: int, clues: Path) -> Report:
    """Breaks `faults` things while people talk, repairs everything, waits for what is owed, and counts.

    What is known of conversations in which something went wrong is written into the directory `clues`. With an odd
    seed, a list says who may talk to the agent; with an even one, membership of the workspace decides.
    """
    started = time.monotonic()
    chance = Random(seed)
    is_listed = seed % 2 == 1
    stage = BreakableStage(directory, temporal_ends=True, worker_module=FORGETFUL)
    strangers = guests_and_others(stage, is_listed=is_listed)
    members = [stage.slack.add_user(f"person{number}") for number in range(max(50, faults))]
    stage.settings |= {"SLACK_ALLOWED_USERS": ", ".join(members)} if is_listed else {}
    stage.bot_settings = {"SLACKBOT_ALLOWED_APPS": NAMES_OF_APPS}
    async with stage:
        refusals = Refusals(stage, Random(chance.random()), is_listed=is_listed)
        injector = Injector(stage, Random(chance.random()), refusals)
        uninvited = Strangers(stage, Random(chance.random()), strangers)
        thoughts = SecondThoughts(stage, Random(chance.random()), is_listed=is_listed)
        crowd = Crowd(stage, chance, PEOPLE, cycle(members), strangers, refusals, thoughts)
        deciders = Deciders(stage, Random(chance.random()), [*strangers, stage.ben])
        uninvited.begin(crowd.conversations)
        deciders.begin(crowd.conversations)
        around = [asyncio.create_task(_tell(injector, faults)), asyncio.create_task(_deliver_again(stage))]
        await injector.inject(faults, seconds=faults * SECONDS_PER_FAULT)
        await injector.repair()
        crowd.finish()
        await uninvited.finish()
        await crowd.finished(SETTLING_SECONDS)
        await thoughts.finish()
        await deciders.finish()
        for task in around:
            task.cancel()
        seen = Seen(stage, strangers, injector.unusable)
        outcomes = [await outcome_of(conversation, seen, clues) for conversation in crowd.conversations]
    return Report(
        faults=injector.happened,
        deeds=uninvited.deeds,
        second_thoughts=thoughts.happened,
        decisions=deciders.happened,
        tickets=len(stage.world.tickets),
        conversations=crowd.conversations,
        outcomes=outcomes,
        waited=crowd.waited,
        seconds=time.monotonic() - started,
        seed=seed,
    )


async def _tell(injector: Injector, faults: int) -> None:
    while True:
        await asyncio.sleep(TELL_SECONDS)
        print(f"{injector.happened.total()} of {faults} faults", file=sys.stderr)


async def _deliver_again(stage: BreakableStage) -> None:
    while True:
        await asyncio.sleep(NEXT_DELIVERY / 4)
        stage.slack.hasten_deliveries(NEXT_DELIVERY)


def main() -> int:
    parser = argparse.ArgumentParser(description="A crowd talks to the agent while everything breaks at random.")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kept = Path(tempfile.gettempdir()) / f"chaos-{os.getpid()}"  # made only if something is to be kept
    with tempfile.TemporaryDirectory() as directory:
        running = run(Path(directory), faults=arguments.faults, seed=arguments.seed, clues=kept)
        report = asyncio.run(running)
    print(report)
    return 0 if report.is_clean and report.faults.total() >= arguments.faults else 1


if __name__ == "__main__":
    sys.exit(main())
