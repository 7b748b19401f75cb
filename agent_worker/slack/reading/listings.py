"""The people of the workspace and the agent's own channels: listings that take many calls, remembered for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cachetools import TTLCache

from agent_worker.slack.reading.bounded_api import BoundedApi, Pages
from text.json_shapes import items, mapping, mappings, string

PEOPLE_FOR = timedelta(minutes=5)  # Slack allows 20 pages of people a minute
CHANNELS_FOR = timedelta(minutes=1)
# The pages of people that were read before an attempt had no more time: the next one goes on with them.
PAGES_FOR = timedelta(minutes=2)
_USER_FIELDS = (
    *("id", "name", "real_name", "team_id", "tz", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot"),
    "deleted",
)
_PROFILE_FIELDS = ("display_name", "real_name", "title")


@dataclass(frozen=True)
class People:
    """Users by id, as `users.list` tells, without the fields that nobody here needs; `is_whole`: there are no more."""

    by_id: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    is_whole: bool = False


class Listings:
    """Both methods raise ApplicationError while Slack cannot be asked, and ToolError as `BoundedApi` does."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._people: TTLCache[str, People] = TTLCache(1, PEOPLE_FOR.total_seconds(), timer=timer)
        self._channels: TTLCache[str, Mapping[str, str]] = TTLCache(1, CHANNELS_FOR.total_seconds(), timer=timer)
        self._begun: TTLCache[str, Pages] = TTLCache(1, PAGES_FOR.total_seconds(), timer=timer)
        self._asking = asyncio.Lock()  # who asks while another one does waits for the same listing

    async def people(self, api: BoundedApi) -> People:
        """Everybody, as they were at most PEOPLE_FOR and PAGES_FOR ago; nobody if Slack does not tell."""
        async with self._asking:
            if "" not in self._people:
                pages = self._begun.setdefault("", Pages())
                found, is_whole = await api.listing(api.client.users_list, "members", pages)
                self._begun.clear()
                self._people[""] = People({string(user.get("id")): _short(user) for user in mappings(found)}, is_whole)
            return self._people[""]

    async def own_channels(self, api: BoundedApi) -> Mapping[str, str]:
        """The ids of the channels that the agent was in at most CHANNELS_FOR ago, by their names without case."""
        async with self._asking:
            if "" not in self._channels:
                names: dict[str, str] = {}
                for kind in ("public_channel", "private_channel"):  # apart: perhaps only one of them is permitted
                    method = api.client.users_conversations
                    found, _ = await api.listing(method, "channels", types=kind, exclude_archived=True)
                    names |= {string(one.get("name")).casefold(): string(one.get("id")) for one in mappings(found)}
                self._channels[""] = names
            return self._channels[""]


def _short(user: Mapping[str, Any]) -> dict[str, Any]:
    profile, enterprise = mapping(user.get("profile")), mapping(user.get("enterprise_user"))
    return {
        **{name: user[name] for name in _USER_FIELDS if user.get(name)},
        "profile": {name: profile[name] for name in _PROFILE_FIELDS if profile.get(name)},
        "enterprise_user": {"teams": items(enterprise.get("teams"))},
    }
