"""How the worker reaches the grants: adds one, and asks whether one allows a call."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.grants import Grant, GrantList
from agent_worker.contract.names import ADD_GRANT, GRANTS_WORKFLOW, LIST_GRANTS, grants_workflow_id
from agent_worker.grants.book import GrantBook, GrantQuery

# Longer than Temporal takes to notice that the worker with the grants was killed.
PATIENCE = timedelta(seconds=12)
AWAY = (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError)


class GrantsAwayError(Exception):
    """The grants cannot be read or changed now. Nothing counts as granted; the same call may succeed later."""


class GrantRefusedError(Exception):
    """The grant cannot be kept. The message is a sentence for people."""


class Grants:
    """The grants of one agent in one workspace."""

    def __init__(self, client: Client, task_queue: str, team: str, *, patience: timedelta = PATIENCE) -> None:
        self._client = client
        self._task_queue = task_queue
        self._id = grants_workflow_id(task_queue, team)
        self._patience = patience

    async def add(self, grant: Grant) -> None:
        """Returns once the grant holds. Can be done again: it is added once.

        Raises GrantRefusedError, or GrantsAwayError if it may not be stored.
        """
        start: WithStartWorkflowOperation[object, None] = WithStartWorkflowOperation(
            GRANTS_WORKFLOW,
            GrantList(),
            id=self._id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            await self._client.execute_update_with_start_workflow(
                ADD_GRANT, grant, start_workflow_operation=start, rpc_timeout=self._patience
            )
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError):
                raise GrantRefusedError(error.cause.message) from error
            raise GrantsAwayError("no worker could add the grant") from error
        except AWAY as error:
            raise GrantsAwayError(f"the grant may not be stored ({type(error).__name__})") from error

    async def matching(self, call: GrantQuery) -> Grant | None:
        """The grant that allows the call; None if somebody has to be asked.

        Raises GrantsAwayError if that cannot be told: then somebody has to be asked, too.
        """
        return GrantBook(await self._listed()).matching(call)

    async def _listed(self) -> GrantList:
        """A workflow that was never begun holds no grants, nor does one that an operator has ended."""
        try:
            listed: GrantList = await self._client.get_workflow_handle(self._id).query(
                LIST_GRANTS,
                result_type=GrantList,
                reject_condition=QueryRejectCondition.NOT_OPEN,
                rpc_timeout=self._patience,
            )
            return listed
        except WorkflowQueryRejectedError:
            return GrantList()
        except AWAY as error:
            if isinstance(error, RPCError) and error.status == RPCStatusCode.NOT_FOUND:
                return GrantList()
            raise GrantsAwayError(f"the grants cannot be read ({type(error).__name__})") from error
