"""Promises of tools from outside: they are declared, refused and run like our own, and take nobody's name."""

from __future__ import annotations

import httpx
import pytest

from agent_worker.contract.messages import SlackFile
from agent_worker.toolbox.open_toolbox import NO_THREAD
from agent_worker.toolbox.tool_source import NewFile
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.attaching import Shelf
from tests.support.agent_worker.outside_tools import Afar, FarTool
from tests.support.agent_worker.sample_tools import EchoSettings, echo

DECLARED = {"name": "far__look", "description": "Look: far__look."}


def names(toolbox: Toolbox, allowed: list[str] | None = None) -> list[str]:
    return [declaration["name"] for declaration in toolbox.declarations(allowed)]


def test_a_tool_from_outside_stands_among_ours_by_name() -> None:
    toolbox = Toolbox([echo], source=Afar())

    assert toolbox.names() == names(toolbox) == ["echo", "far__look"]
    assert toolbox.declarations()[1] == DECLARED
    assert toolbox.summaries()["far__look"] == "look from afar"
    assert toolbox.policy("far__look", {}).title == "far: far__look"
    assert toolbox.refusal("far__look") is None


def test_what_the_source_lists_later_is_there_at_once() -> None:
    afar = Afar([])
    toolbox = Toolbox([echo], source=afar)
    assert toolbox.names() == ["echo"]

    afar.listed = [FarTool("far__new")]

    assert toolbox.names() == ["echo", "far__new"]


@pytest.mark.parametrize("taken", ["echo", "deliver"])
def test_a_tool_from_outside_takes_no_name_of_ours(taken: str) -> None:
    toolbox = Toolbox([echo], ["deliver"], Afar([FarTool(taken)]))

    assert toolbox.names() == ["echo"]
    assert toolbox.declarations() == Toolbox([echo]).declarations()


def test_only_what_is_allowed_is_declared_and_not_refused() -> None:
    toolbox = Toolbox([echo], source=Afar())

    assert names(toolbox, ["far__look"]) == ["far__look"]
    assert toolbox.refusal("far__look", ["far__look"]) is None
    assert toolbox.refusal("echo", ["far__look"]) == "There is no tool called echo. The tools are: far__look."
    assert toolbox.refusal("echo", []) == "There is no tool called echo. The tools are: none."


def test_a_tool_that_is_away_is_declared_and_its_call_is_refused_with_its_own_sentence() -> None:
    toolbox = Toolbox([], source=Afar([FarTool(away="The server far is away.")]))

    assert names(toolbox) == ["far__look"]
    assert toolbox.refusal("far__look") == "The server far is away."


async def test_a_tool_from_outside_is_run_and_says_how_far_it_is() -> None:
    said: list[str] = []
    async with httpx.AsyncClient() as http:
        opened = Toolbox([], source=Afar()).open(http, [])

        assert await opened.run("far__look", {"at": "us"}, said.append) == {"output": {"at": "us"}}
        assert await opened.run("far__look", None) == {"output": {}}

    assert said == ["half way"]


async def test_where_there_is_no_thread_a_file_is_left_out_with_the_reason() -> None:
    shelf, chart = Shelf(), NewFile("chart.png", "image/png", b"png")
    async with httpx.AsyncClient() as http:
        opened = Toolbox([], source=Afar([FarTool(file=chart)])).open(http, [])

        assert await opened.run("far__look", {}) == {"output": [NO_THREAD]}
        shown = await opened.run("far__look", {}, attach=shelf.attach)

    assert shown == {"output": [SlackFile(id="F1", name="chart.png")]}
    assert shelf.files == [chart]


async def test_a_tool_that_left_meanwhile_is_an_error_for_the_model() -> None:
    afar = Afar()
    async with httpx.AsyncClient() as http:
        opened = Toolbox([echo], source=afar).open(http, [EchoSettings()])
        afar.listed = []

        result = await opened.run("far__look", {})

    assert result == {"error": "There is no tool called far__look. The tools are: echo."}
