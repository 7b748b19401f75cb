"""The README is short, and its example of a tool works as it stands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import httpx
import pytest

from agent_worker.toolbox.toolbox import Toolbox

README = Path(__file__).parents[2] / "README.md"
MOST_WORDS = 1_000  # without code blocks: some five minutes


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


def test_the_readme_stays_short(readme: str) -> None:
    text = re.sub(r"```.*?```", "", readme, flags=re.DOTALL)

    assert len(text.split()) <= MOST_WORDS
