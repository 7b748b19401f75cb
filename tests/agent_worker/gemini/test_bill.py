"""Promises of a bill: each request is on it once, however it ends, and nothing that is not known looks free."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.gemini.bill import Bill
from agent_worker.gemini.client import Gemini
from agent_worker.gemini.prices import PriceList
from agent_worker.payloads.costs import Spent
from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import HI, MODEL, QUESTION

PRICES = PriceList.of(f"{MODEL}=100000/200000")  # a token is ten cents, or twenty


def bill(prices: PriceList = PRICES) -> Bill:
    return Bill(prices)


async def test_a_whole_answer_is_billed_with_what_gemini_counts(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.text("hello", thought="hm"))
    paid = bill()

    await gemini.ask(QUESTION, bill=paid)

    (spent,) = paid.spent
    assert (spent.model, spent.requests, spent.untold, spent.unpriced) == (MODEL, 1, 0, 0)
    assert min(spent.given, spent.answered, spent.thoughts) > 0
    assert spent.dollars == pytest.approx((spent.given + 2 * (spent.answered + spent.thoughts)) / 10)


async def test_titles_summaries_and_second_attempts_are_on_the_bill(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.empty(), answers.text("A summary."))
    paid = bill()

    await gemini.summarise(MODEL, [HI], paid)
    await gemini.title(MODEL, "hi", paid)

    assert [one.requests for one in paid.spent] == [3]


async def test_an_answer_that_breaks_off_is_billed_as_far_as_it_is_told(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    emulator.script(answers.finish(None, answers.text("half an answer of several words")))
    paid = bill()

    with pytest.raises(ApplicationError):
        await gemini.ask(QUESTION, bill=paid)

    (spent,) = paid.spent
    assert (spent.requests, spent.untold) == (1, 1)


async def test_a_request_that_is_cancelled_is_untold(gemini: Gemini, emulator: GeminiEmulator) -> None:
    hold, paid = emulator.hold(), bill()
    asking = asyncio.create_task(gemini.ask(QUESTION, bill=paid))
    await hold.reached()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await hold.abandoned()

    assert paid.spent == [Spent(model=MODEL, untold=1)]


async def test_what_gemini_refuses_costs_nothing(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.away()
    paid = bill()

    with pytest.raises(ApplicationError):
        await gemini.ask(QUESTION, bill=paid)
    emulator.away(False)  # noqa: FBT003  reads as a switch

    assert paid.spent == []


async def test_an_answer_without_a_count_or_a_price_does_not_look_free(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    said = {"content": {"role": "model", "parts": [{"text": "yes"}]}, "finishReason": "STOP"}
    emulator.script(answers.raw({"candidates": [said]}), answers.text("yes"))
    uncounted, unpriced = bill(), bill(PriceList.of("another=1/1"))

    await gemini.ask(QUESTION, bill=uncounted)
    assert [(one.untold, one.dollars) for one in uncounted.spent] == [(1, 0)]

    half_counted = bill()
    half_counted.note(MODEL, {"usageMetadata": {"candidatesTokenCount": 7, "totalTokenCount": 9_000}}, is_whole=True)
    assert [(one.answered, one.untold) for one in half_counted.spent] == [(7, 1)]

    unpriced.note("gemini-9-unheard-of", {"usageMetadata": {"promptTokenCount": 5}}, is_whole=True)
    await gemini.ask(QUESTION, bill=unpriced)
    assert [(one.model, one.unpriced, one.given > 0) for one in unpriced.spent] == [
        ("gemini-9-unheard-of", 1, True),
        (MODEL, 0, True),
    ]


def test_what_attempts_before_have_spent_stays_on_the_bill() -> None:
    paid = Bill(PRICES, [Spent(model=MODEL, given=3, dollars=0.25)])

    paid.note(MODEL, {"usageMetadata": {"promptTokenCount": 4}}, is_whole=True)

    (spent,) = paid.spent
    assert (spent.requests, spent.given) == (2, 7)
    assert spent.dollars == pytest.approx(0.65)


def test_what_an_attempt_has_spent_itself_is_told_apart_from_what_was_spent_before_it() -> None:
    paid = Bill(PRICES, [Spent(model=MODEL, given=3, dollars=0.25)])

    paid.note(MODEL, {"usageMetadata": {"promptTokenCount": 4}}, is_whole=True)

    assert [one.given for one in paid.own] == [4]
    assert [one.given for one in paid.before] == [3]
