"""MCP servers that nobody here wrote, through the real processes: programs from PyPI and npm, and one behind a URL."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from emulators.gemini.answers import calls, text
from emulators.gemini.request import function_responses
from playground.temporal_server import free_port
from tests.support.e2e.stage import Stage
from tests.support.mcp.npm import installed_servers

SECRET = "env-of-the-worker-4711"


@pytest.fixture(scope="session")
def npm(processes: None) -> Path:
    return installed_servers()


@pytest.fixture
def repository(processes: None, tmp_path: Path) -> Path:
    """A git repository with one commit."""
    folder = tmp_path / "repository"
    who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.com"]
    for command in (
        ["init", "-q", str(folder)],
        ["-C", str(folder), *who, "commit", "-q", "--allow-empty", "-m", "Begin"],
    ):
        subprocess.run(["git", *command], check=True)
    return folder


@asynccontextmanager
async def stage_with(address: str, folder: Path, **servers: Any) -> AsyncIterator[Stage]:
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    async with Stage(address, folder) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", OTHER_SECRET=SECRET)
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


async def results_of(stage: Stage, *wanted: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What the model gets of these calls."""
    stage.gemini.script(calls(*wanted), text("Done."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> please")
    assert await stage.answered(ts) == ["Done."]
    contents = stage.gemini.requests[-1].contents
    answered = next(responses for content in reversed(contents) if (responses := function_responses(content)))
    return [response["response"] for response in answered]


async def test_the_time_and_a_git_repository_are_asked_side_by_side(
    temporal_address: str, repository: Path, tmp_path: Path
) -> None:
    programs = Path(sys.executable).parent
    time = {"command": str(programs / "mcp-server-time"), "arguments": {"timezone": "Europe/Oslo"}}
    git = {
        "command": str(programs / "mcp-server-git"),
        "args": ["--repository", str(repository)],
        "arguments": {"repo_path": str(repository)},
        "blocked_tools": ["git_commit", "git_reset"],
    }
    async with stage_with(temporal_address, tmp_path, time=time, git=git) as stage:
        now, log, blocked = await results_of(
            stage, ("time__get_current_time", {}), ("git__git_log", {}), ("git__git_reset", {})
        )

    assert now["output"]["timezone"] == "Europe/Oslo"
    assert "Begin" in str(log["output"])
    assert blocked["error"].startswith("There is no tool called git__git_reset.")


@asynccontextmanager
async def everything(npm: Path, kind: str) -> AsyncIterator[dict[str, Any]]:
    """The server that has everything, as it stands in `mcp.json`: as a program, or running behind a URL."""
    command = str(npm / "mcp-server-everything")
    if kind == "stdio":
        yield {"command": command}
        return
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        command, "streamableHttp", env={**os.environ, "PORT": str(port)}, stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        while b"listening" not in await process.stderr.readline():
            assert process.returncode is None
        yield {"type": "http", "url": f"http://127.0.0.1:{port}/mcp"}
    finally:
        process.kill()
        await process.communicate()


@pytest.mark.parametrize("kind", ["stdio", "http"])
async def test_a_server_that_has_everything(temporal_address: str, npm: Path, tmp_path: Path, kind: str) -> None:
    async with (
        everything(npm, kind) as server,
        stage_with(temporal_address, tmp_path, all=server) as stage,
    ):
        echo, structured, picture, resource, wrong, variables = await results_of(
            stage,
            ("all__echo", {"message": "hello"}),
            ("all__get-structured-content", {"location": "New York"}),
            ("all__get-tiny-image", {}),
            ("all__get-resource-reference", {"resourceType": "Text", "resourceId": 1}),
            ("all__get-sum", {"a": "one", "b": 2}),
            ("all__get-env", {}),
        )

    assert echo == {"output": "Echo: hello"}
    assert structured["output"]["conditions"] == "Cloudy"
    assert re.search(r"\[picture picture-2-[0-9a-f]{8}\.png, attached\]", picture["output"])
    assert "This is a plaintext resource" in resource["output"]
    assert "Invalid arguments" in wrong["error"]
    assert "PATH" in variables["output"]
    assert SECRET not in str(variables)  # a server gets the variables that it is given, and few others


async def test_files_are_written_and_read_within_the_folder_that_the_server_was_given(
    temporal_address: str, npm: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    files = {"command": str(npm / "mcp-server-filesystem"), "args": ["${TMP_NOTES:-" + str(folder) + "}"]}
    async with stage_with(temporal_address, tmp_path, files=files) as stage:
        note = str(folder / "a.txt")
        (written,) = await results_of(stage, ("files__write_file", {"path": note, "content": "hello"}))
        read, refused = await results_of(
            stage, ("files__read_text_file", {"path": note}), ("files__read_text_file", {"path": "/etc/hostname"})
        )

    assert written == {"output": f"Successfully wrote to {note}"}
    assert read == {"output": "hello"}
    assert "outside allowed directories" in refused["error"]
