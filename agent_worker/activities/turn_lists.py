"""One turn sees one list of tools: what its first model call was told of them, later ones are told again.

A first model call that is tried again may go by another version of the agent: then it begins with another list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from agent_worker.payloads.thread import InThread

REMEMBERED = 300  # turns; one that is forgotten, or goes on in another worker, is told of the tools as they are then


@dataclass(frozen=True)
class ToolList:
    """`away`: sentences for the model about tools that nobody knows just now.

    `lacking`: what the turn's calls cannot be given. Tools that need it are not declared.
    """

    declarations: Sequence[dict[str, Any]] = ()
    away: Sequence[str] = ()
    lacking: Collection[type] = ()


class TurnLists:
    """Servers change their tools at any moment, and a model that is told of other ones in the middle loses its plan."""

    def __init__(self) -> None:
        self._lists: LRUCache[tuple[str, str, str], ToolList] = LRUCache(REMEMBERED)

    def of(self, request: InThread, version: str, make: Callable[[], ToolList]) -> ToolList:
        """The list of this turn with this version (its digest); `make` makes it in the first model call."""
        key = (request.thread.channel, request.turn, version)
        known = self._lists.get(key)
        if known is None:
            known = self._lists[key] = make()
        return known
