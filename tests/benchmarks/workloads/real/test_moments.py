"""Promises of the waits: they are counted from the tokens of the call whose answer people saw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.recipes import Recipe
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.stubs.exchanges import Exchange
from benchmarks.stubs.model import ModelCall
from benchmarks.stubs.questions import Question
from benchmarks.workloads.real import moments, names
from emulators.gemini.answers import Said, calls, text
from emulators.gemini.pace import Moments
from emulators.gemini.request import ModelRequest

NOBODY = Recipe("nobody", ())
REQUEST = ModelRequest("model", "v1", streamed=True, body={})
ASKED, OTHER = Question("chain", 1), Question("haiku", 2)


@pytest.fixture
async def contender(tmp_path: Path) -> AsyncIterator[Contender]:
    async with Contender(NOBODY, MeasuredServer(), tmp_path) as contender:
        yield contender


def answered(contender: Contender, *, status_at: float | None) -> Exchange:
    """A question that was asked now; its first word was seen after 3 s, and its end after 5 s."""
    now = contender.stubs.slack.clock.now()
    seen = None if status_at is None else now + status_at
    return Exchange(ASKED, "any", "C1", "1.0", "1.0", now, seen, first_word_at=now + 3, answered_at=now + 5)


def called(contender: Contender, question: Question, said: Said, first: float, last: float) -> None:
    now = asyncio.get_running_loop().time()
    contender.stubs.model.calls.append(ModelCall(REQUEST, question, said, Moments(now + first, now + last)))


async def test_waits_are_counted_from_the_tokens_of_the_last_call_that_gave_the_answer(contender: Contender) -> None:
    taken, exchange = Measurements(), answered(contender, status_at=0.2)
    called(contender, ASKED, calls(("get_ip_address", {})), 0.5, 0.6)
    called(contender, ASKED, text("An attempt that failed."), 1.0, 1.2)
    called(contender, ASKED, text("The answer."), 2.8, 4.9)
    called(contender, OTHER, text("Another answer."), 2.9, 3.0)

    moments.add(contender, exchange, "here", taken)

    found = {one.what: one.values[0] for one in taken}
    assert found[names.STATUS] == pytest.approx(200, abs=1)
    assert found[names.FIRST_WORD] == pytest.approx(200, abs=500)
    assert found[names.LAST_WORD] == pytest.approx(100, abs=500)
    assert found[names.WHOLE_TURN] == pytest.approx(5_000, abs=1)
    assert found[names.WITHOUT_STATUS] == 0


async def test_a_status_that_was_left_out_is_counted_and_not_timed(contender: Contender) -> None:
    taken, exchange = Measurements(), answered(contender, status_at=None)
    called(contender, ASKED, text("The answer."), 2.8, 4.9)

    moments.add(contender, exchange, "here", taken)

    assert taken.find(names.STATUS, "here", "nobody") is None
    assert taken.median(names.WITHOUT_STATUS, "here", "nobody") == 1


async def test_an_answer_that_the_model_did_not_write_is_not_counted(contender: Contender) -> None:
    exchange = answered(contender, status_at=0.2)
    called(contender, OTHER, text("Another answer."), 2.8, 4.9)

    with pytest.raises(LookupError, match="was not asked"):
        moments.add(contender, exchange, "here", Measurements())
