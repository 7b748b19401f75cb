"""What people have typed and chosen in messages and views, and not yet sent: Slack's `state.values`."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
Surface = tuple[str, str]  # channel and ts of a message, or "view" and the id of a view


class Entries:
    """One person's entries are not seen by others. They last as long as the block_id and the action_id."""

    def __init__(self) -> None:
        self._made: dict[tuple[Surface, str], dict[tuple[str, str], Json]] = {}

    def of(self, surface: Surface, user: str) -> dict[tuple[str, str], Json]:
        """The states of elements that this person has changed, by block_id and action_id."""
        return dict(self._made.get((surface, user), {}))

    def set(self, surface: Surface, user: str, block_id: str, action_id: str, state: Json) -> None:
        made = self._made.setdefault((surface, user), {})
        self._made[surface, user] = {**made, (block_id, action_id): state}

    def forget(self, surface: Surface) -> None:
        """Drop what everybody has entered there: the view is closed."""
        self._made = {place: made for place, made in self._made.items() if place[0] != surface}

    def all(self) -> dict[tuple[Surface, str], dict[tuple[str, str], Json]]:
        """All entries, by the place and the person."""
        return self._made
