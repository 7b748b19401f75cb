"""Promises of the money for a model call: it is asked for once, whatever is tried again, and no cost is lost."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.payments import Paid, Payments, with_costs
from agent_worker.contract.messages import Thread
from agent_worker.gemini.bill import Bill
from agent_worker.gemini.prices import PriceList
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.costs import Spent
from agent_worker.payloads.model import AskModel
from agent_worker.payloads.quotas import Claim, Hold, Settled
from agent_worker.quotas.reservations import Place, Reservations

MODEL = "gemini-3.8-flash"
PRICES = PriceList.of(f"{MODEL}=1000/1000")  # a token is a tenth of a cent
NEEDS = 16.192  # dollars, for 8,000 tokens and an answer of 8,192
THREAD = Thread(team="T1", channel="C1", thread_ts="1.0")
CLAIM = Claim(turn="C1:1.0", people=["U1"])
SPENT = Spent(model=MODEL, given=1_000, dollars=1.0)


class Counter:
    """In the place of the reservations: gives what is asked for, and notes it."""

    has_budgets = True

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.settled: list[Settled] = []

    async def reserve(self, _team: str, claim: Claim) -> Place:
        self.claims.append(claim)
        return Hold(person="U1", dollars=2 * (claim.spent + claim.needs))

    def note(self, _team: str, settled: Settled) -> None:
        self.settled.append(settled)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def payments(counter: Counter) -> Payments:
    return Payments(cast("Reservations", counter), PRICES)


def attempt(number: int, *handed_on: Any) -> ActivityEnvironment:
    """An attempt at an activity; `handed_on` is what the one before has told of itself."""
    environment = ActivityEnvironment()
    details = (number - 1, "unusable_answer", {"unusable_answer": 1}, *handed_on) if handed_on else ()
    environment.info = dataclasses.replace(environment.info, attempt=number, heartbeat_details=details)
    return environment


def version(model: str = MODEL, **more: Any) -> AgentVersion:
    fields = {"agent": "default", "model": model, "instructions": "", "tools": [], "max_model_calls": 12}
    return AgentVersion.of(**(fields | {"context_tokens": 1_000, "thread_replies": "all", "greeting": ""} | more))


def asked(claim: Claim | None = CLAIM, size: int = 0) -> AskModel:
    return AskModel(
        thread=THREAD, turn="1.0", model=MODEL, epoch="e", known=0, new=[], claim=claim, number=1, size=size
    )


async def place(payments: Payments, environment: ActivityEnvironment, request: AskModel) -> tuple[Place, Paid]:
    async def call() -> tuple[Place, Paid]:
        paid = Paid.of_last_attempt(MODEL)
        return await payments.place_of_call(request, version(), paid), paid

    found: tuple[Place, Paid] = await environment.run(call)
    return found


async def test_a_first_attempt_asks_for_what_its_request_can_cost(payments: Payments, counter: Counter) -> None:
    held, paid = await place(payments, attempt(1), asked())

    assert isinstance(held, Hold)
    assert held.dollars == pytest.approx(2 * NEEDS)
    assert [one.needs for one in counter.claims] == [pytest.approx(NEEDS)]
    assert paid.spent == []


async def test_a_long_conversation_needs_more(payments: Payments, counter: Counter) -> None:
    await place(payments, attempt(1), asked(size=300_000))

    assert counter.claims[0].needs == pytest.approx(100 + 8.192)


async def test_a_call_for_which_there_is_enough_asks_nothing(payments: Payments, counter: Counter) -> None:
    hold = Hold(person="U1", dollars=20)
    enough, too_little = (CLAIM.model_copy(update={"hold": hold, "spent": spent}) for spent in (3.0, 4.0))

    assert (await place(payments, attempt(1), asked(enough)))[0] == hold
    assert counter.claims == []
    await place(payments, attempt(1), asked(too_little))
    assert [(one.turn, one.hold, one.spent) for one in counter.claims] == [("C1:1.0", hold, 4.0)]


async def test_an_attempt_after_one_that_cost_nothing_asks_nothing(payments: Payments, counter: Counter) -> None:
    hold = Hold(person="U1", dollars=20)
    handed_on = Paid(spent=[], hold=hold).model_dump()

    held, paid = await place(payments, attempt(7, "a draft", handed_on), asked())

    assert (held, paid.spent, counter.claims) == (hold, [], [])


async def test_what_attempts_before_have_spent_counts_against_the_hold(payments: Payments, counter: Counter) -> None:
    hold = Hold(person="U1", dollars=NEEDS + 0.5)
    handed_on = Paid(spent=[SPENT], hold=hold).model_dump()

    _, paid = await place(payments, attempt(2, handed_on), asked())

    assert paid.spent == [SPENT]
    assert [(one.hold, one.spent) for one in counter.claims] == [(hold, 1.0)]


async def test_after_a_killed_attempt_one_request_is_untold_and_the_turn_asks_by_the_same_name(
    payments: Payments, counter: Counter
) -> None:
    _, paid = await place(payments, attempt(2), asked())

    assert [(one.requests, one.untold, one.dollars) for one in paid.spent] == [(1, 1, 0)]
    assert [one.turn for one in counter.claims] == [CLAIM.turn]


async def test_after_an_attempt_that_failed_before_it_asked_gemini_nothing_is_untold(payments: Payments) -> None:
    environment = attempt(2)
    told = (1, "transcript_unavailable", {"transcript_unavailable": 1})
    environment.info = dataclasses.replace(environment.info, heartbeat_details=told)

    _, paid = await place(payments, environment, asked())

    assert paid.spent == []


async def test_without_a_claim_or_without_budgets_nothing_is_asked(payments: Payments, counter: Counter) -> None:
    assert (await place(payments, attempt(1), asked(None)))[0] is None
    assert (await place(Payments(None, PRICES), attempt(1), asked()))[0] is None
    assert counter.claims == []


def test_a_model_without_a_price_is_told_only_where_money_counts(payments: Payments, counter: Counter) -> None:
    terminal = Thread(team="", channel="t", thread_ts="", surface="terminal")

    assert payments.lacks_price(THREAD, "gemini-9-unheard-of")
    assert not payments.lacks_price(THREAD, MODEL)
    assert not payments.lacks_price(terminal, "gemini-9-unheard-of")
    counter.has_budgets = False
    assert not payments.lacks_price(THREAD, "gemini-9-unheard-of")


@pytest.mark.parametrize(("told", "cost"), [([SPENT], 1.0), ([Spent(model=MODEL, untold=1)], 8.0)])
def test_a_call_that_is_stopped_costs_what_is_told_or_at_least_its_input(
    payments: Payments, counter: Counter, told: list[Spent], cost: float
) -> None:
    hold = Hold(person="U2", dollars=20)

    attempt(1).run(lambda: payments.note_cancelled(asked(), version(), hold, Bill(PRICES, told)))

    (settled,) = counter.settled
    assert (settled.turn, settled.person) == ("C1:1.0:call 1.1", "U2")
    assert settled.dollars == pytest.approx(cost)


def test_a_call_that_is_not_tried_again_tells_the_turn_what_it_has_cost() -> None:
    final = ApplicationError("often", type="model_failed", non_retryable=True)
    again = ApplicationError("once", type="model_failed")

    told = with_costs(final, Bill(PRICES, [SPENT]))

    assert (told.type, told.non_retryable) == ("model_failed", True)
    assert [Spent.model_validate(one) for one in told.details[0]] == [SPENT]
    assert with_costs(again, Bill(PRICES, [SPENT])) is again
    assert with_costs(final, Bill(PRICES)) is final
