"""What the worker has told of the agents, as the bot reads it: from Temporal, whether a worker runs or not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.agents import MEMO_CATALOG, AgentCatalog, catalog_workflow_id

TIMEOUT = 0.5  # seconds, of the 3 s that Slack waits; what is shown beside it needs the rest
REMEMBERED_FOR = 2.0  # seconds; a worker looks for changes as often


class Catalogs:
    """`clock` gives seconds and never goes back."""

    def __init__(
        self,
        client: Client,
        task_queue: str,
        *,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handle = client.get_workflow_handle(catalog_workflow_id(task_queue))
        self._timeout = timeout
        self._clock = clock
        self._known: AgentCatalog | None = None
        self._read_at = float("-inf")

    async def read(self) -> AgentCatalog:
        """The newest catalog; without an agent if no worker has ever told one.

        Raises RPCError or TimeoutError while Temporal is away.
        """
        if self._known is not None and self._clock() - self._read_at < REMEMBERED_FOR:
            return self._known
        self._known, self._read_at = await self._read(), self._clock()
        return self._known

    async def _read(self) -> AgentCatalog:
        try:
            async with asyncio.timeout(self._timeout):
                described = await self._handle.describe(rpc_timeout=timedelta(seconds=self._timeout))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return AgentCatalog()
            raise
        try:
            return AgentCatalog.model_validate(await described.memo_value(MEMO_CATALOG, {}))
        except ValidationError:  # of a later release
            return AgentCatalog()
