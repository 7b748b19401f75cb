"""`python -m agent_worker.mcp check`: whether the servers of `mcp.json` answer, and which tools they have."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent_worker.mcp.configuration import mcp_servers
from agent_worker.mcp.source import McpServers
from process import lifetime, logs
from process.settings import load
from text.characters import for_terminal
from text.lines import one_line

if TYPE_CHECKING:
    from agent_worker.mcp.server import Server

LONGEST_WAIT = 60.0  # seconds for all servers together
LONGEST_SUMMARY = 100  # characters


async def main() -> None:
    """Exits with 1 if a server is away or a tool had to be left out, and with 2 if the file is wrong."""
    if sys.argv[1:] != ["check"]:
        print("usage: python -m agent_worker.mcp check", file=sys.stderr)
        raise SystemExit(2)
    (configurations,) = load(mcp_servers)
    logs.configure("lines", "ERROR")
    source = McpServers()
    async with source.connected(configurations, first_wait=LONGEST_WAIT):
        for line in report(source):
            print(for_terminal(line))
        is_well = not source.left_out and not any(server.away for server in source.servers)
    if not is_well:
        raise SystemExit(1)


def report(source: McpServers) -> Iterator[str]:
    """Each server with its state, its tools with their digests, and what is left out and why."""
    if not source.servers:
        yield "No MCP servers are configured."
    for server in source.servers:
        yield f"{server.name}: {_state(server)}"
        for tool in source.tools().values():
            if tool.server is server:
                yield f"  {tool.name} [{tool.digest}] {one_line(tool.told.description or '', LONGEST_SUMMARY)}"
        for (name, tool_name), reason in source.left_out.items():
            if name == server.name:
                yield f"  left out: {one_line(tool_name, LONGEST_SUMMARY)}: {reason}"
        if server.away:
            yield from (f"  it wrote: {line}" for line in server.last_words)


def _state(server: Server) -> str:
    if server.away:
        return f"away: {server.away}"
    count = f"{len(server.listed)} tools, protocol {server.protocol}"
    return f"connected, {count}{', and more that were not taken' if server.is_cut else ''}"


if __name__ == "__main__":
    lifetime.run(main)
