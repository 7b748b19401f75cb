"""`mcp.json`: the format that people have already, and everything that is wrong in it at once, without its values."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_worker.mcp.configuration import (
    _TYPES,
    ConfigurationError,
    ServerConfiguration,
    mcp_servers,
    read_configuration,
)

VARIABLES = {"TOKEN": "token-of-the-operator", "ROOT": "/srv/notes"}


def read(**servers: Any) -> list[ServerConfiguration]:
    return read_configuration(json.dumps({"mcpServers": servers}), "mcp.json", VARIABLES)


def problems(**servers: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        read(**servers)
    return [line.strip().removeprefix("MCP_CONFIG: mcp.json: ") for line in str(error.value).splitlines()]


def test_a_program_and_a_url_are_read_as_other_programs_write_them() -> None:
    program, site = read(
        git={"type": "stdio", "command": "uvx", "args": ["mcp-server-git", "${ROOT}"], "env": {"A": "${B:-standard}"}},
        web={"type": "http", "url": "https://example.com/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}},
    )

    assert (program.command, program.args, program.env) == ("uvx", ("mcp-server-git", "/srv/notes"), {"A": "standard"})
    assert site.headers == {"Authorization": "Bearer token-of-the-operator"}
    assert (program.timeout, program.attempts, program.trust_annotations) == (timedelta(seconds=30), 3, False)


def test_what_came_from_the_environment_is_a_secret_and_a_path_is_none() -> None:
    (server,) = read(git={"command": "git", "args": ["--key", "${TOKEN}", "${ROOT}"], "env": {"PASS": "open sesame"}})

    hidden = server.secrets.hidden("token-of-the-operator, /srv/notes, open sesame")

    assert hidden == "…, /srv/notes, …"
    assert "token-of-the-operator" not in repr(server).replace(repr(server.args), "")


def test_everything_that_is_wrong_is_told_together_with_its_server_and_field() -> None:
    assert problems(
        both={"command": "x", "url": "https://example.com"},
        neither={},
        odd={"command": "x", "timeout": 0, "colour": "red", "env": {"KEY": "${ABSENT}"}},
        old={"url": "https://example.com/sse", "type": "sse"},
        mixed={"command": "x", "headers": {"A": "b"}},
        two__parts={"command": "x"},
    ) == [
        "server 'both': needs either a command or a url",
        "server 'neither': needs either a command or a url",
        "server 'odd': needs the environment variable ABSENT",
        "server 'odd': timeout: Input should be greater than 0",
        "server 'odd': colour: is not a field of a server",
        f"server 'old': type: is none of {', '.join(_TYPES)} (the older transport, sse, is not spoken)",
        "server 'mixed': headers does not belong to a server with a command",
        "server 'two__parts': a name is letters, digits, - and single _, at most 32 of them",
    ]


def test_no_value_is_repeated_in_an_error() -> None:
    told = problems(a={"command": "x", "env": {"KEY": ["token-of-the-operator"]}, "url": "ftp://token-of-the-operator"})

    assert "token-of-the-operator" not in "".join(told)


@pytest.mark.parametrize("text", ["{", "[]", '{"servers": {}}', "[" * 100_000])
def test_a_file_that_is_something_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"MCP_CONFIG: mcp\.json"):
        read_configuration(text, "mcp.json", {})


def test_a_server_that_is_disabled_is_left_out_and_needs_no_variables() -> None:
    assert read(off={"command": "x", "env": {"KEY": "${ABSENT}"}, "disabled": True}) == []


@pytest.mark.parametrize(
    ("allowed", "blocked", "allows"),
    [
        (None, [], ["get_issue", "delete_issue"]),
        (["get_*"], [], ["get_issue"]),
        (None, ["delete_*"], ["get_issue"]),
        (["*_issue"], ["delete_*"], ["get_issue"]),
        ([], [], []),
    ],
)
def test_the_operator_allows_and_blocks_tools_and_blocking_wins(
    allowed: list[str] | None, blocked: list[str], allows: list[str]
) -> None:
    (server,) = read(a={"command": "x", "allowed_tools": allowed, "blocked_tools": blocked})

    assert [tool for tool in ("get_issue", "delete_issue") if server.allows(tool)] == allows


def test_arguments_for_one_tool_win_over_those_for_all() -> None:
    (server,) = read(
        a={"command": "x", "arguments": {"owner": "acme"}, "tool_arguments": {"find": {"owner": "all", "page": 1}}}
    )

    assert server.fixed_arguments("find") == {"owner": "all", "page": 1}
    assert server.fixed_arguments("list") == {"owner": "acme"}


def test_without_a_setting_and_without_a_file_there_are_no_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MCP_CONFIG", raising=False)
    assert mcp_servers() == []

    (tmp_path / "mcp.json").write_text('{"mcpServers": {"a": {"command": "x"}}}', encoding="utf-8")
    assert [server.name for server in mcp_servers()] == ["a"]

    monkeypatch.setenv("MCP_CONFIG", "elsewhere.json")
    with pytest.raises(ConfigurationError, match=r"MCP_CONFIG: elsewhere\.json cannot be read"):
        mcp_servers()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"mcpServers": {"git": {"command": "a"}, "git": {"command": "b"}}}', "'git' stands twice in one object"),
        ('{"mcpServers": {"git": {"command": "a", "timeout": ' + "1" * 5_000 + "}}}", "is no JSON that can be read"),
        ("[" * 100_000, "is no JSON that can be read"),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_or_in_none_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_configuration(text, "mcp.json", VARIABLES)

    assert str(error.value) == f"MCP_CONFIG: mcp.json: {problem}"


@pytest.mark.parametrize(
    ("written", "may_ask"), [({}, True), ({"elicitation": "ask"}, True), ({"elicitation": "off"}, False)]
)
def test_a_server_may_ask_people_unless_the_file_says_that_it_may_not(
    written: dict[str, Any], *, may_ask: bool
) -> None:
    text = json.dumps({"mcpServers": {"odd": {"command": "x", **written}}})

    (server,) = read_configuration(text, "mcp.json", {})

    assert server.may_ask is may_ask
