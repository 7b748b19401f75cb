"""AgentCatalogWorkflow: keeps what the bot tells people of the agents, so that it can tell it while no worker runs."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.agents import CATALOG, CATALOG_WORKFLOW, MEMO_CATALOG, AgentCatalog

LONG_HISTORY = 400  # events; each catalog takes five, and may be large


@workflow.defn(name=CATALOG_WORKFLOW)
class AgentCatalogWorkflow:
    """One for each task queue. It never ends, and only the signal changes it; whoever wants to know reads its memo."""

    @workflow.init
    def __init__(self, start: AgentCatalog) -> None:
        self._catalog = start

    @workflow.run
    async def run(self, _: AgentCatalog) -> None:
        self._tell()
        await workflow.wait_condition(_is_long)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(self._catalog, memo=self._memo)

    @workflow.signal(name=CATALOG)
    def catalog(self, catalog: AgentCatalog) -> None:
        if catalog != self._catalog:
            self._catalog = catalog
            self._tell()

    def _tell(self) -> None:
        workflow.upsert_memo(self._memo)

    @property
    def _memo(self) -> dict[str, Any]:
        return {MEMO_CATALOG: self._catalog.model_dump(mode="json")}


def _is_long() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY
