"""Promises of the key that a tool call is given: in Slack and at a terminal, it names the call and not the attempt."""

from __future__ import annotations

import dataclasses
from typing import Any

import httpx
import pytest
from temporalio import activity
from temporalio.common import RawValue
from temporalio.testing import ActivityEnvironment

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.tool import tool
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import gate


@tool(title="Tell", summary="tells its key")
async def tell_key(*, call: ToolCallKey) -> str:
    """Tell the key of this call."""
    return call


async def key_of(**info: Any) -> str:
    """The key that the tool is given by a worker's own activity with this `activity.info()`."""
    toolbox = Toolbox([tell_key])
    async with httpx.AsyncClient() as http:
        activities = activities_on(None, gate=gate(toolbox), tools=toolbox.open(http, []))
        environment = ActivityEnvironment()
        environment.payload_converter = DATA_CONVERTER.payload_converter
        environment.info = dataclasses.replace(environment.info, activity_type="tell_key", **info)

        async def act() -> dict[str, Any]:
            written = activity.payload_converter().to_payload
            return await activities.run_tool([RawValue(written({})), RawValue(written(ToolRun()))])

        told: dict[str, Any] = await environment.run(act)
        return str(told["output"])


async def test_each_attempt_of_a_call_gets_the_same_key() -> None:
    assert await key_of(attempt=1) == await key_of(attempt=2)


@pytest.mark.parametrize("changed", ["workflow_id", "workflow_run_id", "activity_id"])
async def test_another_call_gets_another_key(changed: str) -> None:
    assert await key_of() != await key_of(**{changed: "another"})
