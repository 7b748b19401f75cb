"""The dev server can be stopped, killed and frozen, and loses nothing that it keeps in a file."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from playground.temporal_server import DevServer
from tests.support.playground.listening import ports_of, told_by_another_name

pytestmark = pytest.mark.usefixtures("processes")


async def start_something(address: str) -> None:
    client = await Client.connect(address)
    await client.start_workflow("Something", id="something", task_queue="nobody")


async def test_what_it_has_stored_is_still_there_after_a_crash(tmp_path: Path) -> None:
    with DevServer(database=tmp_path / "temporal.db") as server:
        await start_something(server.address)

        server.kill()
        server.start()

        client = await Client.connect(server.address)
        assert (await client.get_workflow_handle("something").describe()).id == "something"


async def test_frozen_it_answers_nobody_and_thawed_it_goes_on() -> None:
    with DevServer() as server:
        client = await Client.connect(server.address)
        await client.start_workflow("Something", id="something", task_queue="nobody")
        handle = client.get_workflow_handle("something")

        server.freeze()
        with pytest.raises(RPCError):
            await handle.describe(rpc_timeout=timedelta(seconds=0.3))
        server.thaw()

        assert (await handle.describe()).id == "something"


async def test_frozen_it_can_still_be_stopped() -> None:
    server = DevServer()
    server.start()
    server.freeze()

    async with asyncio.timeout(8):
        await asyncio.to_thread(server.stop)


async def test_a_web_page_whose_name_points_here_learns_of_no_conversation_at_any_of_its_ports() -> None:
    """DNS rebinding: the browser sends the name of the page in `Host`. Metrics are counts, without any id or text."""
    with DevServer() as server:
        await start_something(server.address)
        ports = ports_of(server.pid or 0)
        assert server.port in ports
        asked = ["/", "/api/v1/namespaces", "/api/v1/namespaces/default/workflows", "/namespaces/default", "/metrics"]
        told = [await told_by_another_name(port, path) for port in ports for path in asked]

    assert [text for _, text in told if any(word in text for word in ("something", "<html", '"namespaces"'))] == []
    assert (403, '{"code": 7, "message": "Host not allowed"}') in told
