"""The money of the workspace, as the history of the count tells it: what Temporal has stored, whoever was killed."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.quotas import Reserve, quota_workflow_id
from agent_worker.quotas.ledger import Ledger
from agent_worker.quotas.usage import Usage
from tests.support.e2e.stage import Stage

ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED


async def asked(stage: Stage) -> list[tuple[Reserve, float]]:
    """What the workers have asked and told, each with its moment. On Temporal Cloud each is a billed action."""
    client = await stage.connected()
    history = await client.get_workflow_handle(quota_workflow_id(stage.task_queue, stage.slack.team_id)).fetch_history()
    return [await _decoded(event) for event in history.events if event.event_type == ACCEPTED]


async def ledger(stage: Stage) -> Ledger:
    usage = Usage()
    for request, moment in await asked(stage):
        usage.decide(request, moment)
    return usage.money


async def _decoded(event: HistoryEvent) -> tuple[Reserve, float]:
    accepted = event.workflow_execution_update_accepted_event_attributes.accepted_request
    (request,) = await DATA_CONVERTER.decode(accepted.input.args.payloads, [Reserve])
    return request, event.event_time.ToMicroseconds() / 1_000_000
