"""How a tool is written: the `@tool` decorator, its policy, the errors it may raise and the settings it may read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec

from pydantic_settings import BaseSettings, SettingsConfigDict

Arguments = ParamSpec("Arguments")


class ToolError(Exception):
    """A final answer that is not a result. The message is a plain sentence for the model: no secrets, no addresses."""


class ToolUnavailableError(Exception):
    """Not now: another attempt may succeed. The message is a plain sentence without secrets or addresses."""


class ToolSettings(BaseSettings):
    """What one tool reads from the environment; a subclass lives in the tool's own file."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)


@dataclass(frozen=True)
class ToolFunction(Generic[Arguments]):
    """A function with its policy: what `@tool` makes. It can still be called as the function that it is."""

    function: Callable[Arguments, Awaitable[Any]]
    title: str | Callable[..., str]
    summary: str
    timeout: timedelta
    attempts: int

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Awaitable[Any]:
        return self.function(*args, **kwargs)


def tool(
    *, title: str | Callable[..., str], summary: str, timeout: timedelta = timedelta(seconds=20), attempts: int = 3
) -> Callable[[Callable[Arguments, Awaitable[Any]]], ToolFunction[Arguments]]:
    """Make an async function a tool.

    `title` names one call for the people who watch: a text, or a function of some of the tool's arguments. `summary`
    says in a greeting what the tool is good for. `timeout` is for one attempt; `attempts` counts the first one too.
    """
    return lambda function: ToolFunction(function, title, summary, timeout, attempts)
