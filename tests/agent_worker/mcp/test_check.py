"""`python -m agent_worker.mcp check`: the servers with their state, their tools with a digest, and what is left out."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from playground.processes import ROOT
from tests.support.mcp.servers import TOKEN, written


async def check(folder: Path, **servers: Any) -> tuple[int | None, list[str]]:
    """The exit code, and what was printed."""
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "ODD_TOKEN": TOKEN}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent_worker.mcp", "check"),
        cwd=folder,
        env=variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode, printed.decode().splitlines()


async def test_it_names_each_server_its_tools_and_what_is_wrong(processes: None, tmp_path: Path) -> None:
    shouts = "import os, sys; sys.exit(f'no database for {os.environ[\"TOKEN\"]}\\x1b[31m')"
    dead = {"command": sys.executable, "args": ["-c", shouts], "env": {"TOKEN": "${ODD_TOKEN}"}}

    code, lines = await check(tmp_path, odd=written(tmp_path, blocked_tools=["die*"]), dead=dead)

    assert code == 1
    assert lines[0] == "odd: connected, 18 tools, protocol 2026-07-28"
    assert any(re.fullmatch(r"  odd__echo \[[0-9a-f]{12}\] echo it", line) for line in lines)
    assert "  left out: cycle: the description of its arguments refers to itself" in lines
    assert lines[-2:] == ["dead: away: has ended with exit code 1", "  it wrote: no database for …[31m"]
    assert not any("die" in line for line in lines)


async def test_it_is_well_where_all_is_well(processes: None, tmp_path: Path) -> None:
    code, lines = await check(tmp_path, odd=written(tmp_path, allowed_tools=["echo"]))

    assert (code, len(lines)) == (0, 2)


async def test_bounds_that_fit_no_tool_are_named(processes: None, tmp_path: Path) -> None:
    slips = {
        "allowed_tools": ["echo", "ehco"],
        "blocked_tools": ["delete_*"],
        "arguments": {"owner": "acme", "ownr": "acme"},
        "tool_arguments": {"echo": {"tetx": "x"}},
    }

    code, lines = await check(tmp_path, odd=written(tmp_path, **slips))

    assert (code, lines[2:]) == (
        0,
        [
            "  note: allowed_tools names ehco, and no tool fits it",
            "  note: blocked_tools names delete_*, and no tool fits it",
            "  note: arguments fixes ownr, and no tool takes it",
            "  note: tool_arguments fixes tetx of echo, and there is no such tool or argument",
        ],
    )


async def test_without_a_file_it_says_so_and_a_wrong_file_ends_it(processes: None, tmp_path: Path) -> None:
    assert await check(tmp_path) == (0, ["No MCP servers are configured."])

    code, lines = await check(tmp_path, odd={})
    assert code == 2
    assert lines[-1] == "  MCP_CONFIG: mcp.json: server 'odd': needs either a command or a url"
