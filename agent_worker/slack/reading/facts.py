"""What Slack says at this moment of channels, their members and people: each is asked once for one call of a tool.

The directory remembers for minutes; who may see something is never decided by what was true minutes ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.payloads.surroundings import PlaceKind
from agent_worker.slack.api import may_not_see
from agent_worker.slack.reading.bounded_api import BoundedApi
from agent_worker.slack.reading.listings import Listings, People
from agent_worker.slack.surroundings import kind_of
from text.json_shapes import mapping, string
from text.lines import name


@dataclass(frozen=True)
class Channel:
    """`user` is the other person of direct messages. `is_shared`: people of other organisations read it, or may soon.

    What Slack does not say counts as private.
    """

    id: str
    kind: PlaceKind
    name: str = ""
    user: str = ""
    is_shared: bool = False
    is_archived: bool = False

    @property
    def is_public(self) -> bool:
        return self.kind == "public channel"

    @property
    def called(self) -> str:
        """As people call it."""
        if self.kind == "direct message":
            return "direct messages"
        return "group direct messages" if self.kind == "group direct message" else f"#{self.name}"

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Channel:
        is_with_others = told.get("is_shared") and not told.get("is_org_shared")
        signs = ("is_ext_shared", "is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")
        return cls(
            id=string(told.get("id")),
            kind=kind_of(told),
            name=name(string(told.get("name")), 100),
            user=string(told.get("user")),
            is_shared=bool(is_with_others or any(told.get(sign) for sign in signs)),
            is_archived=bool(told.get("is_archived")),
        )


class Facts:
    """Raises ApplicationError (SLACK_UNAVAILABLE, may be retried) while Slack cannot be asked."""

    def __init__(self, api: BoundedApi, listings: Listings) -> None:
        self._api = api
        self._listings = listings
        self._channels: dict[str, Channel | None] = {}
        self._members: dict[str, tuple[frozenset[str], bool]] = {}
        self._people: dict[str, Mapping[str, Any]] = {}

    async def channel(self, slack_id: str) -> Channel | None:
        """None if there is none, or if Slack does not tell the agent."""
        if slack_id not in self._channels:
            answer = await self._told(self._api.client.conversations_info, channel=slack_id)
            told = mapping(answer.get("channel"))
            self._channels[slack_id] = Channel.read(told) if told else None
        return self._channels[slack_id]

    async def members(self, channel: str) -> tuple[frozenset[str], bool]:
        """The ids of the members, and whether they are all: Slack may not tell, or there are too many to be read."""
        if channel not in self._members:
            self._members[channel] = await self._ask_members(channel)
        return self._members[channel]

    async def person(self, slack_id: str) -> Mapping[str, Any]:
        """As `users.info` tells; empty if Slack does not tell."""
        if slack_id not in self._people:
            answer = await self._told(self._api.client.users_info, user=slack_id)
            self._people[slack_id] = mapping(answer.get("user"))
        return self._people[slack_id]

    async def everybody(self) -> People:
        """All people of the workspace; the one answer that may be some minutes old."""
        return await self._listings.people(self._api)

    async def _ask_members(self, channel: str) -> tuple[frozenset[str], bool]:
        method = self._api.client.conversations_members
        found, is_whole = await self._api.listing(method, "members", channel=channel)
        return frozenset(filter(None, map(string, found))), is_whole

    async def _told(self, method: Any, **arguments: str) -> dict[str, Any]:
        try:
            return await self._api.call(method, **arguments)
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            return {}
