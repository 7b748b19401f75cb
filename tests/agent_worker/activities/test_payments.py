"""Promises of the money for a model call: it is asked for once, whatever is tried again, and no cost is lost."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from contextlib import suppress
from typing import Any, cast

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.activities import failed_attempts
from agent_worker.activities.payments import Paid, Payments, with_costs
from agent_worker.contract.messages import Thread
from agent_worker.gemini.bill import Bill
from agent_worker.gemini.prices import PriceList
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.costs import Spent
from agent_worker.payloads.model import AskModel
from agent_worker.payloads.quotas import Claim, Hold, Settled
from agent_worker.payloads.thread import Deliver
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

    async def settle(self, team: str, settled: Settled) -> None:
        self.note(team, settled)


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


def asked(claim: Claim | None = CLAIM, size: int = 0, thread: Thread = THREAD, **more: Any) -> AskModel:
    known = {"turn": "1.0", "model": MODEL, "epoch": "e", "known": 0, "new": [], "number": 1}
    return AskModel.model_validate({"thread": thread, "claim": claim, "size": size} | known | more)


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


async def test_a_call_whose_answer_may_be_twice_as_long_needs_money_for_that(
    payments: Payments, counter: Counter
) -> None:
    await place(payments, attempt(1), asked(more_room=True))

    assert counter.claims[0].needs == pytest.approx(8 + 2 * 8.192)


async def test_money_that_is_free_for_others_by_now_is_asked_for_again(payments: Payments, counter: Counter) -> None:
    """Gemini was away for long: the attempts in between have asked nothing."""
    over, standing = (Hold(person="U1", dollars=20, until=time.time() + seconds) for seconds in (-1, 60))
    for hold in (over, standing):
        handed_on = Paid(spent=[], hold=hold).model_dump()
        await place(payments, attempt(40, handed_on), asked())
        await place(payments, attempt(1), asked(CLAIM.model_copy(update={"hold": hold})))

    assert [one.hold for one in counter.claims] == [over, over]


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


@pytest.mark.parametrize("code", ["died", "slack_unavailable"])
async def test_what_was_spent_before_an_attempt_that_told_nothing_of_itself_stays_spent(
    code: str, payments: Payments, counter: Counter
) -> None:
    """It was killed, or it failed before it came to Gemini."""
    before = Paid(spent=[SPENT], hold=Hold(person="U1", dollars=20)).model_dump()
    environment, left = attempt(2, "a draft", before), list[Any]()
    environment.on_heartbeat = lambda *told: left.append(told)

    def end() -> None:
        failed_attempts.beat() if code == "died" else failed_attempts.hand_on(ApplicationError("", type=code))

    environment.run(end)
    third = attempt(3)
    third.info = dataclasses.replace(third.info, heartbeat_details=left[-1])

    _, paid = await place(payments, third, asked())

    assert [(one.requests, one.dollars) for one in paid.spent] == [(2 if code == "died" else 1, 1.0)]
    assert third.run(failed_attempts.handed_on) == (), "what the thread shows is not known any more"
    assert [one.spent for one in counter.claims] == ([1.0] if code == "died" else [])


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

    unheard_of = version("gemini-9-unheard-of")
    assert payments.lacks_price(asked(), unheard_of)
    assert not payments.lacks_price(asked(), version())
    assert not payments.lacks_price(asked(thread=terminal), unheard_of)
    counter.has_budgets = False
    assert not payments.lacks_price(asked(), unheard_of)


def test_a_request_that_is_longer_than_the_price_of_its_model_holds_for_lacks_a_price(payments: Payments) -> None:
    of_short_ones = version("gemini-3.1-pro-preview")  # its price is known for up to 200,000 tokens

    assert not payments.lacks_price(asked(size=500_000), of_short_ones)
    assert payments.lacks_price(asked(size=700_000), of_short_ones)
    assert not payments.lacks_price(asked(size=700_000), version())


WHOLE = {"usageMetadata": {"promptTokenCount": 400, "candidatesTokenCount": 100}}
BEFORE = Spent(model=MODEL, dollars=2.0)


@pytest.mark.parametrize(
    ("responses", "is_wanted", "cost"),
    [
        ([WHOLE], False, 0.5 + 2),
        ([WHOLE, {}], False, 8.0 + 2),  # the title was told, the answer was not
        ([{}], False, 8.0 + 2),
        ([], False, 2.0),
        ([{}], True, 8.0),  # the worker stops: the next attempt tells what those before this one have spent
    ],
)
async def test_a_call_that_is_stopped_costs_what_is_told_or_at_least_its_input(
    responses: list[dict[str, Any]],
    is_wanted: bool,  # noqa: FBT001
    cost: float,
    payments: Payments,
    counter: Counter,
) -> None:
    await cancelled(payments, Bill(PRICES, [BEFORE]), responses, is_wanted=is_wanted)

    (settled,) = counter.settled
    assert (settled.turn, settled.person) == ("C1:1.0:call 1.1", "U2")
    assert settled.dollars == pytest.approx(cost)


async def test_a_call_that_is_stopped_before_it_has_asked_gemini_costs_nothing(
    payments: Payments, counter: Counter
) -> None:
    await cancelled(payments, Bill(PRICES), [], is_wanted=False)

    assert counter.settled == []


async def cancelled(payments: Payments, bill: Bill, responses: list[dict[str, Any]], *, is_wanted: bool) -> None:
    """A call ends early that has had these responses."""
    environment, hold = attempt(1), Hold(person="U2", dollars=20)
    details = ActivityCancellationDetails(worker_shutdown=is_wanted, cancel_requested=not is_wanted)

    async def call() -> None:
        environment.cancel(details)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        for response in responses:
            bill.note(MODEL, response, is_whole=bool(response))
        payments.note_cancelled(asked(), version(), hold, bill)

    await environment.run(call)


@pytest.mark.parametrize(
    ("person", "has_budgets", "is_told"), [("U1", False, True), ("", True, True), ("", False, False)]
)
async def test_a_turn_that_was_not_told_who_pays_is_settled_only_where_money_may_be_held(
    person: str,
    has_budgets: bool,  # noqa: FBT001
    is_told: bool,  # noqa: FBT001
    payments: Payments,
    counter: Counter,
) -> None:
    counter.has_budgets = has_budgets
    settled = Settled(turn="C1:1.0", person=person, dollars=0, at=0)

    await payments.settle(Deliver(thread=THREAD, key="k", text="t", answers=[], may_mention=[], settled=settled))

    assert counter.settled == ([settled] if is_told else [])


def test_a_call_that_is_not_tried_again_tells_the_turn_what_it_has_cost() -> None:
    final = ApplicationError("often", type="model_failed", non_retryable=True)
    again = ApplicationError("once", type="model_failed")

    told = with_costs(final, Bill(PRICES, [SPENT]))

    assert (told.type, told.non_retryable) == ("model_failed", True)
    assert [Spent.model_validate(one) for one in told.details[0]] == [SPENT]
    assert with_costs(again, Bill(PRICES, [SPENT])) is again
    assert with_costs(final, Bill(PRICES)) is final
