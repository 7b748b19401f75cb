"""The people and channels of the workspace: what Slack tells of an id, remembered for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from cachetools import TTLCache
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_REFUSED
from agent_worker.slack.api import SlackApi, may_not_see

REMEMBERED = 10_000  # people and channels; the one that was asked for least recently is forgotten first
# A new name, or a person who became a guest, is noticed after this time. A busy thread still costs one call a person
# and 5 minutes, far below the 100 calls a minute that Slack allows for `users.info`.
REMEMBERED_FOR = timedelta(minutes=5)
# The fields of a user that are remembered: for the name, and for the rules on who may talk to the agent.
_USER_FIELDS = ("name", "team_id", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
_PROFILE_FIELDS = ("display_name", "real_name")
_ENTERPRISE_FIELDS = ("enterprise_id", "teams")  # of an organisation with several workspaces (Enterprise Grid)


class Directory:
    """Looks up users and channels by id. `timer` gives seconds.

    While Slack cannot be asked, each method that asks raises ApplicationError (SLACK_UNAVAILABLE, may be retried).
    """

    def __init__(self, api: SlackApi, *, bot_user_id: str, timer: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self.bot_user_id = bot_user_id
        seconds = REMEMBERED_FOR.total_seconds()
        self._remembered: TTLCache[str, Mapping[str, Any]] = TTLCache(REMEMBERED, seconds, timer=timer)
        self._lookups: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # one at a time for each id

    async def names(self, ids: Iterable[str], *, within: str = "") -> dict[str, str]:
        """Display names by id, as in `name`. The bot itself is left out."""
        return {slack_id: await self.name(slack_id, within=within) for slack_id in ids if slack_id != self.bot_user_id}

    async def name(self, slack_id: str, *, within: str = "") -> str:
        """The display name of a user or channel; the id itself if Slack does not tell.

        `within` is the channel in which the name will be read. The name of any other channel is told only if Slack says
        that the channel is public: somebody who reads it may not be in the private one.
        """
        if _is_channel(slack_id):
            channel = await self._lookup(slack_id)
            is_told = slack_id == within or channel.get("is_private") is False
            return str((is_told and channel.get("name")) or slack_id)
        user = await self.user(slack_id)
        profile = user.get("profile") or {}
        return str(profile.get("display_name") or profile.get("real_name") or user.get("name") or slack_id)

    async def user(self, slack_id: str) -> Mapping[str, Any]:
        """The user as `users.info` tells, without the fields that nobody here needs; empty if Slack does not tell."""
        return await self._lookup(slack_id)

    def knows(self, ids: Iterable[str]) -> bool:
        """Whether all of the ids can be answered without a call to Slack."""
        return all(slack_id in self._remembered or slack_id == self.bot_user_id for slack_id in ids)

    async def _lookup(self, slack_id: str) -> Mapping[str, Any]:
        """From memory or from Slack; several lookups of one id at the same time make one call."""
        lock = self._lookups.setdefault(slack_id, asyncio.Lock())
        async with lock:
            known = self._remembered.get(slack_id)
            return await self._ask_and_remember(slack_id) if known is None else known

    async def _ask_and_remember(self, slack_id: str) -> Mapping[str, Any]:
        try:
            told = await (self._ask_channel(slack_id) if _is_channel(slack_id) else self._ask_user(slack_id))
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            if error.type != SLACK_REFUSED:  # a scope is missing: not remembered, as somebody may grant it soon
                return {}
            told = {}
        self._remembered[slack_id] = told
        return told

    async def _ask_channel(self, slack_id: str) -> Mapping[str, Any]:
        channel = (await self._api.call(self._api.client.conversations_info, channel=slack_id))["channel"]
        return {"name": channel.get("name"), "is_private": channel.get("is_private")}

    async def _ask_user(self, slack_id: str) -> Mapping[str, Any]:
        user = (await self._api.call(self._api.client.users_info, user=slack_id))["user"]
        profile, enterprise = user.get("profile") or {}, user.get("enterprise_user") or {}
        kept = {field: user.get(field) for field in _USER_FIELDS}
        return {
            **kept,
            "profile": {field: profile.get(field) for field in _PROFILE_FIELDS},
            "enterprise_user": {field: enterprise.get(field) for field in _ENTERPRISE_FIELDS},
        }


def _is_channel(slack_id: str) -> bool:
    return slack_id.startswith(("C", "G"))
