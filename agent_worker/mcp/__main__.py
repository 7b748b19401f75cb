"""`python -m agent_worker.mcp check`: whether the servers of `mcp.json` answer, and which tools they have."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agent_worker.mcp.configuration import mcp_servers
from agent_worker.mcp.source import CHECK_WAIT, McpServers
from process import lifetime, logs
from process.settings import load
from text.characters import for_terminal
from text.lines import one_line

if TYPE_CHECKING:
    from agent_worker.mcp.server import Server
    from agent_worker.mcp.tools import McpTool

LONGEST_SUMMARY = 100  # characters


async def main() -> None:
    """Exits with 1 if a server is away or a tool had to be left out, and with 2 if the file is wrong."""
    if sys.argv[1:] != ["check"]:
        print("usage: python -m agent_worker.mcp check", file=sys.stderr)
        raise SystemExit(2)
    (configurations,) = load(mcp_servers)
    logs.configure("lines", "ERROR")
    source = McpServers()
    async with source.connected(configurations, first_wait=CHECK_WAIT):
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
        yield from (f"  {line}" for line in _lines(source, server))


def _lines(source: McpServers, server: Server) -> Iterator[str]:
    for tool in _tools_of(source, server).values():
        yield f"{tool.name} [{tool.digest}] {one_line(tool.told.description or '', LONGEST_SUMMARY)}"
    for (name, tool_name), reason in source.left_out.items():
        if name == server.name:
            yield f"left out: {one_line(tool_name, LONGEST_SUMMARY)}: {reason}"
    if server.listed:
        yield from (f"note: {note}" for note in _without_effect(source, server))
    if server.away:
        yield from (f"it wrote: {line}" for line in server.last_words)


def _without_effect(source: McpServers, server: Server) -> Iterator[str]:
    """What the operator has written about the server's tools and fits none of them: perhaps it is a slip."""
    configuration, names = server.configuration, [tool.name for tool in server.listed]
    for field in ("allowed_tools", "blocked_tools"):
        for pattern in getattr(configuration, field) or ():
            if not any(fnmatchcase(name, pattern) for name in names):
                yield f"{field} names {pattern}, and no tool fits it"
    fixed = {name: set(tool.fixed) for name, tool in _tools_of(source, server).items()}
    for argument in configuration.arguments:
        if not any(argument in taken for taken in fixed.values()):
            yield f"arguments fixes {argument}, and no tool takes it"
    for name, arguments in configuration.tool_arguments.items():
        for argument in arguments.keys() - fixed.get(name, set()):
            yield f"tool_arguments fixes {argument} of {name}, and there is no such tool or argument"


def _tools_of(source: McpServers, server: Server) -> dict[str, McpTool]:
    """The tools that agents may use, by the server's own names."""
    return {tool.told.name: tool for tool in source.tools().values() if tool.server is server}


def _state(server: Server) -> str:
    if server.away:
        return f"away: {server.away}"
    count = f"{len(server.listed)} tools, protocol {server.protocol}"
    return f"connected, {count}{', and more that were not taken' if server.is_cut else ''}"


if __name__ == "__main__":
    lifetime.run(main)
