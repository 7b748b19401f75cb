"""Workflows that somebody has changed: without a thought for open conversations, and with one."""

from __future__ import annotations

from temporalio import workflow

from agent_worker.workflow.agent import AgentWorkflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.names import AGENT_WORKFLOW
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.conversation.workflow_run import Run
    from agent_worker.workflow.activity_calls import look_up_names
    from agent_worker.workflow.turn.progress_updates import ProgressUpdates


class Nothing(ProgressUpdates):
    """Shows nothing."""

    def refresh(self) -> None:
        return


@workflow.defn(name=AGENT_WORKFLOW)
class LooksUpFirst(AgentWorkflow):
    """Takes a step that no recorded conversation has taken."""

    @workflow.init
    def __init__(self, start: Run) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Run) -> str:
        await look_up_names(["U1"])
        return await super().run(start)


@workflow.defn(name=AGENT_WORKFLOW)
class ShowsNothing(AgentWorkflow):
    """Leaves out a step that only some conversations have taken."""

    @workflow.init
    def __init__(self, start: Run) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Run) -> str:
        return await super().run(start)

    def _make_progress_updates(self, turn: Turn) -> ProgressUpdates:
        return Nothing(self._conversation.thread, turn)


@workflow.defn(name=AGENT_WORKFLOW)
class GuardedChange(AgentWorkflow):
    """Takes a new step, and only where `workflow.patched` says that the conversation has not gone past it."""

    @workflow.init
    def __init__(self, start: Run) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Run) -> str:
        if workflow.patched("look-up-first"):
            await look_up_names(["U1"])
        return await super().run(start)
