"""Promises of what the doctor reads as the worker does: every problem is told, and the rest is checked all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_worker.doctor.reading import Reading, read
from agent_worker.settings import WorkerSettings
from agent_worker.toolbox.toolbox import Toolbox

KEY = "key-of-gemini-4711"
FILE = "---\ndescription: Answers.\ntools: {tools}\n{more}---\n\nAnswer.\n"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A directory with one agent and a key in `.env`, and an environment without our variables."""
    tools = [name for kind in Toolbox.discover().settings_classes() for name in kind.model_fields]
    for name in (*WorkerSettings.model_fields, *tools, "gemini_api_key", "mcp_config"):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"GOOGLE_API_KEY={KEY}\n")
    write_agent(tmp_path, "default")


def write_agent(folder: Path, name: str, tools: str = '["*", "!*__*"]', more: str = "") -> None:
    (folder / "agents").mkdir(exist_ok=True)
    (folder / "agents" / f"{name}.md").write_text(FILE.format(tools=tools, more=more))


def write_tool(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> str:
    """A package with one tool; returns its name, which is the test's own."""
    package = f"tools_of_{folder.name}"
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text("")
    (folder / package / "odd.py").write_text(source)
    monkeypatch.syspath_prepend(str(folder))
    return package


def problems(reading: Reading) -> list[str]:
    return [outcome.found for outcome in reading.outcomes if outcome.state == "failed"]


def test_where_all_is_well_it_knows_the_models_and_the_tools_that_ask_a_service() -> None:
    reading = read()

    assert problems(reading) == []
    assert reading.models() == {"gemini-3.8-flash": ["default"]}
    assert [tool.name for tool in reading.tools()] == ["get_ip_address", "get_location_info", "get_weather_alerts"]
    assert reading.servers == []


def test_each_model_stands_with_its_agents_and_only_tools_in_use_are_named(tmp_path: Path) -> None:
    write_agent(tmp_path, "default", tools="[get_ip_address]")
    write_agent(tmp_path, "librarian", tools='["docs__*"]', more="model: gemini-4-hydrogen\nchannels: [library]\n")

    reading = read()

    assert reading.models() == {"gemini-3.8-flash": ["default"], "gemini-4-hydrogen": ["librarian"]}
    assert [tool.name for tool in reading.tools()] == ["get_ip_address"]
    assert (reading.is_used("docs"), reading.is_used("time")) == (True, False)


def test_every_wrong_setting_is_told_and_a_wrong_slack_token_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-swapped-4711")

    reading = read()

    assert [problem.partition(" (")[0] for problem in problems(reading)] == ["SLACK_BOT_TOKEN: is not a bot token"]
    assert reading.worker is not None
    assert reading.worker.google_api_key.get_secret_value() == KEY


def test_without_a_key_the_tools_are_known_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WEATHER_API_URL=nowhere\nGEMINI_TIMEOUT_SECONDS=3\n")

    reading = read()

    told = "\n".join(problems(reading))
    assert all(f"{name}: " in told for name in ("GOOGLE_API_KEY", "WEATHER_API_URL", "GEMINI_TIMEOUT_SECONDS"))
    assert "nowhere" not in told
    assert reading.worker is None
    assert len(reading.tools()) == 3


def test_a_bad_file_of_an_agent_and_a_bad_mcp_json_are_told_with_their_places(tmp_path: Path) -> None:
    write_agent(tmp_path, "default", more="colour: red\n")
    (tmp_path / "mcp.json").write_text('{"mcpServers": {"odd": {}}}')

    reading = read()

    first, second = problems(reading)
    assert first.startswith("agents/default.md:4: colour")
    assert "mcp.json: server 'odd': needs either a command or a url" in second
    assert reading.agents is None
    assert reading.servers is None
    assert reading.models() == {"gemini-3.8-flash": ["agents whose file names no model"]}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def broken(:\n", "/odd.py:1: SyntaxError"),
        ("\nimport nowhere_at_all\n", "/odd.py:2: ModuleNotFoundError “No module named 'nowhere_at_all'”"),
        ("x = 1\n", "odd.py declares no tool"),
    ],
)
def test_a_tool_that_cannot_be_read_is_told_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, told: str
) -> None:
    reading = read(write_tool(tmp_path, monkeypatch, source))

    (problem,) = problems(reading)
    assert told in problem
    assert reading.toolbox is None


def test_what_the_operator_has_given_to_tools_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_API_URL", "https://weather.example/key-4711")

    assert read().secrets() == ["https://weather.example/key-4711"]
