"""How a tool is written: the `@tool` decorator, the errors a tool may raise and the settings it may read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec

from pydantic_settings import BaseSettings, SettingsConfigDict

Arguments = ParamSpec("Arguments")


class ToolError(Exception):
    """The call has failed, and another attempt would fail too. The model reads the message.

    The message is a plain sentence without secrets or addresses.
    """


class ToolUnavailableError(Exception):
    """The call has failed, and another attempt may succeed. The model reads the message of the last attempt.

    The message is a plain sentence without secrets or addresses.
    """


class ToolSettings(BaseSettings):
    """What one tool reads from the environment. Each tool declares its own subclass in its own file."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)


@dataclass(frozen=True)
class ToolFunction(Generic[Arguments]):
    """What `@tool` makes of a function. It can still be called like the function."""

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
    """Makes an async function a tool.

    `title` is what people see of one call: a text, or a function that makes it from some of the tool's arguments.
    `summary` says in the greeting what the tool is good for. `timeout` is for one attempt. `attempts` includes the
    first one.
    """
    return lambda function: ToolFunction(function, title, summary, timeout, attempts)
