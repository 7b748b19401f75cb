"""A session of benchmarks in which every target is just reached."""

from __future__ import annotations

from benchmarks.measurements.measurements import Measurements
from benchmarks.plan import FULL, Crowd, Turns
from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import NONE, REAL
from benchmarks.workloads import crowds, long_conversations, open_conversations, restarts, turns
from benchmarks.workloads.real import names
from benchmarks.workloads.turns import FIRST, FOLLOW_UP

CHAIN_REAL = turns.where(Turns("chain", REAL, 0, 0), turns.FIRST)
CHAIN_NONE = turns.where(Turns("chain", NONE, 0, 0), turns.FIRST)
HAIKU = turns.where(Turns("haiku", NONE, 0, 0), turns.FIRST)
REAL_ACTIONS: dict[Kind, int] = {"haiku": 4, "chain": 11}
REAL_CROWD = names.many_threads("pair", 200, FULL.real.loads[-1].seconds)
CROWD = crowds.where(Crowd(20, 0, 0))


def measured() -> Measurements:
    taken = Measurements()
    for name, real, none in (("product", 1_660.0, 50.0), ("plain", 1_600.0, 30.0), ("tutorial", 2_500.0, 250.0)):
        taken.add("whole turn", CHAIN_REAL, name, "ms", [real])
        taken.add("whole turn", CHAIN_NONE, name, "ms", [none])
    for name, speed in (("product", 50.0), ("plain", 100.0), ("tutorial", 5.0)):
        taken.add("turns per second", CROWD, name, "turns/s", [speed])
    taken.add("mention → status", HAIKU, "product", "ms", [40.0, 50.0, 60.0])
    taken.add("Temporal actions", HAIKU, "product", "per turn", [4])
    taken.add("Temporal actions", CHAIN_NONE, "product", "per turn", [13])
    for length, size in ((20, 6_000), (200, 6_600)):
        taken.add("history bytes", long_conversations.where(length), "product", "per turn", [size])
    for count, megabytes in ((0, 100.0), (1_000, 250.0)):
        taken.add("memory", open_conversations.where(count), "product worker", "MB", [megabytes])
    for role in ("bot", "worker"):
        taken.add("start-up", restarts.START, f"product {role}", "s", [2.0])
    taken.add("SIGKILL of the worker → turn goes on", restarts.KILL, "product", "s", [3.0, 4.9])
    _add_real_models(taken)
    return taken


def _add_real_models(taken: Measurements) -> None:
    for kind, actions in REAL_ACTIONS.items():
        taken.add(names.ACTIONS, names.one_thread(kind, FOLLOW_UP), "product", "per turn", [actions])
    taken.add(names.SLACK_CALLS, names.one_thread("chain", FOLLOW_UP), "product", "per turn", [9])
    taken.add(names.FIRST_WORD, names.one_thread("haiku", FIRST), "product", "ms", [270.0])
    for name, chain, turn in (("product", 10_200.0, 11_000.0), ("plain", 10_000.0, 10_000.0)):
        taken.add(names.WHOLE_TURN, names.one_thread("chain", FIRST), name, "ms", [chain])
        for what in (names.WHOLE_TURN, names.MENTION_TO_FIRST_WORD):
            taken.add(what, REAL_CROWD, name, "ms", [turn])
