"""Promises of what a card says of a tool call: the tool's own words, or what any result tells, and nothing guessed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agent_worker.toolbox.outcome import LONGEST_OUTCOME, counted, of_result, outcome_line
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError, ToolFunction, tool
from agent_worker.toolbox.toolbox import Toolbox


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("2026-11-29T17:25", "2026-11-29T17:25"),
        (True, "Yes"),
        (21.5, "21.5"),
        ([1, 2], "2 results"),
        ([], "No results"),
        ({"messages": ["one"]}, "1 result"),
        ({"channel": "general", "pair": [1, 2]}, ""),
        ({"ticket": "IT-101"}, ""),
        ('{"ticket": "IT-101"}', ""),
        ("<html>", ""),
        ("several\nlines", ""),
        ("x" * (LONGEST_OUTCOME + 1), ""),
        (None, ""),
    ],
)
def test_any_result_says_of_itself_what_is_certain(result: Any, said: str) -> None:
    assert of_result(result) == said


def test_things_are_counted_in_words() -> None:
    assert [counted(number, "alert") for number in (0, 1, 12)] == ["No alerts", "1 alert", "12 alerts"]
    assert counted(3, "person", "people") == "3 people"


def test_words_for_a_card_are_one_short_line_without_names_of_exceptions() -> None:
    line = outcome_line("KeyError: " + "a word\n" * 100)

    assert len(line) <= LONGEST_OUTCOME
    assert line.startswith("a word a word")
    assert line.endswith("a word…")


async def shown(written: ToolFunction[Any], **arguments: Any) -> str:
    """What the card says of a call with these arguments."""
    async with httpx.AsyncClient() as http:
        toolbox, name = Toolbox([written]).open(http, []), written.function.__name__
        return toolbox.outcome(name, arguments, await toolbox.run(name, arguments))


async def test_a_tool_says_itself_what_came_of_a_call() -> None:
    @tool(title="Alerts", summary="alerts", outcome=lambda found: counted(len(found["alerts"]), "alert"))
    async def get_alerts() -> Sourced:
        """Get the alerts."""
        return Sourced({"alerts": ["flood", "storm"]}, [])

    assert await shown(get_alerts) == "2 alerts"


async def test_of_a_tool_that_cannot_say_it_nothing_is_said() -> None:
    @tool(title="Alerts", summary="alerts", outcome=lambda found: found["missing"])
    async def get_alerts() -> dict[str, int]:
        """Get the alerts."""
        return {"total": 2}

    assert await shown(get_alerts) == ""


async def test_a_failed_call_says_why_in_the_tools_words_or_of_what_kind_it_is() -> None:
    @tool(title="Time", summary="the time")
    async def get_time(zone: str) -> str:
        """Get the time."""
        raise ToolError(f"ValueError: there is no time zone called {zone}.")

    assert await shown(get_time, zone="Mars") == "there is no time zone called Mars."
    assert await shown(get_time, place="Mars") == "The arguments did not fit"


def test_an_outcome_that_is_no_function_is_refused_at_the_start() -> None:
    @tool(title="Time", summary="the time", outcome="now")  # type: ignore[arg-type]
    async def get_time() -> str:
        """Get the time."""
        return "now"

    with pytest.raises(TypeError, match="the outcome must be a function of the tool's result"):
        Toolbox([get_time])
