"""What was written in Slack since a moment and may be for the agent: read from the history, as events would tell it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread
from process.slack import Identity
from process.slack_errors import error_code
from slackbot.catch_up.pacing import Pace
from slackbot.catch_up.patience import patiently
from slackbot.events import messages
from slackbot.events.messages import Incoming

# Slack allows fifty calls a minute of each of these methods, to bot and worker together. A thread can take two calls.
LISTINGS_PER_MINUTE = 40
THREADS_PER_MINUTE = 20
PAGE = 999  # the most that Slack gives at once
# Threads are found by the time of their last reply, which Slack tells with their root: so far back it is looked for.
ROOTS_SINCE = 14 * 24 * 3_600.0  # seconds
ROOT_PAGES = 5  # in a channel, beyond which older roots are left alone
KINDS = ("public_channel", "private_channel", "mpim", "im")

Json = Mapping[str, Any]
Method = Callable[..., Awaitable[Any]]
logger = logging.getLogger(__name__)


class History:
    """Reads at a pace that leaves Slack's limits to the others; what Slack does not show it leaves out and says so."""

    def __init__(self, client: AsyncWebClient, bot: Identity, allowed_apps: Collection[str] = ()) -> None:
        self._client = client
        self._bot = bot
        self._allowed_apps = allowed_apps
        self._listings = Pace(LISTINGS_PER_MINUTE)
        self._threads = Pace(THREADS_PER_MINUTE)

    async def since(self, oldest: float, open_threads: Collection[Thread]) -> list[Incoming]:
        """The messages after `oldest` (seconds since 1970) that may be for the agent, in the order of their writing.

        `open_threads` are looked into even when their root is too old to be found.
        """
        found: dict[tuple[str, str], Incoming] = {}
        async for channel in self._channels():
            ours = {thread.thread_ts for thread in open_threads if thread.channel == channel["id"]}
            try:
                async for message in self._in_channel(channel["id"], oldest, ours):
                    incoming = messages.read(self._as_event(message, channel), self._bot, self._allowed_apps)
                    if isinstance(incoming, Incoming):
                        found[channel["id"], incoming.message.ts] = incoming
            except SlackApiError as error:
                logger.warning("channel left out", extra={"channel": channel["id"], "reason": error_code(error)})
        return sorted(found.values(), key=lambda incoming: float(incoming.message.ts))

    async def _channels(self) -> AsyncIterator[Json]:
        """Where the bot is a member. Each kind is asked for by itself: a missing scope costs no more than its kind."""
        for kind in KINDS:
            try:
                async for channel in self._listed(
                    self._client.users_conversations, "channels", types=kind, exclude_archived=True
                ):
                    yield channel
            except SlackApiError as error:
                logger.warning("conversations left out", extra={"kind": kind, "reason": error_code(error)})

    async def _in_channel(self, channel: str, oldest: float, ours: set[str]) -> AsyncIterator[Json]:
        """Messages of the channel and of its threads after `oldest`."""
        unseen, moved = set(ours), []
        async for message in self._recent(channel, oldest):
            unseen.discard(str(message["ts"]))
            if float(message.get("latest_reply") or 0) > oldest:
                moved.append(str(message["ts"]))
            if float(message["ts"]) > oldest:
                yield message
        for thread_ts in [*moved, *sorted(unseen)]:
            async for reply in self._in_thread(channel, thread_ts, oldest):
                yield reply

    async def _recent(self, channel: str, oldest: float) -> AsyncIterator[Json]:
        """The newest first, back to `oldest` in any case, and from there to older roots of threads."""
        count = 0
        since = f"{oldest - ROOTS_SINCE:.6f}"
        async for message in self._listed(
            self._client.conversations_history, "messages", channel=channel, oldest=since
        ):
            count += 1
            if count > ROOT_PAGES * PAGE and float(message["ts"]) < oldest:
                return
            yield message

    async def _in_thread(self, channel: str, thread_ts: str, oldest: float) -> AsyncIterator[Json]:
        since = f"{oldest:.6f}"
        try:
            async for message in self._listed(
                self._client.conversations_replies, "messages", channel=channel, ts=thread_ts, oldest=since
            ):
                if message["ts"] != thread_ts:  # the root comes along, however old
                    yield message
        except SlackApiError as error:
            facts = {"channel": channel, "thread_ts": thread_ts, "reason": error_code(error)}
            logger.warning("thread left out", extra=facts)

    async def _listed(self, method: Method, name: str, **arguments: Any) -> AsyncIterator[Json]:
        """All items of a paged listing; raises SlackApiError where waiting is no use."""
        pace = self._threads if "ts" in arguments else self._listings

        async def ask() -> Any:
            await pace.turn()
            return await method(limit=PAGE, **arguments)

        while True:
            page = await patiently(ask)
            for item in page.get(name, []):
                yield item
            arguments["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return

    def _as_event(self, message: Json, channel: Json) -> Json:
        """The body that the event of this message had."""
        event = {**message, "type": "message", "channel": channel["id"], "channel_type": _kind(channel)}
        return {"team_id": self._bot.team_id, "event": event}


def _kind(channel: Json) -> str:
    """Slack's `channel_type`."""
    if channel.get("is_im"):
        return "im"
    if channel.get("is_mpim"):
        return "mpim"
    return "group" if channel.get("is_private") else "channel"
