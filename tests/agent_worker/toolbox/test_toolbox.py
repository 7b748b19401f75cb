"""Promises of the toolbox: a tool is one file, a bad one is found at once, and each call ends in a readable answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from agent_worker.toolbox.definition import LONGEST_TITLE
from agent_worker.toolbox.open_toolbox import LARGEST_RESULT, LONGEST_ERROR, OpenToolbox
from agent_worker.toolbox.tool import ToolError, ToolFunction, ToolSettings, ToolUnavailableError, tool
from agent_worker.toolbox.toolbox import Toolbox

IMPORTS = """
from datetime import timedelta
from typing import Annotated
import httpx
from pydantic import Field
from agent_worker.toolbox.tool import ToolSettings, tool
"""


class EchoSettings(ToolSettings):
    """What the echo tool reads from the environment."""

    echo_prefix: str = ">"


class UnusedSettings(ToolSettings):
    """Settings of no tool."""


@tool(title=lambda text: f"Echo {text}", summary="echoes", timeout=timedelta(seconds=3), attempts=2)
async def echo(
    text: Annotated[str, Field(description="What to say")],
    times: Annotated[int, Field(ge=1)] = 1,
    *,
    http: httpx.AsyncClient,
    settings: EchoSettings,
) -> Any:
    """Say it again."""
    return {"said": [settings.echo_prefix + text] * times, "with": type(http).__name__}


@tool(title="Refuse", summary="refuses")
async def refuse(message: str) -> Any:
    """Say no."""
    raise ToolError(message)


@tool(title="Break", summary="breaks")
async def broken() -> Any:
    """Break."""
    raise ConnectionResetError("reset")


@tool(title="Wait", summary="waits", timeout=timedelta(milliseconds=20))
async def wait_for_ever() -> Any:
    """Wait."""
    await asyncio.Event().wait()


@tool(title="Time out", summary="times out by itself")
async def own_timeout() -> Any:
    """Time out."""
    raise TimeoutError("of its own")


@tool(title=lambda: "a title\nof  two lines", summary="gives anything back")
async def large(size: int) -> Any:
    """Give much."""
    return "é" * size


@tool(title="Odd", summary="gives what JSON cannot say")
async def not_json() -> Any:
    """Give an object."""
    return object()


@tool(title="Half", summary="gives half a character")
async def half_a_character() -> Any:
    """Give half a surrogate pair."""
    return {"text": "\ud83d", "pair": (1, 2)}


@tool(title=lambda text: text["missing"], summary="has a title that fails", attempts=4)
async def untitled(text: str) -> Any:
    """Have no title."""
    return text


ALL: list[ToolFunction[Any]] = [
    echo,
    refuse,
    broken,
    wait_for_ever,
    own_timeout,
    large,
    not_json,
    half_a_character,
    untitled,
]


@pytest.fixture
async def opened() -> AsyncIterator[OpenToolbox]:
    async with httpx.AsyncClient() as http:
        yield Toolbox(ALL).open(http, [EchoSettings(echo_prefix="! "), UnusedSettings()])


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
    assert toolbox.summary() == ["toss a coin"]
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
        "get_ip_address",
        "get_location_info",
        "get_weather_alerts",
    ]
    assert json.loads(json.dumps(declarations)) == declarations
    for declaration in declarations:
        assert types.FunctionDeclaration.model_validate(declaration).name == declaration["name"]


def test_a_decorated_tool_can_still_be_called_as_the_function_it_is() -> None:
    async def call() -> Any:
        async with httpx.AsyncClient() as http:
            return await echo("hello", http=http, settings=EchoSettings())

    assert asyncio.run(call())["said"] == [">hello"]


def test_a_policy_has_a_title_made_from_the_arguments_and_the_tools_own_limits() -> None:
    policy = Toolbox(ALL).policy("echo", {"text": "hello"})

    assert (policy.title, policy.timeout, policy.attempts) == ("Echo hello", timedelta(seconds=3), 2)


def test_a_title_is_one_line_of_at_most_120_characters() -> None:
    toolbox = Toolbox(ALL)

    assert toolbox.policy("large", {"size": 1}).title == "a title of two lines"
    assert len(toolbox.policy("echo", {"text": "x\n" * 500}).title) == LONGEST_TITLE


@given(
    name=st.sampled_from(["echo", "untitled", "large", "not_json", "no such tool\n" * 30, ""]),
    args=st.one_of(
        st.none(),
        st.lists(st.text()),
        st.dictionaries(
            st.sampled_from(["text", "times", "size", "x"]), st.one_of(st.none(), st.integers(), st.text())
        ),
    ),
)
def test_a_policy_never_raises_whatever_the_model_made_up(name: str, args: Any) -> None:
    policy = Toolbox(ALL).policy(name, args)

    assert "\n" not in policy.title
    assert len(policy.title) <= LONGEST_TITLE
    assert policy.attempts >= 1
    assert policy.timeout > timedelta()


def test_a_call_that_is_answered_locally_gets_a_sensible_title_and_one_attempt() -> None:
    unknown = Toolbox(ALL).policy("fly", {})
    unfit = Toolbox(ALL).policy("echo", {"words": 1})

    assert (unknown.title, unknown.attempts) == ("unknown tool fly", 1)
    assert (unfit.title, unfit.attempts) == ("echo", 1)


def test_a_title_that_fails_falls_back_to_the_tools_name_and_keeps_its_limits() -> None:
    policy = Toolbox(ALL).policy("untitled", {"text": "x"})

    assert (policy.title, policy.attempts) == ("untitled", 4)


async def test_a_tool_gets_the_models_arguments_and_what_the_worker_gives(opened: OpenToolbox) -> None:
    answer = await opened.run("echo", {"text": "hello", "times": 2})

    assert answer == {"output": {"said": ["! hello", "! hello"], "with": "AsyncClient"}}


async def test_an_unknown_tool_is_an_error_that_names_the_known_ones(opened: OpenToolbox) -> None:
    answer = await opened.run("fly" * 100, {})

    assert answer["error"].startswith("There is no tool called flyfly")
    assert "broken, echo, half_a_character" in answer["error"]


async def test_unfit_arguments_are_an_error_that_says_what_is_wrong(opened: OpenToolbox) -> None:
    answer = await opened.run("echo", {"text": "hello", "times": 0})

    assert answer == {
        "error": "The arguments of echo do not fit: times: Input should be greater than or equal to 1 (got 0)."
    }


async def test_a_final_no_of_a_tool_is_an_error_for_the_model(opened: OpenToolbox) -> None:
    assert await opened.run("refuse", {"message": "The shop is closed."}) == {"error": "The shop is closed."}
    assert await opened.run("refuse", {"message": ""}) == {"error": "refuse could not do this."}
    assert len((await opened.run("refuse", {"message": "x" * 10_000}))["error"]) == LONGEST_ERROR


async def test_any_other_exception_is_passed_on_so_that_temporal_retries(opened: OpenToolbox) -> None:
    with pytest.raises(ConnectionResetError):
        await opened.run("broken", {})


async def test_a_tool_that_takes_too_long_is_stopped_and_may_be_tried_again(opened: OpenToolbox) -> None:
    with pytest.raises(ToolUnavailableError, match=r"wait_for_ever took longer than 0.02 seconds"):
        await opened.run("wait_for_ever", {})


async def test_a_tools_own_timeout_is_not_mistaken_for_the_toolboxs(opened: OpenToolbox) -> None:
    with pytest.raises(TimeoutError, match="of its own"):
        await opened.run("own_timeout", {})


async def test_a_result_beyond_64_kb_is_replaced_by_an_error_that_says_so(opened: OpenToolbox) -> None:
    largest_that_fits = (LARGEST_RESULT - 2) // 2  # two quotation marks, and two bytes for each é

    fits = await opened.run("large", {"size": largest_that_fits})
    too_large = await opened.run("large", {"size": largest_that_fits + 1})

    assert len(fits["output"]) == largest_that_fits
    assert too_large == {
        "error": "The result of large is too large (64 KB, and at most 64 KB can be read). Ask for less."
    }


async def test_a_result_that_json_cannot_say_is_the_tools_mistake_and_is_raised(opened: OpenToolbox) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        await opened.run("not_json", {})


async def test_a_result_is_plain_json_that_temporal_can_store(opened: OpenToolbox) -> None:
    answer = await opened.run("half_a_character", {})

    assert answer == {"output": {"text": "?", "pair": [1, 2]}}


async def test_a_toolbox_does_not_open_without_the_settings_its_tools_need() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(TypeError, match="settings that were not given: EchoSettings"):
            Toolbox(ALL).open(http, [UnusedSettings()])


def test_a_tools_settings_come_from_the_environment_and_an_empty_variable_means_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ECHO_PREFIX", "~")
    assert EchoSettings().echo_prefix == "~"

    monkeypatch.setenv("ECHO_PREFIX", "")
    assert EchoSettings().echo_prefix == ">"
