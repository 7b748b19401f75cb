"""Stops, pressed in the middle of a turn while things break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent_worker.payloads.errors import STOPPED, sentence
from tests.support.durability.answering import ByRule, answer_to
from tests.support.durability.matrix import Held, model_call, tool_call
from tests.support.durability.talks import RUNNING, Talk

ATTEMPTS = 5
PLACE = "• Location of {}"


@dataclass(frozen=True)
class Moment:
    """Where in a turn somebody stops it; it never goes on from there by itself.

    `said` is what the thread is told if nobody knows whether it shows the steps; otherwise they say it.
    """

    name: str
    hold: Callable[[Talk], Held]
    said: Callable[[Talk], str]
    slowly: bool = False

    def complaints(self, talk: Talk) -> Iterator[str]:
        expected = [[told, answer_to(talk.follow_up.name)] for told in (sentence(STOPPED), self.said(talk))]
        if talk.said not in expected:
            yield f"{talk.label}: said {talk.said} and not {expected}"
        shown = [line for text in talk.stage.progress(talk.ts, talk.channel) for line in text.splitlines()]
        if any(line.startswith(RUNNING) for line in shown) or talk.status:
            yield f"{talk.label}: still looks as if it worked: {shown} {talk.status!r}"
        if left := talk.stage.leftovers(talk.ts, talk.channel):
            yield f"{talk.label}: not cleared away: {left}"


def _in_mid_sentence(talk: Talk) -> Held:
    answer = ByRule.said([talk.question])
    return talk.stage.gemini.hold_stream(answer, after=3, fits=lambda request: talk.is_model_call(request, 3))


def _every_time(hold: Callable[[Talk], Held]) -> Callable[[Talk], Held]:
    """Holds what is tried again, too; the first of it is what is waited for."""

    def first_of_all(talk: Talk) -> Held:
        first, *_others = [hold(talk) for _ in range(ATTEMPTS)]
        return first

    return first_of_all


def _places(talk: Talk) -> list[str]:
    return [PLACE.format(address) for address in talk.question.addresses]


MOMENTS = (
    Moment("stop during a model call", _every_time(model_call(1)), lambda talk: sentence(STOPPED)),
    Moment(
        "stop during a tool",
        _every_time(tool_call(1)),
        lambda talk: sentence(STOPPED, "Not finished:", _places(talk)[0]),
    ),
    Moment(
        "stop in mid-sentence",
        _every_time(_in_mid_sentence),
        lambda talk: sentence(STOPPED, "Done before that:", *_places(talk)),
        slowly=True,
    ),
)
