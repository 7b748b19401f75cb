"""ListeningWorkflow: keeps the bot's watermark, the moment up to which it has handed over every message."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import Listening
    from agent_worker.contract.names import HEARD, LISTENING_WORKFLOW, SURE_UNTIL

LONG_HISTORY = 2_000  # events; each move of the watermark takes four


@workflow.defn(name=LISTENING_WORKFLOW)
class ListeningWorkflow:
    """One for each agent and team. It never ends, and only signals change it."""

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
        """Moves the watermark forward, never back: each of several bots reports what it is sure of."""
        self._sure_until = max(self._sure_until, mark.sure_until)

    @workflow.query(name=SURE_UNTIL)
    def sure_until(self) -> float:
        return self._sure_until


def _is_long() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY
