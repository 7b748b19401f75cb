"""The people and channels of the workspace: what Slack tells of an id, remembered for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from cachetools import TTLCache
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from temporalio.exceptions import ApplicationError

from agent_worker.conversation.wording import model_form
from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE, retryable
from agent_worker.payloads.surroundings import Place, Profile
from agent_worker.slack import surroundings
from agent_worker.slack.api import SlackApi, may_not_see
from text.json_shapes import mapping

REMEMBERED = 10_000  # people and channels; the one that was asked for least recently is forgotten first
# A new name, or a person who became a guest, is noticed after this time. A busy thread still costs one call a person
# and 5 minutes, far below the 100 calls a minute that Slack allows for `users.info`.
REMEMBERED_FOR = timedelta(minutes=5)
# Of one question about several people or channels.
AT_ONCE = 10  # calls of Slack
NAMES_WITHIN = 3.0  # seconds; a name only helps to read, so nobody waits longer for it
PLACE_WITHIN = 1.0  # seconds; less, as every conversation of a channel asks for it
PEOPLE_WITHIN = 30.0  # seconds; who is not found in time is asked about again
# The fields of a user that are remembered: for the profile, and for the rules on who may talk to the agent.
_USER_FIELDS = ("name", "team_id", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "tz", "tz_offset")
_PROFILE_FIELDS = ("display_name", "real_name", "title")
_ENTERPRISE_FIELDS = ("enterprise_id", "teams")  # of an organisation with several workspaces (Enterprise Grid)
_CHANNEL_FIELDS = ("name", "is_private", "is_im", "is_mpim", "is_shared", "is_ext_shared", "is_org_shared")
Told = TypeVar("Told")


class Directory:
    """Looks up users and channels by id. `timer` gives seconds, `now` those since 1970.

    While Slack cannot be asked, each method that asks, except `names`, raises ApplicationError (SLACK_UNAVAILABLE, may
    be retried).
    """

    def __init__(
        self,
        api: SlackApi,
        *,
        bot_user_id: str,
        timer: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._api = api
        self._now = now
        self.bot_user_id = bot_user_id
        seconds = REMEMBERED_FOR.total_seconds()
        self._remembered: TTLCache[str, Mapping[str, Any]] = TTLCache(REMEMBERED, seconds, timer=timer)
        self._lookups: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # one at a time for each id

    async def names(self, ids: Iterable[str], *, within: str = "", only_to_spare: bool = False) -> dict[str, str]:
        """Display names by id, as in `name`, of those of whom Slack tells within NAMES_WITHIN. The bot is left out.

        Never raises: who is not found goes by the id. `only_to_spare`: asks Slack no more than the rate limits leave
        to spare at once, so that others do not wait for these names.
        """
        asked = [slack_id for slack_id in dict.fromkeys(ids) if slack_id != self.bot_user_id]
        if only_to_spare:
            asked = [slack_id for slack_id in asked if self.knows([slack_id]) or self._take_to_spare(slack_id)]
        found, _ = await _all_in_time(asked, partial(self.name, within=within, at_once=only_to_spare), NAMES_WITHIN)
        return found

    async def people(self, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """The users by id, each as in `user`, as many as Slack tells of within PEOPLE_WITHIN, but at least one.

        Raises ApplicationError (SLACK_UNAVAILABLE, may be retried) if there are ids, and Slack tells of none.
        """
        asked = list(dict.fromkeys(ids))
        found, errors = await _all_in_time(asked, self.user, PEOPLE_WITHIN)
        if asked and not found:
            raise next(iter(errors), retryable(SLACK_UNAVAILABLE, "users.info takes too long"))
        return found

    async def name(self, slack_id: str, *, within: str = "", at_once: bool = False) -> str:
        """The display name of a user or channel; the id itself if Slack does not tell.

        `within` is the channel in which the name will be read. The name of any other channel is told only if Slack says
        that the channel is public: somebody who reads it may not be in the private one. `at_once`: the rate limits have
        allowed the call already.
        """
        if _is_channel(slack_id):
            channel = await self._lookup(slack_id, at_once=at_once)
            is_told = slack_id == within or channel.get("is_private") is False
            return model_form.name(str((is_told and channel.get("name")) or slack_id))
        user = await self._lookup(slack_id, at_once=at_once)
        profile = user.get("profile") or {}
        called = (profile.get("display_name"), profile.get("real_name"), user.get("name"))
        return next(filter(None, (model_form.name(str(one or "")) for one in called)), slack_id)

    async def channel_name(self, slack_id: str) -> str | None:
        """The name of a channel as Slack writes it, without "#"; None if Slack does not tell."""
        name = (await self._lookup(slack_id)).get("name")
        return name if isinstance(name, str) and name else None

    def profiles(self, ids: Iterable[str]) -> dict[str, Profile]:
        """What the profiles of people say, by id; of those only of whom Slack has told lately. Asks Slack nothing."""
        remembered = {slack_id: self._remembered.get(slack_id) for slack_id in ids if not _is_channel(slack_id)}
        return {slack_id: surroundings.profile(user, self._now()) for slack_id, user in remembered.items() if user}

    async def place(self, channel: str) -> Place | None:
        """What Slack tells of a channel in which the agent answers, to whoever reads it there. Never raises.

        None if Slack does not tell, or not within PLACE_WITHIN, or if the rate limits leave no call to spare.
        """
        if not _is_channel(channel) or not (self.knows_place(channel) or self._take_to_spare(channel)):
            return None
        found, _ = await _all_in_time([channel], partial(self._lookup, at_once=True), PLACE_WITHIN)
        told = found.get(channel)
        return surroundings.place(channel, told) if told else None

    async def user(self, slack_id: str) -> Mapping[str, Any]:
        """The user as `users.info` tells, without the fields that nobody here needs; empty if Slack does not tell."""
        return await self._lookup(slack_id)

    def knows(self, ids: Iterable[str]) -> bool:
        """Whether all of the ids can be answered without a call to Slack."""
        return all(slack_id in self._remembered or slack_id == self.bot_user_id for slack_id in ids)

    def knows_place(self, channel: str) -> bool:
        """Whether `place` answers without a call to Slack."""
        return not _is_channel(channel) or self.knows([channel])

    def _take_to_spare(self, slack_id: str) -> bool:
        return self._api.budget.spare(self._method(slack_id).__name__)

    async def _lookup(self, slack_id: str, *, at_once: bool = False) -> Mapping[str, Any]:
        """From memory or from Slack; several lookups of one id at the same time make one call."""
        lock = self._lookups.setdefault(slack_id, asyncio.Lock())
        async with lock:
            known = self._remembered.get(slack_id)
            return await self._ask_and_remember(slack_id, at_once=at_once) if known is None else known

    async def _ask_and_remember(self, slack_id: str, *, at_once: bool) -> Mapping[str, Any]:
        call = self._api.call_at_once if at_once else self._api.call
        argument = "channel" if _is_channel(slack_id) else "user"
        try:
            answer = await call(self._method(slack_id), **{argument: slack_id})
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            if error.type != SLACK_REFUSED:  # a scope is missing: not remembered, as somebody may grant it soon
                return {}
            told: Mapping[str, Any] = {}
        else:
            told = (_channel if _is_channel(slack_id) else _user)(answer[argument])
        self._remembered[slack_id] = told
        return told

    def _method(self, slack_id: str) -> Callable[..., Awaitable[AsyncSlackResponse]]:
        client = self._api.client
        return client.conversations_info if _is_channel(slack_id) else client.users_info


def _is_channel(slack_id: str) -> bool:
    return slack_id.startswith(("C", "G"))


def _channel(told: Mapping[str, Any]) -> Mapping[str, Any]:
    about = {field: mapping(told.get(field)).get("value") for field in ("topic", "purpose")}
    return {**{field: told.get(field) for field in _CHANNEL_FIELDS}, **about}


def _user(told: Mapping[str, Any]) -> Mapping[str, Any]:
    profile, enterprise = told.get("profile") or {}, told.get("enterprise_user") or {}
    return {
        **{field: told.get(field) for field in _USER_FIELDS},
        "profile": {field: profile.get(field) for field in _PROFILE_FIELDS},
        "enterprise_user": {field: enterprise.get(field) for field in _ENTERPRISE_FIELDS},
    }


async def _all_in_time(
    ids: Sequence[str], look_up: Callable[[str], Awaitable[Told]], seconds: float
) -> tuple[dict[str, Told], list[ApplicationError]]:
    """Looks up all of them, AT_ONCE at the same time; what was found by id, and how Slack failed for the others."""
    room = asyncio.Semaphore(AT_ONCE)

    async def look_up_in_turn(slack_id: str) -> Told:
        async with room:
            return await look_up(slack_id)

    tasks = {slack_id: asyncio.create_task(look_up_in_turn(slack_id)) for slack_id in ids}
    try:
        if tasks:
            await asyncio.wait(tasks.values(), timeout=seconds)
    finally:
        for task in tasks.values():
            task.cancel()
    outcomes = zip(tasks, await asyncio.gather(*tasks.values(), return_exceptions=True), strict=True)
    found, errors = {}, []
    for slack_id, outcome in outcomes:
        if isinstance(outcome, ApplicationError):
            errors.append(outcome)
        elif isinstance(outcome, Exception):
            raise outcome
        elif not isinstance(outcome, BaseException):
            found[slack_id] = outcome
    return found, errors
