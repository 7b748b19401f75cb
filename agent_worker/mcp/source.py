"""All MCP servers together, as a source of tools: one list of their tools, and the tasks that keep them connected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from cachetools import LRUCache

from agent_worker.mcp.configuration import SEPARATOR, ServerConfiguration
from process.log_records import Translated

# The package `mcp` takes a second and 26 MB to import. A worker without MCP servers never imports it.
if TYPE_CHECKING:
    from agent_worker.mcp.server import Server
    from agent_worker.mcp.tools import McpTool

CHECK_WAIT = 60.0  # seconds that a command which checks the servers waits for all of them together
FIRST_WAIT = 5.0  # seconds that the start of the worker waits for servers; those that take longer come later
MOST_TOOLS = 480  # of all servers; Gemini takes 512 declarations, and the worker has some of its own
REMEMBERED = 10_000  # digests of tools, also of those that are gone
TOO_MANY = "the servers together have more tools than Gemini takes"
logger = logging.getLogger(__name__)


class McpServers:
    """A `ToolSource`. Nothing runs before `connected` is entered."""

    def __init__(self) -> None:
        self.servers: list[Server] = []
        self.left_out: dict[tuple[str, str], str] = {}  # why, by server and tool
        self._tools: Mapping[str, McpTool] = MappingProxyType({})
        self._made: dict[str, tuple[Mapping[str, McpTool], Mapping[str, str]]] = {}  # and why others are not, by server
        self._digests: LRUCache[tuple[str, str], str] = LRUCache(REMEMBERED)

    def tools(self) -> Mapping[str, McpTool]:
        """The tools by name, as they are known now. The tools of a server that is away stay; they say so."""
        return self._tools

    def not_listed(self) -> Mapping[str, str]:
        """Of each server that has not told its tools yet, why; by what their names will begin with."""
        return {
            f"{server.name}{SEPARATOR}": f"The server {server.name} is away ({server.away})."
            for server in self.servers
            if server.away and not server.listed
        }

    @asynccontextmanager
    async def connected(
        self, configurations: Iterable[ServerConfiguration], first_wait: float = FIRST_WAIT
    ) -> AsyncIterator[None]:
        """Keeps the servers connected while the block runs; begins after `first_wait` seconds at the latest."""
        configured = list(configurations)
        if not configured:
            yield
            return
        from agent_worker.mcp.server import Server  # noqa: PLC0415

        self.servers = [Server(configuration, self._take_over) for configuration in configured]
        tasks = [asyncio.create_task(server.run()) for server in self.servers]
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(first_wait):
                    await asyncio.gather(*(server.told.wait() for server in self.servers))
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_over(self, changed: Server) -> None:
        """Makes the list anew, from what all servers have told last.

        The tools of the server that has changed its own are made in a thread: a hostile list can take seconds. Those of
        the others stay as they were made.
        """
        from agent_worker.mcp.tools import tools_of  # noqa: PLC0415

        self._made[changed.name] = await asyncio.to_thread(tools_of, changed)
        self._put_together()

    def _put_together(self) -> None:
        tools: dict[str, McpTool] = {}
        left_out: dict[tuple[str, str], str] = {}
        for server in self.servers:
            made, not_made = self._made.get(server.name, ({}, {}))
            left_out |= {(server.name, name): reason for name, reason in not_made.items()}
            for name, tool in made.items():
                if len(tools) < MOST_TOOLS:
                    tools[name] = tool
                else:
                    left_out[server.name, tool.told.name] = TOO_MANY
        self._log_left_out(left_out)
        self._note_changes(tools.values())
        self.left_out, self._tools = left_out, MappingProxyType(tools)

    def _log_left_out(self, left_out: Mapping[tuple[str, str], str]) -> None:
        from agent_worker.mcp.tools import name_of  # noqa: PLC0415

        for server, tool in sorted(left_out.keys() - self.left_out.keys()):
            facts = {"server": server, "tool": name_of(server, tool), "reason": Translated(left_out[server, tool])}
            logger.warning("a tool of an MCP server is left out", extra=facts)

    def _note_changes(self, tools: Iterable[McpTool]) -> None:
        """A server that describes a known tool in other words may want something else with it: somebody should look."""
        for tool in tools:
            key = (tool.server.name, tool.told.name)
            before = self._digests.get(key, tool.digest)
            self._digests[key] = tool.digest
            if before != tool.digest:
                facts = {"tool": tool.name, "before": before, "after": tool.digest}
                logger.warning("an MCP server describes a known tool anew", extra=facts)
