"""What runs around the emulated Slack and is shown, looked into or broken from the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from agent_worker.agents.agent_file import AgentFile

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

    async def kill(self) -> None:
        """Ends the process as a crash would."""


@dataclass
class Surroundings:
    """Filled while the playground starts. What is missing is neither shown nor broken.

    `temporal` are the arguments of `Client.connect`. `go_away` holds a function for each of gemini, slack, tools and
    temporal that takes it away and brings it back; `away` holds the names of those that are away. `agents` are those
    that answer, by name.
    """

    model: Model = "scripted"
    services: Services = "sample"
    temporal: Mapping[str, Any] | None = None
    processes: dict[str, Process] = field(default_factory=dict)
    go_away: dict[str, GoAway] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    agents: Mapping[str, AgentFile] = field(default_factory=dict)
    use_services: Callable[[Services], None] | None = None

    @property
    def notes(self) -> list[str]:
        """Sentences for people about what is not real here."""
        notes = []
        if self.model == "scripted":
            notes.append(
                "The model is a script that knows a few phrases. For the real Gemini put GOOGLE_API_KEY=… into the "
                "file .env and start again."
            )
        if self.services == "sample":
            notes.append("Weather and IP addresses are sample data.")
        return notes
