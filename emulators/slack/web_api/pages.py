"""Cursors and time ranges: which part of a listing the caller asks for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.state.messages import Message

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a listing. `next_cursor` is empty on the last page."""

    items: list[Item]
    next_cursor: str

    def metadata(self) -> dict[str, Any]:
        """The cursor, as users.conversations answers it."""
        return {"response_metadata": {"next_cursor": self.next_cursor}}

    def fields(self) -> dict[str, Any]:
        """`has_more`, and the cursor if there is more, as conversations.* answer them."""
        return {"has_more": bool(self.next_cursor), **(self.metadata() if self.next_cursor else {})}


def page(items: Sequence[Item], arguments: Arguments, *, default: int, largest: int) -> Page[Item]:
    """The page at the cursor. `default` is the limit if none is given. Raises invalid_limit for more than `largest`."""
    limit = arguments.number("limit", default=default)
    if not 1 <= limit <= largest:
        raise SlackError("invalid_limit")
    start = _decode(arguments.text("cursor"))
    end = start + limit
    return Page(list(items[start:end]), _encode(end) if end < len(items) else "")


def in_range(messages: Sequence[Message], arguments: Arguments) -> list[Message]:
    """The messages between `oldest` and `latest`, and with `inclusive` those at these moments."""
    oldest, latest = _bound(arguments, "oldest", 0.0), _bound(arguments, "latest", float("inf"))
    if arguments.flag("inclusive"):
        return [message for message in messages if oldest <= float(message.ts) <= latest]
    return [message for message in messages if oldest < float(message.ts) < latest]


def _bound(arguments: Arguments, name: str, default: float) -> float:
    value = arguments.text(name)
    if not value:
        return default
    try:
        return float(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _encode(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _decode(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        name, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name == "next" and int(position) > 0:
            return int(position)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")
