"""Tries one case: plays it, and checks what has come of it."""

from __future__ import annotations

import logging
import time

from agent_worker.cases.reading import ReadCase
from agent_worker.turn_history import Talk
from evaluations.checks import checked
from evaluations.judge import Judge
from evaluations.outcome import Check, Outcome
from evaluations.play import NotAnsweredError, Play
from evaluations.surroundings import Surroundings
from evaluations.world import open_world

logger = logging.getLogger("evaluations")


async def tried(one: ReadCase, around: Surroundings, judge: Judge) -> Outcome:
    """What has come of one case. A case that cannot be played has failed, and the others go on."""
    began, trouble, checks = time.monotonic(), list[str](), list[Check]()
    play: Play | None = None
    try:
        async with open_world(one.case, one.path.parent, around) as world:
            play = Play(world)
            try:
                await play.run()
            except NotAnsweredError as error:
                trouble.append(str(error))
            trouble += world.trouble
        checks = await _checks(one, play, judge)
    except Exception as error:
        logger.exception("a case could not be played", extra={"case": one.name})
        trouble.append(f"the case could not be played ({type(error).__name__})")
    exchanges = play.exchanges if play is not None else []
    agent = _agent(play.talk) if play is not None else ""
    return Outcome(one.name, time.monotonic() - began, exchanges, checks, trouble, agent)


async def _checks(one: ReadCase, play: Play, judge: Judge) -> list[Check]:
    """What is expected of each message that was answered; of the conversation, if it came to its end."""
    checks = [
        Check("answers", "failed", f"it gave none, but said: {exchange.answer}")
        for exchange in play.exchanges
        if exchange.is_notice
    ]
    for at, (message, exchange) in enumerate(zip(one.case.messages, play.exchanges, strict=False), start=1):
        if message.expect is not None:
            checks += checked(message.expect, exchange.steps, exchange.answer)
            checks += [await judge.judged(question, play.exchanges[:at]) for question in message.expect.judge]
    expected = one.case.expect
    if expected is not None and len(play.exchanges) == len(one.case.messages):
        steps = [step for exchange in play.exchanges for step in exchange.steps]
        checks += checked(expected, steps, play.exchanges[-1].answer)
        checks += [await judge.judged(question, play.exchanges) for question in expected.judge]
    return checks


def _agent(talk: Talk) -> str:
    last = next(reversed(talk.turns.values()), None)
    return f"{last.agent} {last.version}".strip() if last is not None else ""
