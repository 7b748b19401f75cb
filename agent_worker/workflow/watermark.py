"""ListeningWorkflow: up to which moment the bot has handed over everything, where no crash of the bot can lose it."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import Listening
    from agent_worker.contract.names import HEARD, LISTENING_WORKFLOW, SURE_UNTIL

LONG_HISTORY = 2_000  # events; a mark is four of them


@workflow.defn(name=LISTENING_WORKFLOW)
class ListeningWorkflow:
    """One for each agent and team; it never ends and does nothing by itself."""

    @workflow.init
    def __init__(self, start: Listening) -> None:
        self._sure_until = start.sure_until

    @workflow.run
    async def run(self, _: Listening) -> None:
        await workflow.wait_condition(_is_long)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(Listening(sure_until=self._sure_until))

    @workflow.signal(name=HEARD)
    def heard(self, mark: Listening) -> None:
        """Only moves forward: of several bots, each reports what it is sure of itself."""
        self._sure_until = max(self._sure_until, mark.sure_until)

    @workflow.query(name=SURE_UNTIL)
    def sure_until(self) -> float:
        return self._sure_until


def _is_long() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY
