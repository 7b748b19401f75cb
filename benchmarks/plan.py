"""How much is measured: all of it, or enough for a look in two minutes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.questions import Kind
from benchmarks.stubs import NONE, REAL, Latencies


@dataclass(frozen=True)
class Turns:
    """Turns of one kind, one contender after the other: at least `fewest` rounds, at most `most`, until stable."""

    kind: Kind
    latencies: Latencies
    fewest: int
    most: int
    follow_up: bool = False  # a second question in each thread
    warm_up: int = 2  # turns of each contender that are not counted


@dataclass(frozen=True)
class Crowd:
    """So many threads at once, each with several turns one after the other, and the whole so many times."""

    threads: int
    turns: int
    times: int


@dataclass(frozen=True)
class Plan:
    turns: tuple[Turns, ...]
    crowds: tuple[Crowd, ...]
    letters: int  # turns of the long conversation
    reference_letters: int
    idle: int  # open conversations
    idle_steps: tuple[int, ...]  # at which the memory is read and turns are timed
    starts: int
    kills: int  # and as many orderly ends
    reference_kills: int  # a minute each
    fleets: tuple[int, ...]  # numbers of workers


FULL = Plan(
    turns=(
        Turns("haiku", NONE, 40, 60, follow_up=True),
        Turns("chain", NONE, 20, 30, follow_up=True),
        Turns("pair", NONE, 15, 20),
        Turns("haiku", REAL, 10, 15, follow_up=True),
        Turns("chain", REAL, 10, 12, follow_up=True),
        Turns("pair", REAL, 8, 10),
    ),
    crowds=(Crowd(1, 20, 3), Crowd(20, 5, 5), Crowd(200, 1, 2)),
    letters=200,
    reference_letters=200,
    idle=1_000,
    idle_steps=(0, 100, 300, 1_000),
    starts=5,
    kills=3,
    reference_kills=1,
    fleets=(1, 2, 4),
)
QUICK = Plan(
    turns=(
        Turns("haiku", NONE, 6, 6, follow_up=True),
        Turns("chain", NONE, 5, 5, follow_up=True),
        Turns("pair", NONE, 3, 3, warm_up=0),
        Turns("chain", REAL, 3, 3, warm_up=0),
    ),
    crowds=(Crowd(20, 2, 1),),
    letters=200,
    reference_letters=20,
    idle=60,
    idle_steps=(0, 60),
    starts=1,
    kills=1,
    reference_kills=0,
    fleets=(),
)
