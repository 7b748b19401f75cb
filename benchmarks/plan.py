"""How much is measured: everything in three quarters of an hour, or a few runs in six minutes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import NONE, REAL, Latencies

REAL_KINDS: tuple[Kind, ...] = ("haiku", "chain", "pair", "essay")


@dataclass(frozen=True)
class Load:
    """`threads` threads with one question each, which come within `seconds` at even distances; `times` times.

    The kinds of questions take turns.
    """

    threads: int
    seconds: float
    kinds: tuple[Kind, ...]
    times: int = 1


@dataclass(frozen=True)
class Turns:
    """Turns of one kind, one at a time: at least `fewest` rounds, at most `most`, until the medians are stable."""

    kind: Kind
    latencies: Latencies
    fewest: int
    most: int
    follow_up: bool = False  # whether each thread gets a second question
    warm_up: int = 2  # turns of each contender that are not counted


@dataclass(frozen=True)
class Crowd:
    """`threads` threads at once, each with `turns` turns one after the other; all of it is repeated `times` times."""

    threads: int
    turns: int
    times: int


@dataclass(frozen=True)
class Real:
    """At the speed of real models: rounds of one thread with these kinds of questions, and many threads."""

    kinds: tuple[Kind, ...]
    rounds: int
    loads: tuple[Load, ...]


@dataclass(frozen=True)
class Plan:
    turns: tuple[Turns, ...]
    crowds: tuple[Crowd, ...]
    letters: int  # turns of the product's long conversation
    reference_letters: int  # turns of the references' long conversations
    open_counts: tuple[int, ...]  # numbers of open conversations at which memory is read and turns are timed
    starts: int
    kills: int  # of the product's worker, by SIGKILL, and as many by SIGTERM
    reference_kills: int  # a minute each
    worker_counts: tuple[int, ...]
    real: Real


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
    open_counts=(0, 100, 300, 1_000),
    starts=5,
    kills=3,
    reference_kills=1,
    worker_counts=(1, 2, 4),
    real=Real(REAL_KINDS, 4, (Load(20, 2, REAL_KINDS, 2), Load(200, 120, REAL_KINDS))),
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
    open_counts=(0, 60),
    starts=1,
    kills=1,
    reference_kills=0,
    worker_counts=(),
    real=Real(("haiku", "chain"), 1, (Load(20, 2, REAL_KINDS),)),
)
