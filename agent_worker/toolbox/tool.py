"""How a tool is written: the `@tool` decorator, the errors a tool may raise and the settings it may read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
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

    @property
    def is_configured(self) -> bool:
        """Whether the tool can work with them. Tools whose settings say no are left out, for the model and for people.

        For a tool whose service has no default address.
        """
        return True


@dataclass(frozen=True)
class ToolFunction(Generic[Arguments]):
    """What `@tool` makes of a function. It can still be called like the function."""

    function: Callable[Arguments, Awaitable[Any]]
    title: str | Callable[..., str]
    summary: str
    timeout: timedelta
    attempts: int
    effect: str | Callable[..., str] = ""
    trial: Mapping[str, Any] | None = None
    outcome: Callable[[Any], str] | None = None

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Awaitable[Any]:
        return self.function(*args, **kwargs)


def tool(
    *,
    title: str | Callable[..., str],
    summary: str,
    timeout: timedelta = timedelta(seconds=20),
    attempts: int = 3,
    effect: str | Callable[..., str] = "",
    trial: Mapping[str, Any] | None = None,
    outcome: Callable[[Any], str] | None = None,
) -> Callable[[Callable[Arguments, Awaitable[Any]]], ToolFunction[Arguments]]:
    """Makes an async function a tool.

    `title` is what people see of one call: a text, or a function that makes it from some of the tool's arguments.
    `summary` says in the greeting what the tool is good for. `timeout` is for one attempt. `attempts` includes the
    first one. `effect` is what one call does to the world, as an imperative sentence without a full stop ("File the
    ticket in the IT queue"): a text, or a function that makes it from some of the tool's arguments; "" for a tool that
    only reads. People read it before they let the call run. `trial` holds the arguments of a small call that any
    service answers: with it the doctor sees whether this one does. A tool with an effect has none. `outcome` makes a
    few words of the result for the card that people see ("2 alerts"); without it, the card says what any result tells:
    a short text, or how many there are.
    """
    return lambda function: ToolFunction(function, title, summary, timeout, attempts, effect, trial, outcome)
