"""The targets for turns at the speed of real models."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.measurements.measurements import Measurements
from benchmarks.plan import FULL
from benchmarks.report.target import Target, judged, ratio
from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import LIFE
from benchmarks.workloads.real import names
from benchmarks.workloads.turns import FIRST, FOLLOW_UP

_CROWD = FULL.real.loads[-1]


def _actions(kind: Kind, limit: float) -> Callable[[Measurements], Target]:
    def judge(measured: Measurements) -> Target:
        value = measured.median(names.ACTIONS, names.one_thread(kind, FOLLOW_UP), "product")
        what = f"billed actions of a {kind} turn with its heartbeats, {FOLLOW_UP}, real models"
        return judged(what, limit, value, "{:.0f}")

    return judge


def _slack_calls(measured: Measurements) -> Target:
    value = measured.median(names.SLACK_CALLS, names.one_thread("chain", FOLLOW_UP), "product")
    return judged(f"Slack calls of a three-tool turn in a channel, {FOLLOW_UP}, real models", 9, value, "{:.0f}")


def _first_word(measured: Measurements) -> Target:
    value = measured.median(names.FIRST_WORD, names.one_thread("haiku", FIRST), "product")
    beyond = None if value is None else value - 1000 * LIFE.slack
    return judged("first token → first word in Slack, beyond Slack's own latency", 120, beyond, "{:.0f} ms")


def _chain(measured: Measurements) -> Target:
    product, plain = (
        measured.median(names.WHOLE_TURN, names.one_thread("chain", FIRST), name) for name in ("product", "plain")
    )
    return judged("three-tool turn with real models, against plain", 1.02, ratio(product, plain), "{:.3f} ×")


def _crowd(what: str) -> Callable[[Measurements], Target]:
    """Judges the kind of question for which the product is furthest behind plain."""

    def judge(measured: Measurements) -> Target:
        found: list[tuple[float, Kind]] = []
        for kind in _CROWD.kinds:
            place = names.many_threads(kind, _CROWD.threads, _CROWD.seconds)
            product, plain = (measured.median(what, place, name) for name in ("product", "plain"))
            value = ratio(product, plain)
            if value is not None:
                found.append((value, kind))
        worst, kind_of_worst = max(found, default=(None, None))
        note = f"the worst kind: {kind_of_worst}" if kind_of_worst else ""
        title = f"{what}, {_CROWD.threads} threads, real models, against plain"
        return judged(title, 1.1, worst, "{:.3f} ×", note=note)

    return judge


ALL = (
    _actions("haiku", 4),
    _actions("chain", 11),
    _slack_calls,
    _first_word,
    _chain,
    _crowd(names.MENTION_TO_FIRST_WORD),
    _crowd(names.WHOLE_TURN),
)
