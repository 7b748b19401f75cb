"""The prompts that the app suggests, at the top of its Messages tab or in a thread."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Suggestion:
    """What is suggested in one place; prompts are `{title, message}`."""

    prompts: list[dict[str, str]] = field(default_factory=list)
    title: str = ""


class SuggestedPrompts:
    """The latest suggestion in each place. The thread_ts "" is the top of the Messages tab."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Suggestion] = {}

    @property
    def places(self) -> dict[tuple[str, str], Suggestion]:
        """All suggestions, by channel and thread_ts."""
        return dict(self._places)

    def set(self, channel: str, thread_ts: str, suggestion: Suggestion) -> None:
        self._places[(channel, thread_ts)] = suggestion

    def get(self, channel: str, thread_ts: str) -> Suggestion:
        """The suggestion in this place; an empty one if there is none."""
        return self._places.get((channel, thread_ts), Suggestion())
