"""Promises of the time at which a conversation takes up what has happened: it is the same for every worker."""

from __future__ import annotations

import pytest
from temporalio.bridge.proto.workflow_activation import (
    QueryWorkflow,
    ResolveActivity,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from agent_worker.recovery.timely_runner import UntimelyError, timely

QUERY = WorkflowActivationJob(query_workflow=QueryWorkflow(query_type="transcript"))
SIGNAL = WorkflowActivationJob(signal_workflow=SignalWorkflow(signal_name="stop"))
RESOLVED = WorkflowActivationJob(resolve_activity=ResolveActivity(seq=1))


def news(seconds: int, length: int, *jobs: WorkflowActivationJob) -> WorkflowActivation:
    """What comes at this time, when the history has so many events."""
    activation = WorkflowActivation(history_length=length, jobs=jobs)
    activation.timestamp.FromSeconds(seconds)
    return activation


class Taken:
    """What has reached the workflow: the lengths of the history."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.activate = timely(self._take)

    def _take(self, activation: WorkflowActivation) -> WorkflowActivationCompletion:
        self.lengths.append(activation.history_length)
        return WorkflowActivationCompletion()


@pytest.mark.parametrize("job", [SIGNAL, RESOLVED])
def test_what_came_while_a_query_waited_is_not_taken_up_at_the_time_of_what_came_before(
    job: WorkflowActivationJob,
) -> None:
    taken = Taken()
    taken.activate(news(10, 8, SIGNAL))

    with pytest.raises(UntimelyError):
        taken.activate(news(10, 11, job))

    taken.activate(news(20, 13, job))
    assert taken.lengths == [8, 13]


def test_what_belongs_to_the_same_workflow_task_and_what_changes_nothing_is_taken_up() -> None:
    taken = Taken()

    for one in (news(10, 8, SIGNAL), news(10, 8, RESOLVED), news(10, 11, QUERY), news(20, 11, SIGNAL, RESOLVED)):
        taken.activate(one)

    assert taken.lengths == [8, 8, 11, 11]
