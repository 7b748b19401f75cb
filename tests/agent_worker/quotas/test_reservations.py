"""Promises of the reservations: a turn asks once and for little, and waits for the count no longer than it may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.quotas import (
    Budgets,
    BudgetWarning,
    Claim,
    Hold,
    OverQuota,
    QuotaLimits,
    Settled,
    quota_workflow_id,
)
from agent_worker.quotas import ledger, reservations
from agent_worker.quotas.reservations import ALONE_FOR, PATIENCE, Place, Reservations
from agent_worker.quotas.workflow import QuotaWorkflow
from process import temporal
from tests.support.slackbot.conversations import eventually

QUOTA = 3


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)


@pytest.fixture
async def empty_queue() -> str:
    """A task queue without a worker."""
    return f"reservations-{uuid4().hex[:8]}"


@pytest.fixture
async def queue(client: Client, empty_queue: str) -> AsyncIterator[str]:
    async with counting(client, empty_queue):
        yield empty_queue


def counting(client: Client, queue: str) -> Worker:
    """A worker that keeps the count."""
    runner = UnsandboxedWorkflowRunner()
    return Worker(client, task_queue=queue, workflows=[QuotaWorkflow], workflow_runner=runner)


async def reserve(reservations: Reservations, turn: object) -> Place:
    return await reservations.reserve("T1", Claim(turn=f"C1:{turn}", people=["U1"]))


async def updates(client: Client, queue: str) -> int:
    """How many calls of ours Temporal has stored: on Temporal Cloud, each is one action."""
    history = await client.get_workflow_handle(quota_workflow_id(queue, "T1")).fetch_history()
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return sum(event.event_type == accepted for event in history.events)


async def test_turns_that_begin_at_once_are_asked_about_together(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(person=QUOTA))

    refused = await asyncio.gather(*(reserve(reservations, turn) for turn in range(20)))

    assert refused.count(None) == QUOTA
    assert await updates(client, queue) <= 2


async def test_a_turn_that_is_given_up_while_it_asks_stops_nobody_else(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(person=QUOTA))
    given_up, other = (asyncio.create_task(reserve(reservations, turn)) for turn in range(2))
    await asyncio.sleep(0)

    given_up.cancel()

    assert await other is None
    assert await reserve(reservations, 2) is None


async def test_without_limits_nothing_is_asked(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits())

    assert [await reserve(reservations, turn) for turn in range(3)] == [None] * 3

    with pytest.raises(RPCError) as missing:
        await updates(client, queue)
    assert missing.value.status == RPCStatusCode.NOT_FOUND


async def test_a_worker_that_cannot_reach_the_count_goes_on_and_counts_alone(client: Client, empty_queue: str) -> None:
    reservations = Reservations(client, empty_queue, QuotaLimits(person=QUOTA), patience=0.5)

    refused = [await reserve(reservations, turn) for turn in range(QUOTA + 1)]

    assert [one is None for one in refused] == [True] * QUOTA + [False]


async def test_only_the_first_turn_waits_for_a_count_that_cannot_be_reached(client: Client, empty_queue: str) -> None:
    reservations = Reservations(client, empty_queue, QuotaLimits(person=QUOTA), patience=0.5)
    await reserve(reservations, "first")

    began = time.monotonic()
    await reserve(reservations, "second")

    assert time.monotonic() - began < 0.4


async def test_a_count_that_is_back_is_asked_again(client: Client, empty_queue: str) -> None:
    passed = [0.0]  # seconds of which only the test knows
    reservations = Reservations(
        client, empty_queue, QuotaLimits(person=1), patience=0.5, clock=lambda: time.monotonic() + passed[0]
    )
    assert await reserve(reservations, "alone") is None

    async with counting(client, empty_queue):
        passed[0] = ALONE_FOR
        assert await reserve(reservations, "alone") is None
        assert await reserve(reservations, "another") is not None


# Money

TEN = Budgets(person=10)


def needing(turn: object, dollars: float) -> Claim:
    return Claim(turn=f"C1:{turn}", people=["U1"], needs=dollars)


def settled(turn: object, dollars: float) -> Settled:
    return Settled(turn=f"C1:{turn}", person="U1", dollars=dollars, at=time.time())


async def test_budgets_hold_across_workers(client: Client, queue: str) -> None:
    workers = [Reservations(client, queue, QuotaLimits(), TEN) for _ in range(4)]

    places = await asyncio.gather(*(one.reserve("T1", needing(at, 3)) for at, one in enumerate(workers)))

    assert sum(isinstance(place, Hold) for place in places) == 3
    (refused,) = [place for place in places if isinstance(place, OverQuota)]
    assert (refused.scope, refused.dollars) == ("person_budget", 10)
    assert 1 <= refused.minutes <= 24 * 60


async def test_whoever_settles_a_turn_and_however_often_it_counts_once(client: Client, queue: str) -> None:
    first, second = (Reservations(client, queue, QuotaLimits(), TEN) for _ in range(2))
    await first.reserve("T1", needing("turn", 9))

    for worker in (first, second, first):
        await worker.settle("T1", settled("turn", 4))

    assert await updates(client, queue) == 3, "a worker that has settled a turn does not do it again"
    assert isinstance(await second.reserve("T1", needing("next", 6)), Hold)


async def test_without_budgets_nothing_of_money_is_asked(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits())

    assert await reservations.reserve("T1", needing("turn", 3)) is None

    with pytest.raises(RPCError) as missing:
        await updates(client, queue)
    assert missing.value.status == RPCStatusCode.NOT_FOUND


async def test_a_turn_that_goes_on_after_a_decision_takes_money_and_no_other_place(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(person=1), TEN)
    assert isinstance(await reservations.reserve("T1", needing("asked", 1)), Hold)

    decided = needing("decided", 1).model_copy(update={"goes_on": True})

    assert isinstance(await reservations.reserve("T1", decided), Hold)
    assert isinstance(await reservations.reserve("T1", needing("other", 1)), OverQuota)


async def test_a_turn_without_a_place_in_the_quotas_keeps_no_money(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(person=1), TEN)
    await reservations.reserve("T1", needing("answered", 1))

    refused = await reservations.reserve("T1", needing("refused", 8))
    decided = needing("decided", 8).model_copy(update={"goes_on": True})

    assert isinstance(refused, OverQuota)
    assert isinstance(await reservations.reserve("T1", decided), Hold)


async def test_a_worker_that_counts_alone_keeps_to_the_budget_and_tells_later_what_was_spent(
    client: Client, empty_queue: str
) -> None:
    passed = [0.0]  # seconds of which only the test knows
    reservations = Reservations(
        client, empty_queue, QuotaLimits(), TEN, patience=0.5, clock=lambda: time.monotonic() + passed[0]
    )
    assert isinstance(await reservations.reserve("T1", needing("alone", 9)), Hold)
    await reservations.settle("T1", settled("alone", 9))
    assert isinstance(await reservations.reserve("T1", needing("too much", 2)), OverQuota)

    async with counting(client, empty_queue):
        passed[0] = ALONE_FOR
        assert isinstance(await reservations.reserve("T1", needing("small", 0.5)), Hold)
        another = Reservations(client, empty_queue, QuotaLimits(), TEN)
        assert isinstance(await another.reserve("T1", needing("too much", 2)), OverQuota)


async def test_the_operator_is_told_once_also_by_several_workers_and_again_if_telling_fails(
    client: Client, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "TOLD_WITHIN", 0.0)
    told: list[BudgetWarning] = []
    ears = asyncio.Event()

    async def fail(_: BudgetWarning) -> None:
        raise RuntimeError("Slack is away")

    async def tell(warning: BudgetWarning) -> None:
        told.append(warning)
        ears.set()

    deaf, hearing = (Reservations(client, queue, QuotaLimits(), TEN) for _ in range(2))
    deaf.told_by(fail)
    hearing.told_by(tell)
    await deaf.settle("T1", settled("first", 8))
    await hearing.reserve("T1", needing("second", 1))
    await ears.wait()

    async def is_noted() -> bool:
        return await updates(client, queue) == 3  # the third one says that it is told

    await eventually(is_noted)
    await hearing.settle("T1", settled("third", 0.5))
    await deaf.settle("T1", settled("fourth", 0.5))

    assert [(one.scope, one.owner, one.spent, one.dollars) for one in told] == [("person_budget", "U1", 8, 10)]


async def test_an_answer_that_is_not_understood_lets_nobody_wait(
    client: Client, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer worker may have kept the count, and says something that this one cannot read."""
    monkeypatch.setattr(reservations, "Reserved", Settled)
    worker = Reservations(client, queue, QuotaLimits(), TEN)

    async with asyncio.timeout(PATIENCE / 2):
        assert isinstance(await worker.reserve("T1", needing("turn", 3)), Hold)
        await worker.settle("T1", settled("turn", 2))


async def test_a_worker_without_budgets_tells_what_a_turn_has_cost_that_began_on_one_with_budgets(
    client: Client, queue: str
) -> None:
    limited, without = Reservations(client, queue, QuotaLimits(), TEN), Reservations(client, queue, QuotaLimits())
    assert isinstance(await limited.reserve("T1", needing("turn", 5)), Hold)

    await without.settle("T1", settled("turn", 9))

    assert isinstance(await limited.reserve("T1", needing("next", 2)), OverQuota)
    assert isinstance(await limited.reserve("T1", needing("small", 0.9)), Hold)


async def test_after_a_long_time_alone_nothing_is_forgotten_that_was_spent_or_told(
    client: Client, empty_queue: str
) -> None:
    passed, told, spent = [0.0], list[BudgetWarning](), Budgets(workspace=1_000)

    async def tell(warning: BudgetWarning) -> None:
        told.append(warning)

    worker = Reservations(
        client, empty_queue, QuotaLimits(), spent, patience=0.5, clock=lambda: time.monotonic() + passed[0]
    )
    worker.told_by(tell)
    for turn in range(300):
        await worker.settle("T1", settled(turn, 3))

    async with counting(client, empty_queue):
        passed[0] = ALONE_FOR
        assert isinstance(await worker.reserve("T1", needing("small", 99)), Hold)
        assert isinstance(await worker.reserve("T1", needing("too much", 9)), OverQuota)

    assert len(told) == 1
