"""What all that is read in Slack needs: the workspace's clients, and what is remembered of it for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

from agent_worker.slack.api import SlackApi
from agent_worker.slack.directory import Directory
from agent_worker.slack.messages import MessageReader
from agent_worker.slack.reading.listings import Listings

SEARCH_SCOPE = "search:read.public"
NOT_SEARCHED = timedelta(minutes=10)  # after a refusal; somebody may grant it meanwhile


class SearchGrant:
    """Whether the workspace lets the agent search.

    `scopes` are those that Slack said the app has; None if it did not say. `timer` gives seconds.
    """

    def __init__(self, scopes: Collection[str] | None, timer: Callable[[], float] = time.monotonic) -> None:
        self._is_missing = scopes is not None and SEARCH_SCOPE not in scopes
        self._timer = timer
        self._refused_until = float("-inf")

    @property
    def is_granted(self) -> bool:
        return not self._is_missing and self._timer() >= self._refused_until

    def refused(self) -> None:
        """Slack has refused a search because it is not granted."""
        self._refused_until = self._timer() + NOT_SEARCHED.total_seconds()


@dataclass(frozen=True)
class Workspace:
    """`team` is its id, and `url` its address, `https://name.slack.com/`; "" if Slack has not told it."""

    api: SlackApi
    directory: Directory
    reader: MessageReader
    team: str
    url: str
    search: SearchGrant
    listings: Listings = field(default_factory=Listings)
