"""One turn sees one list of tools: what its first model call was told of them, later ones are told again.

A first model call that is tried again may go by another version of the agent: then it begins with another list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cachetools import LRUCache

from agent_worker.payloads.thread import InThread

Declarations = list[dict[str, Any]]
REMEMBERED = 300  # turns; one that is forgotten, or goes on in another worker, is told of the tools as they are then


class TurnLists:
    """Servers change their tools at any moment, and a model that is told of other ones in the middle loses its plan."""

    def __init__(self) -> None:
        self._lists: LRUCache[tuple[str, str, str], Declarations] = LRUCache(REMEMBERED)

    def of(self, request: InThread, version: str, declare: Callable[[], Declarations]) -> Declarations:
        """The list of this turn with this version (its digest); `declare` makes it in the first model call."""
        key = (request.thread.channel, request.turn, version)
        declared = self._lists.get(key)
        if declared is None:
            declared = self._lists[key] = declare()
        return declared
