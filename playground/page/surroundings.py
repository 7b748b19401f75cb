"""What runs around the emulated Slack, as far as the page shows it, looks into it and breaks it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Model = Literal["scripted", "real"]
Services = Literal["sample", "real"]
GoAway = Callable[[bool], Awaitable[None]]


class Process(Protocol):
    """One of the processes that somebody starts again when they end."""

    @property
    def pid(self) -> int | None: ...

    @property
    def is_up(self) -> bool: ...

    @property
    def restarts(self) -> int: ...

    async def kill(self) -> None:
        """As a crash would end it."""


@dataclass
class Surroundings:
    """Filled in while everything starts; what is not there can be neither shown nor broken.

    `temporal` are the arguments of `Client.connect`. `go_away` takes Gemini, Slack, the tools or Temporal away and
    brings them back; `away` says who is.
    """

    model: Model = "scripted"
    services: Services = "sample"
    temporal_ui: str = ""
    temporal: Mapping[str, Any] | None = None
    processes: dict[str, Process] = field(default_factory=dict)
    go_away: dict[str, GoAway] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    use_services: Callable[[Services], None] | None = None

    @property
    def notes(self) -> list[str]:
        """What a person should know about what is not real here."""
        notes = []
        if self.model == "scripted":
            notes.append(
                "The model is a script that knows a few phrases. For the real Gemini put GOOGLE_API_KEY=… into the "
                "file .env and start again."
            )
        if self.services == "sample":
            notes.append("Weather and IP addresses are sample data.")
        return notes
