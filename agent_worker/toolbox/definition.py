"""One checked tool: what the model is told of it, and how one call of it is shown and run."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from inspect import cleandoc, signature
from typing import Any

import httpx

from agent_worker.payloads.failed_steps import WRONG_ARGUMENTS
from agent_worker.payloads.storage_limits import writable
from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.outcome import of_result, outcome_line
from agent_worker.toolbox.signature import ArgumentsError, Signature, place, read_signature
from agent_worker.toolbox.slack_view import SlackSearch, SlackView
from agent_worker.toolbox.tool import ToolFunction, ToolSettings
from text.lines import name as name_line
from text.lines import title

LONGEST_TITLE = 120  # characters; a title is one line of a Slack message
LOCAL_ANSWER = timedelta(seconds=10)  # an unknown tool and arguments that do not fit are answered without any request

# What is made for each call, as it depends on the call or on who asks; and what the model hears of a call without it.
PER_CALL: Mapping[type, str] = {
    SlackView: "{tool} works only in Slack, and this conversation is not there.",
    SlackSearch: "Slack does not permit to search just now.",
    ToolCallKey: "{tool} works only where a call that comes again can be told from another one.",
}

_GEMINI_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,127}", re.ASCII)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ToolPolicy:
    """How one call is shown and run: its title, the time for one attempt, and how many attempts it gets.

    `effect` is what it does to the world, one line like the title; "" for a call that only reads or cannot be run.
    `unknown_if_lost`: of an attempt that ends without a word, nobody knows whether it has done anything.
    """

    title: str
    timeout: timedelta
    attempts: int
    unknown_if_lost: bool = False
    effect: str = ""


@dataclass(frozen=True)
class Tool:
    """A tool that has been checked; `parameters` is the JSON Schema of its arguments, None if it takes none."""

    name: str
    description: str
    summary: str
    parameters: dict[str, Any] | None
    timeout: timedelta
    attempts: int
    signature: Signature
    function: Callable[..., Awaitable[Any]]
    titled: str | Callable[..., str]
    effected: str | Callable[..., str] = ""
    trial: Mapping[str, Any] | None = None  # the arguments with which it may be tried out; None if it may not
    told: Callable[[Any], str] | None = None

    @classmethod
    def define(cls, written: ToolFunction[Any]) -> Tool:
        """Checks what the author wrote; raises TypeError that names file, function and parameter."""
        read = read_signature(written.function)
        where = place(written.function)
        name = read.function_name
        if not _GEMINI_NAME.fullmatch(name):
            raise TypeError(f"{where}: Gemini does not take {name[:40]!r} as a name")
        description = cleandoc(written.function.__doc__ or "")
        if not description:
            raise TypeError(f"{where} has no docstring, and the model would not know what it is for")
        if written.attempts < 1 or written.timeout <= timedelta():
            raise TypeError(f"{where}: attempts and timeout must be positive")
        _check_given(read, where)
        _check_sentence("title", written.title, read, where)
        _check_sentence("effect", written.effect, read, where)
        _check_trial(written, read, where)
        if written.outcome is not None and not callable(written.outcome):
            raise TypeError(f"{where}: the outcome must be a function of the tool's result")
        return cls(
            name=name,
            description=description,
            summary=title_line(written.summary),
            parameters=read.schema(),
            timeout=written.timeout,
            attempts=written.attempts,
            signature=read,
            function=written.function,
            titled=written.title,
            effected=written.effect,
            trial=written.trial,
            told=written.outcome,
        )

    @property
    def has_effect(self) -> bool:
        """Whether its calls change something in the world."""
        return self.effected != ""

    @property
    def _attempts(self) -> int:
        """A call with an effect is made once, unless the tool can tell its attempts from another call."""
        may_be_repeated = not self.has_effect or ToolCallKey in self.signature.given.values()
        return self.attempts if may_be_repeated else 1

    @property
    def needs(self) -> frozenset[type]:
        """What each of its calls has to be given, beside what the worker has."""
        return frozenset(PER_CALL.keys() & self.signature.given.values())

    @property
    def asks_service(self) -> bool:
        """Whether it is given a client for HTTP."""
        return httpx.AsyncClient in self.signature.given.values()

    def declaration(self) -> dict[str, Any]:
        """What the model is told, as plain JSON."""
        declared: dict[str, Any] = {"name": self.name, "description": self.description}
        if self.parameters is not None:
            declared["parametersJsonSchema"] = self.parameters
        return declared

    def policy(self, args: Mapping[str, Any] | None) -> ToolPolicy:
        """How to show and run a call with these arguments; never raises, even for arguments that the model invented."""
        try:
            arguments = self.signature.fit(args)
        except ArgumentsError:
            return ToolPolicy(self.name, LOCAL_ANSWER, attempts=1)
        effect = self._effect(arguments)
        return ToolPolicy(
            self._title(arguments), self.timeout, self._attempts, unknown_if_lost=self.has_effect, effect=effect
        )

    def _title(self, arguments: Mapping[str, Any]) -> str:
        """One line for people that names a call with these checked arguments."""
        try:
            return title_line(_made(self.titled, arguments))
        except Exception:
            _logger.exception("tool title failed", extra={"tool": self.name})
            return self.name

    def outcome(self, result: Any) -> str:
        """What came of a call with this result, in a few words for people; "" if there is nothing to say of it."""
        try:
            return outcome_line(self.told(result)) if self.told else of_result(result)
        except Exception:
            _logger.exception("tool outcome failed", extra={"tool": self.name})
            return ""

    def failure(self, args: Mapping[str, Any] | None, error: str) -> str:
        """The same of a call that has failed with this sentence for the model."""
        try:
            self.signature.fit(args)
        except ArgumentsError:
            return WRONG_ARGUMENTS
        return outcome_line(error)

    def _effect(self, arguments: Mapping[str, Any]) -> str:
        """One line for people that says what a call with these checked arguments does; "" only if the tool reads.

        A function that fails or returns nothing hides no effect: the tool's name stands for it.
        """
        if not self.has_effect:
            return ""
        try:
            sentence = effect_line(_made(self.effected, arguments))
        except Exception:
            _logger.exception("tool effect failed", extra={"tool": self.name})
            sentence = ""
        return sentence or self.name.replace("_", " ").strip().capitalize() or self.name


def title_line(text: object) -> str:
    """`text` as one line of at most LONGEST_TITLE characters that Slack and Temporal can store."""
    return title(writable(str(text)), LONGEST_TITLE)


def effect_line(text: str) -> str:
    """`text` as one line like a title, and without characters that a person cannot see: people decide by it."""
    return name_line(writable(text), LONGEST_TITLE)


def _made(written: str | Callable[..., str], arguments: Mapping[str, Any]) -> str:
    """The text, or what the function makes of those of the arguments that it names."""
    if isinstance(written, str):
        return written
    return written(**{name: arguments[name] for name in signature(written).parameters})


def _check_given(read: Signature, where: str) -> None:
    for name, kind in read.given.items():
        is_settings = isinstance(kind, type) and issubclass(kind, ToolSettings)
        if not is_settings and all(kind is not one for one in (httpx.AsyncClient, *PER_CALL)):
            raise TypeError(
                f"{where}: parameter {name!r}: the worker cannot give {kind}, only a client, ToolSettings, SlackView, "
                "SlackSearch or ToolCallKey"
            )


def _check_sentence(what: str, written: str | Callable[..., str], read: Signature, where: str) -> None:
    if isinstance(written, str):
        return
    if not callable(written):
        raise TypeError(f"{where}: the {what} must be a text or a function of some of the tool's arguments")
    for name in signature(written).parameters:
        if name not in read.names:
            raise TypeError(f"{where}: the {what} asks for {name!r}, which is not an argument of the tool")


def _check_trial(written: ToolFunction[Any], read: Signature, where: str) -> None:
    if written.trial is None:
        return
    if written.effect:
        raise TypeError(f"{where}: a tool with an effect is not tried out, so it has no trial")
    try:
        read.fit(written.trial)
    except ArgumentsError as error:
        raise TypeError(f"{where}: the trial does not fit: {error}") from error
