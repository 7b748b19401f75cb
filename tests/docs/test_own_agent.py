"""The agents and the MCP servers that the pages show are good as they stand, and so are those that ship."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agent_worker.agents.__main__ import main
from agent_worker.mcp.configuration import read_configuration
from tests.support.agent_worker.agents import write

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/agents.md", "docs/your-own-agent.md")


def block(page: str, language: str) -> str:
    """The first code block of a page in this language."""
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", PAGES)
def test_the_agent_on_a_page_passes_the_check(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "default", "")
    (tmp_path / "shown.md").write_text(block(page, "markdown"), encoding="utf-8")
    monkeypatch.setenv("AGENTS_DIR", str(tmp_path))

    assert main(["check"]) == 0
    assert ": shown\n" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["docs/mcp.md", "docs/your-own-agent.md"])
def test_the_servers_on_a_page_are_understood(page: str) -> None:
    assert len(read_configuration(block(page, "json"), "mcp.json", {"GITHUB_TOKEN": "token"})) == 2


def test_the_page_adds_a_server_to_those_that_ship_and_leaves_them_as_they_are() -> None:
    shipped = json.loads((ROOT / "mcp.json").read_text(encoding="utf-8"))["mcpServers"]
    shown = json.loads(block("docs/your-own-agent.md", "json"))["mcpServers"]

    assert shown.keys() - shipped.keys() == {"docs"}
    assert shown["time"] == shipped["time"]


def test_the_readme_shows_the_agent_to_which_the_page_leads() -> None:
    shown = block("README.md", "markdown")

    _, front, instructions = block("docs/your-own-agent.md", "markdown").split("---\n")
    assert shown.endswith(instructions)
    assert set(shown.split("---\n")[1].splitlines()) <= set(front.splitlines())
