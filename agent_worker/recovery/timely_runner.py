"""Keeps a conversation from taking up what has happened at a time that is not its own.

A query may wait for a worker while something happens to the conversation. A worker that has to replay the conversation
for this query is then given that, too, but with the time of the last workflow task (temporalio 1.35). Whatever depends
on the time would be decided in one way now and in another way at each later replay, and the conversation would stand
still for ever. So the query is refused. The workflow task that follows comes with the right time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import _Definition

CHANGES_NOTHING = {"query_workflow", "remove_from_cache"}
Activate = Callable[[WorkflowActivation], WorkflowActivationCompletion]


class UntimelyError(Exception):
    """Fails the query, and lets go of the conversation, which is replayed for what comes next."""


class TimelyRunner(WorkflowRunner):
    """Runs workflows as `runner` does."""

    def __init__(self, runner: WorkflowRunner) -> None:
        self._runner = runner

    def prepare_workflow(self, defn: _Definition) -> None:
        self._runner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        self._runner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = self._runner.create_instance(det)
        instance.activate = timely(instance.activate)  # type: ignore[method-assign, assignment]
        return instance


def timely(activate: Activate) -> Activate:
    """Does the same, but raises UntimelyError for news that come with the time of what came before.

    Each workflow task has a time of its own. So with the same time, the history cannot be longer.
    """
    time, length = 0, 0

    def activate_in_time(news: WorkflowActivation) -> WorkflowActivationCompletion:
        nonlocal time, length
        if any(job.WhichOneof("variant") not in CHANGES_NOTHING for job in news.jobs):
            now = news.timestamp.ToNanoseconds()
            if now == time and news.history_length > length:
                raise UntimelyError("a query came with news that have no time yet")
            time, length = now, news.history_length
        return activate(news)

    return activate_in_time
