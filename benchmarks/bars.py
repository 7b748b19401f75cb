"""The bars that the product has to reach, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchmarks import crowds, growth, mishaps, turns
from benchmarks.measurements import Measurements
from benchmarks.plan import Crowd, Turns
from benchmarks.questions import Kind
from benchmarks.stubs import NONE, REAL, Latencies

IDLE = 1_000


@dataclass(frozen=True)
class Bar:
    """`reached` is None where nothing was measured; `note` says how the value came about."""

    what: str
    bar: str
    value: str
    reached: bool | None
    note: str = ""


def bars(measurements: Measurements) -> list[Bar]:
    return [judge(measurements) for judge in _ALL]


def _judged(what: str, limit: float, value: float | None, form: str, *, at_least: bool = False, note: str = "") -> Bar:
    bar = f"{'≥' if at_least else '≤'} {form.format(limit)}"
    if value is None:
        return Bar(what, bar, "not measured", None)
    is_reached = value >= limit if at_least else value <= limit
    return Bar(what, bar, form.format(value), is_reached, note)


def _turn(measured: Measurements, kind: Kind, latencies: Latencies, contender: str) -> float | None:
    return measured.median("whole turn", turns.where(Turns(kind, latencies, 0, 0), turns.FIRST), contender)


def _ratio(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below


def _extra_time(measured: Measurements) -> Bar:
    product, plain = _turn(measured, "chain", REAL, "product"), _turn(measured, "chain", REAL, "plain")
    extra = None if product is None or plain is None else product - plain
    return _judged(f"three-tool turn at {REAL.name}, beyond plain", 60, extra, "{:+.0f} ms")


def _extra_part(measured: Measurements) -> Bar:
    ratio = _ratio(_turn(measured, "chain", REAL, "product"), _turn(measured, "chain", REAL, "plain"))
    return _judged(f"three-tool turn at {REAL.name}, against plain", 1.05, ratio, "{:.2f} ×")


def _against_tutorial(measured: Measurements) -> Bar:
    ratio = _ratio(_turn(measured, "chain", NONE, "product"), _turn(measured, "chain", NONE, "tutorial"))
    return _judged(f"three-tool turn at {NONE.name}, against tutorial", 0.2, ratio, "{:.2f} ×")


def _throughput(measured: Measurements) -> Bar:
    place = crowds.where(Crowd(20, 0, 0))
    product, tutorial = (measured.median("turns per second", place, name) for name in ("product", "tutorial"))
    ratio = _ratio(product, tutorial)
    return _judged("turns per second, 20 threads, against tutorial", 10, ratio, "{:.1f} ×", at_least=True)


def _status(measured: Measurements) -> Bar:
    place = turns.where(Turns("haiku", NONE, 0, 0), turns.FIRST)
    value = measured.median("mention → status", place, "product")
    return _judged(f"mention → status visible at {NONE.name}", 50, value, "{:.0f} ms")


def _history_growth(measured: Measurements) -> Bar:
    late, early = (measured.median("history bytes", growth.turn(length), "product") for length in (200, 20))
    return _judged("history bytes of a turn, turn 200 / turn 20", 1.1, _ratio(late, early), "{:.2f} ×")


def _actions(kind: Kind, limit: float) -> Callable[[Measurements], Bar]:
    def judge(measured: Measurements) -> Bar:
        place = Turns(kind, NONE, 0, 0)
        first, later = (
            measured.median("Temporal actions", turns.where(place, stage), "product")
            for stage in (turns.FIRST, turns.FOLLOW_UP)
        )
        note = "first turn of a conversation" + ("" if later is None else f"; a follow-up: {later:.0f}")
        return _judged(f"Temporal actions of a {kind} turn", limit, first, "{:.0f}", note=note)

    return judge


def _memory(measured: Measurements) -> Bar:
    """Where fewer were opened, as if each further one took as much. It does not: the first ones fill the caches."""
    start = measured.median("memory", growth.idle(0), "product worker")
    opened = [count for count in range(1, IDLE + 1) if measured.find("memory", growth.idle(count), "product worker")]
    if start is None or not opened:
        return _judged("worker memory, 1,000 open conversations over start", 150, None, "{:.0f} MB")
    most = measured.median("memory", growth.idle(opened[-1]), "product worker") or 0.0
    grown = (most - start) * IDLE / opened[-1]
    bar = _judged("worker memory, 1,000 open conversations over start", 150, grown, "{:.0f} MB")
    if opened[-1] == IDLE:
        return bar
    return replace(bar, reached=bar.reached or None, note=f"at most; reckoned from {opened[-1]}")


def _start(role: str) -> Callable[[Measurements], Bar]:
    def judge(measured: Measurements) -> Bar:
        value = measured.median("start-up", mishaps.START, f"product {role}")
        return _judged(f"start-up of the {role}", 2, value, "{:.1f} s")

    return judge


def _kill(measured: Measurements) -> Bar:
    found = measured.find("SIGKILL of the worker → turn goes on", mishaps.KILL, "product")
    return _judged("SIGKILL in a model call → turn goes on", 10, max(found.values) if found else None, "{:.1f} s")


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


def missed(all_bars: list[Bar]) -> Iterator[Bar]:
    return (bar for bar in all_bars if bar.reached is False)
