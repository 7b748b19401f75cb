"""How long people waited for what, in one turn."""

from __future__ import annotations

import asyncio

from benchmarks.contenders.contender import Contender
from benchmarks.measurements.measurements import Measurements
from benchmarks.stubs.exchanges import Exchange
from benchmarks.stubs.model import ModelCall
from benchmarks.workloads.real.names import (
    FIRST_WORD,
    LAST_WORD,
    MENTION_TO_FIRST_WORD,
    STATUS,
    WHOLE_TURN,
    WITHOUT_STATUS,
)


def add(contender: Contender, exchange: Exchange, place: str, measurements: Measurements) -> None:
    """Adds the waits of a turn that was answered. Raises LookupError if the model was not asked for the answer.

    A status may be missing: where Slack's limits are near, it is left out.
    """

    def took(what: str, seconds: float) -> None:
        measurements.add(what, place, contender.name, "ms", [1000 * seconds])

    is_without = exchange.status_at is None
    measurements.add(WITHOUT_STATUS, place, contender.name, "per turn", [float(is_without)])
    if not is_without:
        took(STATUS, exchange.since(exchange.status_at))
    took(MENTION_TO_FIRST_WORD, exchange.since(exchange.first_word_at))
    first, last = written(contender, exchange)
    took(FIRST_WORD, exchange.since(exchange.first_word_at) - first)
    took(LAST_WORD, exchange.since(exchange.answered_at) - last)
    took(WHOLE_TURN, exchange.since(exchange.answered_at))


def written(contender: Contender, exchange: Exchange) -> tuple[float, float]:
    """When the model wrote the first and the last token of the answer, in seconds from the question."""
    moments = _final(contender, exchange).moments
    if moments.first is None or moments.last is None:
        raise LookupError(f"{exchange.question.name} was answered, but the model did not write the answer to its end")
    slack_time = contender.stubs.slack.clock.now() - asyncio.get_running_loop().time()
    return exchange.since(moments.first + slack_time), exchange.since(moments.last + slack_time)


def _final(contender: Contender, exchange: Exchange) -> ModelCall:
    """The call whose answer people have seen: the last one, if there were several."""
    for call in reversed(contender.stubs.model.calls):
        if call.question == exchange.question and call.is_final:
            return call
    raise LookupError(f"{exchange.question.name} was answered, but the model was not asked")
