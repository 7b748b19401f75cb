"""The targets that the product should reach, and whether it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmarks.measurements.measurements import Measurements
from benchmarks.plan import Crowd, Turns
from benchmarks.report import real_targets
from benchmarks.report.target import Target, judged, ratio
from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import NONE, REAL, Latencies
from benchmarks.workloads import crowds, long_conversations, open_conversations, restarts, turns

MOST_OPEN = 1_000  # open conversations for which the memory target is set


def judge_all(measurements: Measurements) -> list[Target]:
    """All targets, also those for which nothing was measured."""
    return [judge(measurements) for judge in (*_ALL, *real_targets.ALL)]


def _turn(measured: Measurements, kind: Kind, latencies: Latencies, contender: str) -> float | None:
    return measured.median("whole turn", turns.where(Turns(kind, latencies, 0, 0), turns.FIRST), contender)


def _extra_time(measured: Measurements) -> Target:
    product, plain = _turn(measured, "chain", REAL, "product"), _turn(measured, "chain", REAL, "plain")
    extra = None if product is None or plain is None else product - plain
    return judged(f"three-tool turn at {REAL.name}, beyond plain", 60, extra, "{:+.0f} ms")


def _extra_part(measured: Measurements) -> Target:
    share = ratio(_turn(measured, "chain", REAL, "product"), _turn(measured, "chain", REAL, "plain"))
    return judged(f"three-tool turn at {REAL.name}, against plain", 1.05, share, "{:.2f} ×")


def _against_tutorial(measured: Measurements) -> Target:
    share = ratio(_turn(measured, "chain", NONE, "product"), _turn(measured, "chain", NONE, "tutorial"))
    return judged(f"three-tool turn at {NONE.name}, against tutorial", 0.2, share, "{:.2f} ×")


def _throughput(measured: Measurements) -> Target:
    place = crowds.where(Crowd(20, 0, 0))
    product, tutorial = (measured.median("turns per second", place, name) for name in ("product", "tutorial"))
    share = ratio(product, tutorial)
    return judged("turns per second, 20 threads, against tutorial", 10, share, "{:.1f} ×", at_least=True)


def _status(measured: Measurements) -> Target:
    place = turns.where(Turns("haiku", NONE, 0, 0), turns.FIRST)
    value = measured.median("mention → status", place, "product")
    return judged(f"mention → status visible at {NONE.name}", 50, value, "{:.0f} ms")


def _history_growth(measured: Measurements) -> Target:
    late, early = (
        measured.median("history bytes", long_conversations.where(length), "product") for length in (200, 20)
    )
    return judged("history bytes of a turn, turn 200 / turn 20", 1.1, ratio(late, early), "{:.2f} ×")


def _actions(kind: Kind, limit: float) -> Callable[[Measurements], Target]:
    def judge(measured: Measurements) -> Target:
        place = Turns(kind, NONE, 0, 0)
        first, later = (
            measured.median("Temporal actions", turns.where(place, stage), "product")
            for stage in (turns.FIRST, turns.FOLLOW_UP)
        )
        note = "first turn of a conversation" + ("" if later is None else f"; a follow-up: {later:.0f}")
        return judged(f"Temporal actions of a {kind} turn", limit, first, "{:.0f}", note=note)

    return judge


def _memory(measured: Measurements) -> Target:
    """If fewer than MOST_OPEN were opened, assumes that each further one takes as much memory as the first ones.

    The first ones also fill the caches, so the assumption is too high: such a value can reach the target, not miss it.
    """
    start = _memory_with(measured, 0)
    opened = [count for count in range(1, MOST_OPEN + 1) if _memory_with(measured, count) is not None]
    if start is None or not opened:
        return judged("worker memory, 1,000 open conversations over start", 150, None, "{:.0f} MB")
    most = _memory_with(measured, opened[-1]) or 0.0
    grown = (most - start) * MOST_OPEN / opened[-1]
    target = judged("worker memory, 1,000 open conversations over start", 150, grown, "{:.0f} MB")
    if opened[-1] == MOST_OPEN:
        return target
    return replace(target, reached=target.reached or None, note=f"at most; calculated from {opened[-1]}")


def _memory_with(measured: Measurements, count: int) -> float | None:
    return measured.median("memory", open_conversations.where(count), "product worker")


def _start(role: str) -> Callable[[Measurements], Target]:
    def judge(measured: Measurements) -> Target:
        value = measured.median("start-up", restarts.START, f"product {role}")
        return judged(f"start-up of the {role}", 2, value, "{:.1f} s")

    return judge


def _kill(measured: Measurements) -> Target:
    found = measured.find("SIGKILL of the worker → turn goes on", restarts.KILL, "product")
    return judged("SIGKILL in a model call → turn goes on", 5, max(found.values) if found else None, "{:.1f} s")


_ALL = (
    _extra_time,
    _extra_part,
    _against_tutorial,
    _throughput,
    _status,
    _history_growth,
    _actions("haiku", 4),
    _actions("chain", 13),
    _memory,
    _start("bot"),
    _start("worker"),
    _kill,
)
