"""Promises of the toolbox: a tool is one file, a bad one is found at once, and each is given what it needs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.genai import types

from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.outside_tools import Afar, FarTool
from tests.support.agent_worker.sample_tools import ALL, EchoSettings, UnusedSettings, echo

IMPORTS = """
from datetime import timedelta
from typing import Annotated
import httpx
from pydantic import Field
from agent_worker.toolbox.tool import ToolSettings, tool
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty importable package, with a name that no other test uses."""
    folder = tmp_path / f"tools_{abs(hash(tmp_path))}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def discover_one(package: Path, source: str, file: str = "new_tool.py") -> Toolbox:
    (package / file).write_text(IMPORTS + source, encoding="utf-8")
    return Toolbox.discover(package.name)


def test_one_file_is_all_that_a_new_tool_with_its_own_setting_needs(package: Path) -> None:
    source = '''
class CoinSettings(ToolSettings):
    coin_side: str = "heads"

@tool(title="Toss a coin", summary="toss a coin")
async def toss_a_coin(*, settings: CoinSettings) -> str:
    """Toss a coin."""
    return settings.coin_side
'''
    toolbox = discover_one(package, source)

    assert toolbox.declarations() == [{"name": "toss_a_coin", "description": "Toss a coin."}]
    assert toolbox.summaries() == {"toss_a_coin": "toss a coin"}
    assert [kind.__name__ for kind in toolbox.settings_classes()] == ["CoinSettings"]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('async def f(x) -> str:\n    """Doc."""', r"new_tool.py:\d+ f\(\): parameter 'x' has no type"),
        ('def f(x: str) -> str:\n    """Doc."""', r"new_tool.py:\d+ f\(\) must be an async function"),
        ("async def f(x: str) -> str:\n    return x", r"new_tool.py:\d+ f\(\) has no docstring"),
        ('async def f(*, db: dict[str, str]) -> str:\n    """Doc."""', "parameter 'db': the worker cannot give dict"),
        ('async def f(*, n: int) -> str:\n    """Doc."""', "parameter 'n': the worker cannot give <class 'int'>"),
        ('async def f(h: httpx.AsyncClient) -> str:\n    """Doc."""', "parameter 'h' cannot be given by a model"),
        ('async def f(*args: str) -> str:\n    """Doc."""', "parameter 'args' must be a plain named parameter"),
        ('async def f(x: str, /) -> str:\n    """Doc."""', "parameter 'x' must be a plain named parameter"),
        ('async def f(x: "Nowhere") -> str:\n    """Doc."""', "a parameter's type is unknown: name 'Nowhere'"),
        ('async def f(model_dump: str) -> str:\n    """Doc."""', "parameter 'model_dump' needs another name"),
        ('async def f(_x: str) -> str:\n    """Doc."""', "parameter '_x' needs another name"),
        ('async def föhn(x: str) -> str:\n    """Doc."""', "Gemini does not take 'föhn' as a name"),
        (f'async def {"f" * 129}(x: str) -> str:\n    """Doc."""', "Gemini does not take 'ffff"),
    ],
)
def test_a_badly_written_tool_fails_at_once_and_names_file_and_parameter(
    package: Path, source: str, complaint: str
) -> None:
    with pytest.raises(TypeError, match=complaint):
        discover_one(package, f'@tool(title="T", summary="s")\n{source}')


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ('title=lambda city: city, summary="s"', "the title asks for 'city', which is not an argument"),
        ('title="T", summary="s", effect=lambda city: city', "the effect asks for 'city', which is not an argument"),
        ('title="T", summary="s", effect=None', "the effect must be a text or a function"),
        ('title="T", summary="s", attempts=0', "attempts and timeout must be positive"),
        ('title="T", summary="s", timeout=timedelta(0)', "attempts and timeout must be positive"),
    ],
)
def test_a_policy_that_cannot_work_fails_at_once(package: Path, policy: str, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        discover_one(package, f'@tool({policy})\nasync def f(x: str) -> str:\n    """Doc."""')


def test_a_file_without_a_tool_is_refused_because_the_decorator_was_probably_forgotten(package: Path) -> None:
    with pytest.raises(TypeError, match=r"new_tool.py declares no tool"):
        discover_one(package, 'async def f(x: str) -> str:\n    """Doc."""')


def test_two_tools_of_one_name_are_refused_and_both_files_named(package: Path) -> None:
    source = '@tool(title="T", summary="s")\nasync def f(x: str) -> str:\n    """Doc."""'
    (package / "old_tool.py").write_text(IMPORTS + source, encoding="utf-8")

    with pytest.raises(TypeError, match=r"the name 'f': (new|old)_tool.py:\d+ f\(\) and (new|old)_tool.py:\d+ f\(\)"):
        discover_one(package, source)


def test_a_tool_that_a_file_only_imports_is_counted_once(package: Path) -> None:
    source = '@tool(title="T", summary="s")\nasync def {name}(x: str) -> str:\n    """Doc."""'
    (package / "_left_out.py").write_text("raise AssertionError('not to be imported')", encoding="utf-8")
    (package / "first.py").write_text(IMPORTS + source.format(name="first"), encoding="utf-8")
    toolbox = discover_one(package, f"from .first import first\n{source.format(name='second')}")

    assert [declaration["name"] for declaration in toolbox.declarations()] == ["first", "second"]


def test_the_agents_own_tools_are_discovered_sorted_and_taken_by_geminis_sdk() -> None:
    declarations = Toolbox.discover().declarations()

    assert [declaration["name"] for declaration in declarations] == [
        *("ask_person", "file_ticket", "find_channels", "find_people"),
        *("get_ip_address", "get_location_info", "get_weather_alerts"),
        *("read_channel", "read_thread", "search_messages"),
    ]
    assert json.loads(json.dumps(declarations)) == declarations
    for declaration in declarations:
        assert types.FunctionDeclaration.model_validate(declaration).name == declaration["name"]


async def test_a_toolbox_does_not_open_without_the_settings_its_tools_need() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(TypeError, match="settings that were not given: EchoSettings"):
            Toolbox(ALL).open(http, [UnusedSettings()])


def test_a_tool_is_left_out_where_its_settings_say_that_it_is_not_configured(package: Path) -> None:
    source = '''
class ShopSettings(ToolSettings):
    shop: str = ""

    @property
    def is_configured(self) -> bool:
        return bool(self.shop)

@tool(title="Buy", summary="buys")
async def buy(*, settings: ShopSettings) -> str:
    """Buy."""
    return settings.shop

@tool(title="Look", summary="looks")
async def look() -> str:
    """Look."""
    return "nothing"
'''
    toolbox = discover_one(package, source)
    (kind,) = toolbox.settings_classes()

    assert toolbox.configured([kind.model_validate({"shop": "bakery"})]).names() == ["buy", "look"]
    without = toolbox.configured([kind()])
    assert without.names() == list(without.summaries()) == ["look"]
    assert without.refusal("buy") == "There is no tool called buy. The tools are: look."
    assert without.settings_classes() == []


def test_a_toolbox_without_a_tool_keeps_the_others_from_outside_and_what_is_reserved() -> None:
    toolbox = Toolbox([*ALL], ["deliver"], Afar([FarTool("deliver"), FarTool()])).configured([EchoSettings()])

    assert toolbox.names() == sorted([*Toolbox(ALL).names(), "far__look"])


def test_a_tools_settings_come_from_the_environment_and_an_empty_variable_means_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ECHO_PREFIX", "~")
    assert EchoSettings().echo_prefix == "~"

    monkeypatch.setenv("ECHO_PREFIX", "")
    assert EchoSettings().echo_prefix == ">"


def test_a_decorated_tool_can_still_be_called_as_the_function_it_is() -> None:
    async def call() -> Any:
        async with httpx.AsyncClient() as http:
            return await echo("hello", http=http, settings=EchoSettings())

    assert asyncio.run(call())["said"] == [">hello"]
