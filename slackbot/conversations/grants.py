"""What the bot asks Temporal about grants: which there are, and to take one back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import QueryRejectCondition
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.grants import Grant, GrantList, Revocation
from agent_worker.contract.names import LIST_GRANTS, REVOKE_GRANT, REVOKE_GRANT_LATER, grants_workflow_id
from agent_worker.contract.questions import IN_A_MOMENT

NOT_REVOKED = "I could not be told to revoke that just now. Please press Revoke once more."
NO_ANSWER = (RPCError, RPCTimeoutOrCancelledError, TimeoutError)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long each call may take, in seconds. Of the 3 s that Slack waits, showing what was done needs the rest."""

    list: float = 1.0
    update: float = 0.6
    signal: float = 0.4  # after the update, if no worker has answered it

    @property
    def total(self) -> float:
        """For revoking a grant, and listing those that are left."""
        return self.list + self.update + self.signal


class Grants:
    """The grants of one agent in one workspace. `clock` gives seconds since 1970."""

    def __init__(
        self,
        client: Client,
        task_queue: str,
        team: str,
        patience: Patience = Patience(),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._id = grants_workflow_id(task_queue, team)
        self._patience = patience
        self._clock = clock

    async def given_by(self, user: str) -> list[Grant]:
        """The grants that a person has given and that hold, newest first. Raises as `_holding` does."""
        return [grant for grant in await self._holding() if grant.by == user]

    async def in_channel(self, channel: str) -> list[Grant]:
        """The grants that hold in a channel or in threads of it, newest first. Raises as `_holding` does."""
        return [grant for grant in await self._holding() if grant.channel == channel]

    async def revoke(self, grant: str, by: str) -> str:
        """Takes back the grant with this id; returns what the person is to be told, "" if it is done.

        Never raises, and returns in time. A grant that is not there is revoked already.
        """
        revocation = Revocation(id=grant, by=by, at=self._clock())
        try:
            async with asyncio.timeout(self._patience.update):
                return await self._update(revocation)
        except NO_ANSWER as error:
            logger.info("a grant is revoked by a signal", extra={"reason": type(error).__name__})
        try:
            async with asyncio.timeout(self._patience.signal):
                await self._handle.signal(REVOKE_GRANT_LATER, revocation, rpc_timeout=_seconds(self._patience.signal))
        except NO_ANSWER as error:
            logger.warning("a grant could not be revoked", extra={"reason": type(error).__name__})
            return "" if _is_missing(error) else NOT_REVOKED
        return IN_A_MOMENT

    async def _update(self, revocation: Revocation) -> str:
        """A refusal, or ""."""
        try:
            await self._handle.execute_update(REVOKE_GRANT, revocation, rpc_timeout=_seconds(self._patience.update))
        except WorkflowUpdateFailedError as error:
            return error.cause.message if isinstance(error.cause, ApplicationError) else NOT_REVOKED
        except RPCError as error:
            if not _is_missing(error):
                raise
        return ""

    async def _holding(self) -> list[Grant]:
        """The newest first; none if nobody has ever given one. Raises RPCError or TimeoutError if that is not known."""
        try:
            async with asyncio.timeout(self._patience.list):
                listed: GrantList = await self._handle.query(
                    LIST_GRANTS,
                    result_type=GrantList,
                    reject_condition=QueryRejectCondition.NOT_OPEN,
                    rpc_timeout=_seconds(self._patience.list),
                )
        except WorkflowQueryRejectedError:  # an operator has ended it
            return []
        except (WorkflowQueryFailedError, RPCTimeoutOrCancelledError) as error:
            raise TimeoutError("no worker has told the grants") from error
        except RPCError as error:
            if _is_missing(error):
                return []
            raise
        now = self._clock()
        return sorted((one for one in listed.grants if one.holds_at(now)), key=lambda one: one.at, reverse=True)

    @property
    def _handle(self) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(self._id)


def _is_missing(error: BaseException) -> bool:
    return isinstance(error, RPCError) and error.status == RPCStatusCode.NOT_FOUND


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
