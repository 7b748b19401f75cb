"""Promises of a tool call that is run: the model reads a result or a sentence, or Temporal tries again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from agent_worker.toolbox.open_toolbox import LARGEST_RESULT, LONGEST_ERROR, OpenToolbox
from agent_worker.toolbox.tool import ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.sample_tools import ALL, EchoSettings, UnusedSettings


@pytest.fixture
async def opened() -> AsyncIterator[OpenToolbox]:
    async with httpx.AsyncClient() as http:
        yield Toolbox(ALL).open(http, [EchoSettings(echo_prefix="! "), UnusedSettings()])


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
