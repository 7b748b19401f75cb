"""Tells the AgentCatalogWorkflow what applies to the agents: when the worker starts, and whenever that changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from agent_worker.agents.agents import Agents
from agent_worker.agents.catalog import catalog
from agent_worker.contract.agents import CATALOG, CATALOG_WORKFLOW, AgentCatalog, catalog_workflow_id

LOOKS_EVERY = 2.0  # seconds
CALL_TIMEOUT = timedelta(seconds=5)
logger = logging.getLogger(__name__)


class Publication:
    def __init__(self, client: Client, task_queue: str, agents: Agents, *, looks_every: float = LOOKS_EVERY) -> None:
        self._client = client
        self._task_queue = task_queue
        self._agents = agents
        self._looks_every = looks_every
        self._known: tuple[object, Mapping[str, str]] | None = None  # what the newest catalog was made of
        self._told: AgentCatalog | None = None

    @asynccontextmanager
    async def kept_current(self) -> AsyncIterator[None]:
        """Publishes while the block runs. While Temporal is away, it tries again."""
        publishing = asyncio.create_task(self._publish_for_ever())
        try:
            yield
        finally:
            publishing.cancel()
            with suppress(asyncio.CancelledError):
                await publishing

    async def _publish_for_ever(self) -> None:
        while True:
            try:
                await self.publish()
            except RPCError as error:
                logger.info("the agents are not published", extra={"reason": error.status.name})
            except Exception:
                logger.exception("the agents cannot be published")
            await asyncio.sleep(self._looks_every)

    async def publish(self) -> None:
        """Tells the workflow if there is anything new; raises RPCError while Temporal is away."""
        known = (self._agents.files, self._agents.summaries)
        if self._told is not None and self._known is not None and self._known[0] is known[0] and self._known == known:
            return
        made = catalog(self._agents)
        if made != self._told:
            await self._tell(made)
            self._told = made
        self._known = known

    async def _tell(self, made: AgentCatalog) -> None:
        await self._client.start_workflow(
            CATALOG_WORKFLOW,
            made,
            id=catalog_workflow_id(self._task_queue),
            task_queue=self._task_queue,
            start_signal=CATALOG,
            start_signal_args=[made],
            rpc_timeout=CALL_TIMEOUT,
        )
