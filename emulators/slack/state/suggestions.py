"""The prompts that the app suggests, at the top of its Messages tab or in a thread."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Suggested:
    """What is suggested in one place: prompts are `{title, message}`."""

    prompts: list[dict[str, str]] = field(default_factory=list)
    title: str = ""


class Suggestions:
    """The latest suggestions of each place; a thread_ts of "" is the top of the Messages tab."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Suggested] = {}

    @property
    def places(self) -> dict[tuple[str, str], Suggested]:
        """All suggestions by channel and thread_ts."""
        return dict(self._places)

    def set(self, channel: str, thread_ts: str, suggested: Suggested) -> None:
        self._places[(channel, thread_ts)] = suggested

    def get(self, channel: str, thread_ts: str) -> Suggested:
        return self._places.get((channel, thread_ts), Suggested())
