"""QuotaWorkflow: keeps the count of one workspace, so that no restart forgets it."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.payloads.quotas import QUOTA_WORKFLOW, RESERVE, Reserve, Reserved
    from agent_worker.quotas.usage import Usage

LONG_HISTORY = 4_000  # events; each reservation takes five


@workflow.defn(name=QUOTA_WORKFLOW)
class QuotaWorkflow:
    """One for each agent and workspace. It never ends, and only the update changes it."""

    @workflow.init
    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    @workflow.run
    async def run(self, _: Usage) -> None:
        """A run begins with the count that the run before has carried over."""
        await workflow.wait_condition(_is_long)
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._usage.forget(workflow.time())
        workflow.continue_as_new(self._usage)

    @workflow.update(name=RESERVE)
    def reserve(self, request: Reserve) -> Reserved:
        """Does not wait for anything: a handler that waits could be cut off when the run is continued as a new one."""
        return self._usage.decide(request, workflow.time())


def _is_long() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY
