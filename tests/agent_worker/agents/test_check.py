"""Promises of the command that checks the agents: it needs no secret, and it names all that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent_worker.agents.__main__ import main
from agent_worker.settings import WorkerSettings
from tests.support.agent_worker.agents import write
from tests.support.mcp.servers import TOKEN, written


@pytest.fixture(autouse=True)
def agents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in WorkerSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "agents", "default", "description: Answers.\ntools: [get_ip*, nothing_*]")
    return tmp_path / "agents"


def test_good_files_are_told_with_their_tools_and_the_source_of_each_value(
    agents: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_MODEL", "gemini-4-argon")
    write(agents, "ops", "channels: [ops, 'gen*', direct]\nmax_model_calls: 3")

    assert main(["check", "--channel", "#general", "--channel", "C123", "--channel", "else"]) == 0

    said = capsys.readouterr().out
    assert "default: Answers." in said
    assert "  Model: gemini-4-argon (setting GEMINI_MODEL)" in said
    assert "  Model calls in one answer: at most 3 (agents/ops.md)" in said
    assert "    get_ip_address - " in said
    assert "note: there is no tool now that nothing_* fits" in said
    assert said.endswith(
        "direct: ops\nops: ops\ngeneral: ops\nC123: depends on the name of the channel\nelse: default\n"
    )


def test_a_tool_that_is_not_set_up_is_not_told(
    agents: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(agents, "default", "tools: [file_ticket]")
    monkeypatch.delenv("HELPDESK_API_URL", raising=False)
    assert main(["check"]) == 0
    assert "note: there is no tool now that file_ticket fits" in capsys.readouterr().out

    monkeypatch.setenv("HELPDESK_API_URL", "https://desk.example")
    monkeypatch.setenv("WEATHER_USER_AGENT", "not\na header")  # the worker would not start; the files are good
    assert main(["check"]) == 0
    assert "    file_ticket - " in capsys.readouterr().out


def test_all_that_is_wrong_is_named_and_the_exit_code_says_so(agents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(agents, "ops", "modle: x")
    write(agents, "sales", "max_model_calls: 1000")

    assert main(["check"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert [line.rpartition(": ")[0].partition(": ")[0] for line in said.err.splitlines()] == [
        "agents/ops.md:2",
        "agents/sales.md:2",
    ]


def test_a_channel_that_two_globs_claim_is_wrong(agents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(agents, "ops", "channels: ['gen*']")
    write(agents, "sales", "channels: ['*al']")

    assert (main(["check"]), main(["check", "--channel", "general"])) == (0, 1)

    assert capsys.readouterr().err == "general: is claimed by ops and sales; nobody answers there\n"


def test_the_agents_that_ship_are_good(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AGENTS_DIR", str(Path(__file__).parents[3] / "agents"))

    assert main(["check"]) == 0


def test_the_tools_of_mcp_servers_are_not_asked_for_and_that_is_said(
    agents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(agents, "default", 'tools: ["!*__*", "time__*"]')

    assert main(["check"]) == 0

    notes = [line for line in capsys.readouterr().out.splitlines() if "note:" in line]
    assert notes == ["  note: time__* is about MCP servers: with --servers their tools are told, too"]


def test_with_the_servers_their_tools_are_told_and_one_that_is_away_is_named(
    agents: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, processes: None
) -> None:
    monkeypatch.setenv("ODD_TOKEN", TOKEN)
    write(agents, "default", 'tools: ["odd__echo", "odd__ehco"]')
    servers = {"odd": written(agents.parent), "gone": {"command": "there-is-no-such-command"}}
    (agents.parent / "mcp.json").write_text(json.dumps({"mcpServers": servers}))

    assert main(["check", "--servers"]) == 1

    said = capsys.readouterr()
    assert "    odd__echo - odd: echo it\n" in said.out
    assert "note: there is no tool now that odd__ehco fits" in said.out
    assert said.err == "The server gone is away (its command is not found).\n"
