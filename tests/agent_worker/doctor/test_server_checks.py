"""Promises of the doctor about MCP servers: each is connected to, and one that is away says why."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from agent_worker.doctor.server_checks import ServerChecks
from agent_worker.mcp.configuration import ServerConfiguration
from process.checkup.finding import Finding
from tests.support.checkup import found, states
from tests.support.mcp.servers import TOKEN, misbehaving
from tests.support.mcp.site import odd_site


async def looked_at(*configured: ServerConfiguration, used: Collection[str] = ()) -> dict[str, Finding]:
    return await found(ServerChecks(configured, lambda name: name in used).checks())


async def test_without_servers_there_is_nothing_to_do() -> None:
    assert [finding.found for finding in (await looked_at()).values()] == ["none is named in mcp.json"]


async def test_a_server_behind_an_address_is_told_with_protocol_and_tools() -> None:
    async with odd_site() as site:
        told = await looked_at(ServerConfiguration("shop", url=site.url), used=["shop"])
        unused = await looked_at(ServerConfiguration("shop", url=site.url))
        site.status = 401
        refused = await looked_at(ServerConfiguration("shop", url=site.url))

    assert told["shop"] == Finding("MCP servers", "shop", "ok", "connected with protocol 2025-06-18, 1 tool")
    assert (unused["shop"].state, "no agent may use" in unused["shop"].found) == ("note", True)
    assert (refused["shop"].state, "HTTP status 401" in refused["shop"].found) == ("failed", True)


async def test_programs_are_started_and_what_the_worker_leaves_out_and_what_they_wrote_is_told(
    processes: None, tmp_path: Path
) -> None:
    shouts = ServerConfiguration("dead", sys.executable, ("-c", "import sys; sys.exit('no database')"))

    told = await looked_at(misbehaving(tmp_path), shouts, used=["odd", "dead"])

    assert states(told) == {"odd": "note", "dead": "failed"}
    assert "cycle (the description of its arguments refers to itself)" in told["odd"].found
    assert told["dead"].found == "is away: has ended with exit code 1; it wrote “no database”"
    assert TOKEN not in str(told)
