"""What runs around the emulated Slack and is shown, looked into or broken from the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from agent_worker.agents.agent_file import AgentFile
from playground.call_log import CallLog
from playground.page.notices import Notices

Model = Literal["scripted", "real"]
Services = Literal["sample", "real"]
GoAway = Callable[[bool], Awaitable[None]]  # True takes something away, False brings it back


class Process(Protocol):
    """A process that is started again when it ends."""

    @property
    def pid(self) -> int | None: ...

    @property
    def is_up(self) -> bool: ...

    @property
    def restarts(self) -> int: ...

    @property
    def why(self) -> str:
        """While it is down: what is to be said of it, after its name; "" if there is nothing more to say."""

    async def kill(self) -> None:
        """Ends the process as a crash would."""


@dataclass
class Surroundings:
    """Filled while the playground starts. What is missing is neither shown nor broken.

    `temporal` are the arguments of `Client.connect`. `go_away` holds a function for each of gemini, slack, tools and
    temporal that takes it away and brings it back; `away` holds the names of those that are away. `agents` are those
    that answer, by name. `log` has what the worker has asked of Gemini and Slack; `secrets` are tokens, keys and
    passwords of this playground, which the page never shows. `notices` are for whoever writes tools and agents.
    """

    model: Model = "scripted"
    services: Services = "sample"
    temporal: Mapping[str, Any] | None = None
    processes: dict[str, Process] = field(default_factory=dict)
    go_away: dict[str, GoAway] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    agents: Mapping[str, AgentFile] = field(default_factory=dict)
    log: CallLog = field(default_factory=CallLog)
    secrets: frozenset[str] = frozenset()
    use_services: Callable[[Services], None] | None = None
    notices: Notices = field(default_factory=Notices)

    @property
    def notes(self) -> list[str]:
        """Sentences for people about what is not real here."""
        notes = []
        if self.model == "scripted":
            notes.append(
                "The model is a script: it looks for words and calls the tools that fit. For the real Gemini put "
                "GOOGLE_API_KEY=… into the file .env and start again."
            )
        if self.services == "sample":
            notes.append("Weather, IP addresses and the helpdesk are sample data.")
        return notes
