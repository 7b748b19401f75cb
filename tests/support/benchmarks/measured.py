"""A session of benchmarks in which every target is just reached."""

from __future__ import annotations

from benchmarks.measurements.measurements import Measurements
from benchmarks.plan import Crowd, Turns
from benchmarks.stubs.services import NONE, REAL
from benchmarks.workloads import crowds, long_conversations, open_conversations, restarts, turns

CHAIN_REAL = turns.where(Turns("chain", REAL, 0, 0), turns.FIRST)
CHAIN_NONE = turns.where(Turns("chain", NONE, 0, 0), turns.FIRST)
HAIKU = turns.where(Turns("haiku", NONE, 0, 0), turns.FIRST)
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
    return taken
