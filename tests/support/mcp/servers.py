"""MCP servers for tests: the misbehaving one of ours, connected, and what it was asked to do."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.secrets import Secrets
from agent_worker.mcp.server import Server
from agent_worker.mcp.source import McpServers
from agent_worker.payloads.inputs import Inputs
from agent_worker.payloads.model import SHOWN
from tests.support.agent_worker.attaching import Shelf

SCRIPTED = str(Path(__file__).with_name("scripted.py"))
ASKING = str(Path(__file__).with_name("asking.py"))
MISBEHAVING = str(Path(__file__).with_name("misbehaving.py"))
TOKEN = "token-4711-of-the-server"


def misbehaving(folder: Path, *options: str, name: str = "odd", **more: Any) -> ServerConfiguration:
    args = ("-S", MISBEHAVING, str(folder), *options)
    configuration = ServerConfiguration(
        name, sys.executable, args, env={"TOKEN": TOKEN}, secrets=Secrets([TOKEN]), cwd=str(folder)
    )
    return replace(configuration, **more)


def asking(folder: Path, seconds: float = 600, **more: Any) -> ServerConfiguration:
    """The server of the official package that asks before it goes on, called `shop`."""
    return ServerConfiguration("shop", sys.executable, (ASKING, str(folder), str(seconds)), **more)


def scripted(
    folder: Path, *lines: str, tool: dict[str, Any] | None = None, ends: bool = False, modern: bool = False
) -> ServerConfiguration:
    """A server with the tool `go` that answers a call with these lines (`scripted.py`)."""
    told = {"name": "go", "inputSchema": {"type": "object"}, **(tool or {})}
    script = json.dumps({"tools": [told], "lines": lines, "ends": ends, "modern": modern})
    (folder / "script.json").write_text(script, encoding="utf-8")
    return ServerConfiguration("odd", sys.executable, ("-S", SCRIPTED, str(folder)))


def written(folder: Path, *options: str, **more: Any) -> dict[str, Any]:
    """The same as it stands in `mcp.json`."""
    args = ["-S", MISBEHAVING, str(folder), *options]
    return {"command": sys.executable, "args": args, "env": {"TOKEN": "${ODD_TOKEN}"}, **more}


def calls_of(folder: Path) -> list[str]:
    """What the server was asked to do, oldest first."""
    path = folder / "calls"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


async def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Waits for a condition that nobody tells of."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@dataclass
class Connected:
    source: McpServers
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def server(self) -> Server:
        return self.source.servers[0]

    async def call(
        self,
        tool: str,
        args: Mapping[str, Any] | None = None,
        told: list[str] | None = None,
        inputs: Inputs | None = None,
    ) -> Any:
        """Runs a tool as the toolbox does; its files go onto the shelf, its progress into `told`.

        Returns what the model reads: without the words for the call's card.
        """
        progress = told.append if told is not None else lambda _: None
        result = await self.source.tools()[tool].run(args, progress, self.shelf.attach, inputs)
        return {name: value for name, value in result.items() if name != SHOWN}


@asynccontextmanager
async def connected(*configurations: ServerConfiguration, first_wait: float = 20) -> AsyncIterator[Connected]:
    source = McpServers()
    async with source.connected(configurations, first_wait=first_wait):
        yield Connected(source)
