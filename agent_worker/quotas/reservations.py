"""How an activity reserves a turn's place in the quotas before it does anything that costs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
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
    Claim,
    OverQuota,
    QuotaLimits,
    Reserve,
    Reserved,
    quota_workflow_id,
)
from agent_worker.quotas.usage import Usage

# Longer than Temporal takes to notice that the worker with the count was killed.
PATIENCE = 12.0  # seconds
PAUSE = 0.2  # seconds between attempts
# After a count that could not be reached, the next turns need not wait as long to find out the same.
ALONE_FOR = 60.0  # seconds
AWAY = (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError)
logger = logging.getLogger(__name__)


class Reservations:
    """Asks the QuotaWorkflow. While it cannot be reached, this worker counts alone: nobody waits for ever, and nobody
    gets more than one quota from each worker.

    `patience` is in seconds; `clock` gives seconds and never goes back.
    """

    def __init__(
        self,
        client: Client,
        task_queue: str,
        limits: QuotaLimits,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._limits = limits
        self._patience = patience
        self._clock = clock
        self._waiting: dict[str, list[tuple[Claim, asyncio.Future[OverQuota | None]]]] = {}  # by team
        self._asking: dict[str, asyncio.Task[None]] = {}  # by team
        self._alone_until = 0.0
        self._own_count: dict[str, Usage] = {}  # by team; for turns that the workflow could not be asked about

    async def reserve(self, team: str, claim: Claim) -> OverQuota | None:
        """Takes a place for the turn; returns why there is none. Never raises, and returns after a bounded time.

        Turns that ask while an answer is awaited are asked about together in the next call.
        """
        if not claim.people or not self._limits.has_any:
            return None
        answer: asyncio.Future[OverQuota | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(team, []).append((claim, answer))
        if team not in self._asking:
            self._asking[team] = asyncio.create_task(self._ask_for_all(team))
        return await answer

    async def _ask_for_all(self, team: str) -> None:
        try:
            while waiting := self._waiting.pop(team, []):
                refused = await self._refused(team, [claim for claim, _ in waiting])
                for claim, answer in waiting:
                    if not answer.done():
                        answer.set_result(refused.get(claim.turn))
        finally:
            del self._asking[team]

    async def _refused(self, team: str, claims: list[Claim]) -> dict[str, OverQuota]:
        """Which of the turns get no place, and why, by the name of the turn."""
        reserved = await self._ask_in_time(team, claims)
        return self._count_alone(team, claims) if reserved is None else reserved.refused

    async def _ask_in_time(self, team: str, claims: list[Claim]) -> Reserved | None:
        """The workflow's answer; None if there was none in time. A turn may be asked about twice: it counts once."""
        if self._clock() < self._alone_until:
            return None
        ends = self._clock() + self._patience
        while (left := ends - self._clock()) > 0:
            try:
                return await self._ask(team, claims, timedelta(seconds=left))
            except AWAY as error:
                logger.info("quota not reached", extra={"reason": type(error).__name__})
                await asyncio.sleep(PAUSE)
        logger.warning("quota cannot be reached: this worker counts alone", extra={"team": team})
        self._alone_until = self._clock() + ALONE_FOR
        return None

    async def _ask(self, team: str, claims: list[Claim], timeout: timedelta) -> Reserved:
        start: WithStartWorkflowOperation[object, Reserved] = WithStartWorkflowOperation(
            QUOTA_WORKFLOW,
            Usage(),
            id=quota_workflow_id(self._task_queue, team),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        reserved: Reserved = await self._client.execute_update_with_start_workflow(
            RESERVE,
            Reserve(claims=claims, limits=self._limits),
            start_workflow_operation=start,
            result_type=Reserved,
            rpc_timeout=timeout,
        )
        return reserved

    def _count_alone(self, team: str, claims: Sequence[Claim]) -> dict[str, OverQuota]:
        usage = self._own_count.setdefault(team, Usage())
        decided = {claim.turn: usage.reserve(claim, self._limits, self._clock()) for claim in claims}
        return {turn: over_quota for turn, over_quota in decided.items() if over_quota}
