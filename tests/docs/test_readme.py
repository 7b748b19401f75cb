"""The README says what the code does: its example is a tool, and its table holds the settings that there are."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import httpx
import pytest
from pydantic_settings import BaseSettings

from agent_worker.settings import WorkerSettings
from agent_worker.toolbox.toolbox import Toolbox
from playground.settings import PlaygroundSettings
from process.settings import ProcessSettings
from slackbot.settings import BotSettings

README = Path(__file__).parent.parent / "README.md"
# Read by Temporal itself, and named in the table's line of TEMPORAL_ADDRESS.
TEMPORALS_OWN = {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY"}


@pytest.fixture
def readme() -> str:
    return README.read_text(encoding="utf-8")


async def test_the_tool_in_the_readme_works_as_it_stands(readme: str, tmp_path: Path) -> None:
    source = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert source is not None
    (tmp_path / "clock.py").write_text(source[1])
    spec = importlib.util.spec_from_file_location("clock", tmp_path / "clock.py")
    assert spec is not None
    assert spec.loader is not None
    clock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(clock)

    async with httpx.AsyncClient() as http:
        tools = Toolbox([clock.get_time]).open(http, [])
        told = await tools.run("get_time", {"timezone": "Europe/Oslo"})
        refused = await tools.run("get_time", {"timezone": "Mars/Olympus"})

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d\+0[12]:00", told["output"])
    assert refused == {"error": "There is no time zone called Mars/Olympus."}


def test_the_settings_table_holds_every_setting_and_no_other(readme: str) -> None:
    tools = Toolbox.discover().settings_classes()
    classes: list[type[BaseSettings]] = [ProcessSettings, WorkerSettings, BotSettings, PlaygroundSettings, *tools]
    read = {name.upper() for settings in classes for name in settings.model_fields} | {"GEMINI_API_KEY"}
    table = readme.split("## Settings")[1].split("\n## ", 1)[0]

    told = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", table))

    assert told == read | TEMPORALS_OWN


def test_every_path_in_the_readme_exists(readme: str) -> None:
    paths = re.findall(r"\]\((?!http)([^)#]+)\)", readme)

    assert paths
    assert [path for path in paths if not (README.parent / path).exists()] == []
