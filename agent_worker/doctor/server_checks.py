"""The check of the MCP servers: each is connected to, and tells its tools, as it does for the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.source import CHECK_WAIT, McpServers
from process.checkup.checks import Check
from process.checkup.finding import Outcome, failed, note, ok, quoted

if TYPE_CHECKING:
    from agent_worker.mcp.server import Server

SECTION = "MCP servers"
LIMIT = timedelta(seconds=CHECK_WAIT + 10)
MEND = "see mcp.json (docs/mcp.md); python -m agent_worker.mcp check tells more"


class ServerChecks:
    """`is_used` says of a server's name whether an agent may use its tools."""

    def __init__(self, configured: Sequence[ServerConfiguration], is_used: Callable[[str], bool]) -> None:
        self._configured = configured
        self._is_used = is_used

    def checks(self) -> list[Check]:
        return [Check(SECTION, "servers", self._check, limit=LIMIT)]

    async def _check(self) -> Outcome | list[Outcome]:
        if not self._configured:
            return ok("none is named in mcp.json")
        source = McpServers()
        async with source.connected(self._configured, first_wait=CHECK_WAIT):
            return [outcome for server in source.servers for outcome in self._outcomes(source, server)]

    def _outcomes(self, source: McpServers, server: Server) -> Iterator[Outcome]:
        if server.away:
            wrote = f"; it wrote {quoted(' '.join(server.last_words))}" if server.last_words else ""
            yield failed(f"is away: {server.away}{wrote}", MEND, check=server.name)
            return
        counted = "1 tool" if len(server.listed) == 1 else f"{len(server.listed)} tools"
        told = f"connected with protocol {server.protocol}, {counted}"
        left_out = [f"{tool} ({why})" for (name, tool), why in source.left_out.items() if name == server.name]
        if left_out:
            yield note(f"{told}, of which the worker leaves out {', '.join(left_out)}", MEND, check=server.name)
        elif self._is_used(server.name):
            yield ok(told, check=server.name)
        else:
            mend = f'allow them in a file of an agent: tools: ["{server.name}__*"]'
            yield note(f"{told}; no agent may use them", mend, check=server.name)
