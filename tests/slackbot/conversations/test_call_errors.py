"""Promises about errors of Slack and Temporal: what passes is told from what is refused for good."""

from __future__ import annotations

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread, UserMessage
from agent_worker.contract.names import AGENT_WORKFLOW, USER_MESSAGE
from slackbot.conversations.call_errors import may_pass


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=DATA_CONVERTER)


@pytest.mark.parametrize("characters", [2_200_000, 5_000_000])
async def test_what_temporal_finds_too_large_does_not_pass(client: Client, characters: int) -> None:
    too_large = UserMessage(ts="1.0", user="U1", text="x" * characters)
    with pytest.raises(RPCError) as refused:
        await client.start_workflow(
            AGENT_WORKFLOW,
            Start(thread=Thread(team="T1", channel="C1", thread_ts="1.0")),
            id=f"too large {characters}",
            task_queue="nobody",
            start_signal=USER_MESSAGE,
            start_signal_args=[too_large],
        )

    assert not may_pass(refused.value)


@pytest.mark.parametrize(
    "error",
    [
        RPCError("not connected", RPCStatusCode.UNAVAILABLE, b""),
        RPCError("Timeout expired", RPCStatusCode.DEADLINE_EXCEEDED, b""),
        RPCError("namespace rate limit exceeded", RPCStatusCode.RESOURCE_EXHAUSTED, b""),
        RPCError("exceeded workflow execution limit for signal events", RPCStatusCode.INVALID_ARGUMENT, b""),
        RPCError("namespace is not found", RPCStatusCode.NOT_FOUND, b""),
        RPCError("no permission", RPCStatusCode.PERMISSION_DENIED, b""),
        ConnectionError(),
        TimeoutError(),
    ],
)
def test_what_waits_for_temporal_or_for_whoever_runs_it_passes(error: Exception) -> None:
    assert may_pass(error)


def test_a_defect_of_ours_does_not_pass() -> None:
    assert not may_pass(ValueError("a defect"))
