"""Tools of every kind: one that works, and others that fail, wait, or return what cannot be used."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any

import httpx
from pydantic import Field

from agent_worker.toolbox.tool import ToolError, ToolFunction, ToolSettings, tool


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
    *(echo, refuse, broken, wait_for_ever, own_timeout),
    *(large, not_json, half_a_character, untitled),
]
