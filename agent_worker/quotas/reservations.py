"""How an activity reserves a turn's place in the quotas and money for it, before it does anything that costs.

Afterwards it tells what the turn has cost. What is asked and told while an answer is awaited goes with the next call.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from agent_worker.payloads.quotas import (
    QUOTA_WORKFLOW,
    RESERVE,
    Budgets,
    BudgetWarning,
    Claim,
    Hold,
    OverQuota,
    QuotaLimits,
    Reserve,
    Reserved,
    Settled,
    quota_workflow_id,
)
from agent_worker.quotas.usage import Usage

# Longer than Temporal takes to notice that the worker with the count was killed.
PATIENCE = 12.0  # seconds
PAUSE = 0.2  # seconds between attempts
# After a count that could not be reached, the next turns need not wait as long to find out the same.
ALONE_FOR = 60.0  # seconds
AWAY = (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError)
NO_BUDGETS = Budgets()
REMEMBERED = 500  # turns
NOBODY_HEARD = 2_000  # costs that could not be told yet are kept for later, the newest of them; 120 bytes each
Place = Hold | OverQuota | None  # of a turn: with money set aside, none, or without money
Tell = Callable[[BudgetWarning], Awaitable[None]]
logger = logging.getLogger(__name__)


@dataclass
class _Batch:
    """What goes with the next call about one workspace, and who waits for it."""

    claims: list[tuple[Claim, asyncio.Future[Place]]] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    sent: list[asyncio.Future[None]] = field(default_factory=list)

    def request(self, limits: QuotaLimits, budgets: Budgets) -> Reserve:
        """What it tells is told also by a worker without budgets: the turn may have begun on one that has some."""
        claims = [claim for claim, _ in self.claims]
        return Reserve(claims=claims, limits=limits, budgets=budgets, settled=self.settled, told=self.told)

    def answer(self, reserved: Reserved) -> None:
        for claim, answer in self.claims:
            if not answer.done():
                answer.set_result(reserved.refused.get(claim.turn) or reserved.holds.get(claim.turn))
        for sent in self.sent:
            if not sent.done():
                sent.set_result(None)


class Reservations:
    """Asks the QuotaWorkflow. While it cannot be reached, this worker counts alone: nobody waits for ever, and nobody
    gets more than one quota from each worker.

    `patience` is in seconds; `clock` gives seconds and never goes back, `today` seconds since 1970.
    """

    def __init__(
        self,
        client: Client,
        task_queue: str,
        limits: QuotaLimits,
        budgets: Budgets = NO_BUDGETS,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._limits = limits
        self._budgets = budgets
        self._patience = patience
        self._clock = clock
        self._today = today
        self._waiting: dict[str, _Batch] = {}  # by team
        self._asking: dict[str, asyncio.Task[None]] = {}  # by team
        self._telling: set[asyncio.Task[None]] = set()
        self._tell: Tell | None = None
        self._unheard: dict[str, _Batch] = {}  # by team: what could not be told
        self._settled: deque[str] = deque(maxlen=REMEMBERED)  # turns whose delivery is tried again, perhaps
        self._logged: set[str] = set()  # keys of warnings
        self._alone_until = 0.0
        self._own_count: dict[str, Usage] = {}  # by team; for turns that the workflow could not be asked about

    def told_by(self, tell: Tell) -> None:
        """From now on warnings about budgets are told by this, too; whatever it raises, others try again later."""
        self._tell = tell

    @property
    def has_budgets(self) -> bool:
        return self._budgets.has_any

    async def reserve(self, team: str, claim: Claim) -> Place:
        """Takes a place for the turn; returns why there is none. Never raises, and returns after a bounded time.

        Turns that ask while an answer is awaited are asked about together in the next call.
        """
        is_counted = self._limits.has_any and not claim.goes_on
        if not claim.people or not (is_counted or self.has_budgets):
            return None
        answer: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._batch(team).claims.append((claim, answer))
        return await answer

    async def settle(self, team: str, settled: Settled) -> None:
        """Tells what a turn has cost. Can be told again. Never raises, and returns after a bounded time."""
        if settled.turn in self._settled:
            return
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.note(team, settled).sent.append(sent)
        await sent
        self._settled.append(settled.turn)

    def note(self, team: str, settled: Settled) -> _Batch:
        """The same without waiting for it."""
        batch = self._batch(team)
        batch.settled.append(settled)
        return batch

    def _batch(self, team: str) -> _Batch:
        """What goes with the next call, which is on its way as soon as whoever asked for this waits."""
        batch = self._waiting.setdefault(team, _Batch())
        if team not in self._asking:
            self._asking[team] = asyncio.create_task(self._ask_for_all(team))
        return batch

    async def _ask_for_all(self, team: str) -> None:
        try:
            while (batch := self._waiting.pop(team, None)) is not None:
                reserved = await self._ask_in_time(team, batch)
                if reserved is None:
                    self._keep_for_later(team, batch)
                    reserved = self._own(team).decide(self._request(batch), self._today())
                batch.answer(reserved)
                for warning in reserved.warnings:
                    self._warn(team, warning)
        finally:
            del self._asking[team]

    def _request(self, batch: _Batch) -> Reserve:
        return batch.request(self._limits, self._budgets)

    async def _ask_in_time(self, team: str, batch: _Batch) -> Reserved | None:
        """The workflow's answer; None if there was none in time. What is told twice counts once."""
        if self._clock() < self._alone_until:
            return None
        request = self._request(batch)
        if (unheard := self._unheard.get(team)) is not None:
            told = {"settled": [*unheard.settled, *batch.settled], "told": [*unheard.told, *batch.told]}
            request = request.model_copy(update=told)
        ends = self._clock() + self._patience
        while (left := ends - self._clock()) > 0:
            try:
                reserved = await self._ask(team, request, timedelta(seconds=left))
            except AWAY as error:
                logger.info("quota not reached", extra={"reason": type(error).__name__})
                await asyncio.sleep(PAUSE)
            except Exception:  # of whatever kind: those who wait would wait for ever
                logger.exception("the quota's answer is not understood")
                break
            else:
                self._unheard.pop(team, None)
                return reserved
        logger.warning("quota cannot be reached: this worker counts alone", extra={"team": team})
        self._alone_until = self._clock() + ALONE_FOR
        return None

    async def _ask(self, team: str, request: Reserve, timeout: timedelta) -> Reserved:
        start: WithStartWorkflowOperation[object, Reserved] = WithStartWorkflowOperation(
            QUOTA_WORKFLOW,
            Usage(),
            id=quota_workflow_id(self._task_queue, team),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        reserved: Reserved = await self._client.execute_update_with_start_workflow(
            RESERVE,
            request,
            start_workflow_operation=start,
            result_type=Reserved,
            rpc_timeout=timeout,
        )
        return reserved

    def _keep_for_later(self, team: str, batch: _Batch) -> None:
        kept = self._unheard.setdefault(team, _Batch())
        kept.settled = [*kept.settled, *batch.settled][-NOBODY_HEARD:]
        kept.told = [*kept.told, *batch.told][-NOBODY_HEARD:]

    def _own(self, team: str) -> Usage:
        return self._own_count.setdefault(team, Usage())

    # Telling the operator

    def _warn(self, team: str, warning: BudgetWarning) -> None:
        if warning.key not in self._logged:
            self._logged.add(warning.key)
            facts = warning.model_dump(include={"scope", "spent", "dollars"})
            logger.warning("most of a budget is used up", extra=facts | {"owner": warning.owner or team})
        task = asyncio.create_task(self._tell_operator(team, warning))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_operator(self, team: str, warning: BudgetWarning) -> None:
        """Tells, and then says that it is told. If that fails, or this worker dies, another one tells it."""
        try:
            if self._tell is not None:
                await self._tell(warning)
        except Exception as error:  # noqa: BLE001  of whatever kind: nobody was told
            logger.warning("the operator could not be told of a budget", extra={"reason": type(error).__name__})
            return
        self._batch(team).told.append(warning.key)
