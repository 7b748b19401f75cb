"""`python -m benchmarks.many_tools`: what three hundred tools of five MCP servers cost a worker and a turn."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import time
from pathlib import Path

import agent_worker.__main__  # noqa: F401  all that a worker imports is there before anything is measured
from agent_worker.gemini.request import Question, body
from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.source import McpServers
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.toolbox.toolbox import Toolbox
from benchmarks.measurements.processes import memory

SERVERS, TOOLS_EACH = 5, 60
MODEL_CALLS = 4  # of a turn with three tool calls
TURNS = 200
PROGRAM = str(Path(__file__).with_name("stubs") / "mcp_server.py")


async def main() -> None:
    before = _memory()
    source = McpServers()
    begun = time.perf_counter()
    servers = [
        ServerConfiguration(f"many{number}", sys.executable, ("-S", PROGRAM, str(TOOLS_EACH)))
        for number in range(SERVERS)
    ]
    alone = statistics.median(_turn(Toolbox.discover(reserved=list(ActivityName))) for _ in range(TURNS))
    async with source.connected(servers):
        connected = time.perf_counter() - begun
        toolbox = Toolbox.discover(reserved=list(ActivityName), source=source)
        held = _memory()
        turns = [_turn(toolbox) for _ in range(TURNS)]
        print(f"{len(source.tools())} tools of {len(source.servers)} servers, connected within {connected:.2f} s")
        print(f"memory of the worker: {before:.1f} MB, with them {held:.1f} MB, after the turns {_memory():.1f} MB")
        cost = statistics.median(turns) - alone
        size = len(json.dumps(toolbox.declarations()))
        print(f"what the model is told of all tools: {size / 1000:.0f} KB in each model call")
        print(f"a turn with {MODEL_CALLS} model calls: {cost * 1000:.2f} ms beyond one without them")


def _turn(toolbox: Toolbox) -> float:
    """The seconds that a turn spends on its tools: they are declared in each model call, and three are called."""
    begun = time.perf_counter()
    names = frozenset(toolbox.names())
    for _ in range(MODEL_CALLS):
        contents = [{"role": "user", "parts": [{"text": "please"}]}]
        json.dumps(body(Question("gemini", "", contents, toolbox.declarations(names)), 1000))
    for name in sorted(names)[:3]:
        toolbox.refusal(name, names)
        toolbox.policy(name, {})
    return time.perf_counter() - begun


def _memory() -> float:
    gc.collect()
    return memory(os.getpid())


if __name__ == "__main__":
    asyncio.run(main())
