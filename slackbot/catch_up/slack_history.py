"""The messages in Slack's history that may be for the agent, read as if each came as an event."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import SaidToOthers, Thread
from process.slack import Identity
from process.slack_errors import error_code
from slackbot.catch_up.pace import Pace
from slackbot.catch_up.retries import StandsInTheWayError, with_retries
from slackbot.events import messages
from slackbot.events.ids import CHANNEL, TS, has_form
from slackbot.events.messages import Ignored, IncomingMessage
from text.json_shapes import mapping, mappings

# Slack allows fifty calls a minute of each of these methods, to all bots and workers together. Two bots may catch up at
# once, and the workers need thirty pages of threads: answers go before what nobody waits for.
LISTINGS_PER_MINUTE = 24
THREADS_PER_MINUTE = 10  # pages of threads
THREADS_APART = 3.0  # seconds: a bot that is restarted again and again does not know how many calls it has made
PAGE = 999  # messages or channels, the most that Slack returns in one call
# A thread's first message says when the last reply was. Older first messages than these are not read:
ROOTS_SINCE = 14 * 24 * 3_600.0  # seconds before the moment since which messages are looked for
ROOT_PAGES = 5  # pages of one channel
# With `oldest` alone, Slack begins with the messages closest to it. So both ends are sent; the other end is a moment
# that is in the future by any clock.
FUTURE = 24 * 3_600.0  # seconds
KINDS = ("public_channel", "private_channel", "mpim", "im")

Json = Mapping[str, Any]
Method = Callable[..., Awaitable[Any]]
logger = logging.getLogger(__name__)


class SlackHistory:
    """Reads slowly, to leave the worker its share of Slack's rate limits. Logs and leaves out what it cannot read.

    `unread`: how many channels and threads `since` had to leave out that may be readable later.
    """

    def __init__(self, client: AsyncWebClient, bot: Identity, allowed_apps: Collection[str] = ()) -> None:
        self._client = client
        self._bot = bot
        self._allowed_apps = allowed_apps
        self._listings = Pace(LISTINGS_PER_MINUTE)
        self._threads = Pace(THREADS_PER_MINUTE, THREADS_APART)
        self.unread = 0

    async def since(self, oldest: float, open_threads: Collection[Thread]) -> list[IncomingMessage]:
        """The messages after `oldest` (seconds since 1970) that may be for the agent, oldest first.

        Also older ones of a channel itself that were edited since then, if they mention the agent.
        `open_threads` are read even if their first message is too old to be found.
        """
        found: dict[tuple[str, str], IncomingMessage] = {}
        to_others: dict[Thread, list[SaidToOthers]] = {}
        self.unread = 0
        async for channel in self._channels():
            open_here = {thread.thread_ts for thread in open_threads if thread.channel == channel["id"]}
            facts = {"channel": channel["id"]}
            try:
                async for message in self._in_channel(channel["id"], oldest, open_here):
                    incoming = messages.read(self._as_event(message, channel), self._bot, self._allowed_apps)
                    is_older = float(message["ts"]) <= oldest
                    if isinstance(incoming, IncomingMessage) and not (is_older and incoming.only_if_taking_part):
                        found[channel["id"], incoming.message.ts] = incoming
                    elif isinstance(incoming, Ignored) and incoming.to_others is not None:
                        thread, said = incoming.to_others
                        to_others.setdefault(thread, []).append(said)
            except SlackApiError as error:
                logger.warning("channel left out", extra=facts | {"reason": error_code(error)})
            except StandsInTheWayError as error:
                self.unread += 1
                logger.warning("channel left for later", extra=facts | {"reason": str(error)})
            except Exception:
                logger.exception("channel left out by a defect", extra=facts)
        told = [_after(incoming, to_others.get(incoming.thread, [])) for incoming in found.values()]
        return sorted(told, key=lambda incoming: float(incoming.message.ts))

    async def _channels(self) -> AsyncIterator[Json]:
        """The channels that the bot is a member of. Each kind is listed by itself: the scope for one may be missing."""
        for kind in KINDS:
            try:
                async for channel in self._items(
                    self._client.users_conversations, "channels", types=kind, exclude_archived=True
                ):
                    yield channel
            except SlackApiError as error:
                logger.warning("conversations left out", extra={"kind": kind, "reason": error_code(error)})
            except StandsInTheWayError as error:
                self.unread += 1
                logger.warning("conversations left for later", extra={"kind": kind, "reason": str(error)})

    async def _in_channel(self, channel: str, oldest: float, open_here: set[str]) -> AsyncIterator[Json]:
        """What was written after `oldest` in the channel and its threads, and what was edited in the channel itself.

        `open_here` are threads to read in any case.
        """
        unseen, replied_to = set(open_here), []
        async for message in self._newest_first(channel, oldest):
            unseen.discard(str(message["ts"]))
            if float(message.get("latest_reply") or 0) > oldest:
                replied_to.append(str(message["ts"]))
            if max(float(message["ts"]), _edited_at(message)) > oldest:
                yield message
        for thread_ts in [*replied_to, *sorted(unseen)]:
            async for reply in self._in_thread(channel, thread_ts, oldest):
                yield reply

    async def _newest_first(self, channel: str, oldest: float) -> AsyncIterator[Json]:
        """The channel's messages, newest first: all after `oldest`, and then older ones, which may begin a thread."""
        count = 0
        both_ends = {"oldest": f"{oldest - ROOTS_SINCE:.6f}", "latest": f"{time.time() + FUTURE:.6f}"}
        async for message in self._items(self._client.conversations_history, "messages", channel=channel, **both_ends):
            count += 1
            if count > ROOT_PAGES * PAGE and float(message["ts"]) < oldest:
                return
            yield message

    async def _in_thread(self, channel: str, thread_ts: str, oldest: float) -> AsyncIterator[Json]:
        """The replies after `oldest` in a thread; none if Slack does not show it."""
        since = f"{oldest:.6f}"
        facts = {"channel": channel, "thread_ts": thread_ts}
        try:
            async for message in self._items(
                self._client.conversations_replies, "messages", channel=channel, ts=thread_ts, oldest=since
            ):
                if message["ts"] != thread_ts:  # Slack returns the first message too, however old
                    yield message
        except SlackApiError as error:
            logger.warning("thread left out", extra=facts | {"reason": error_code(error)})
        except StandsInTheWayError as error:
            self.unread += 1
            logger.warning("thread left for later", extra=facts | {"reason": str(error)})

    async def _items(self, method: Method, name: str, **arguments: Any) -> AsyncIterator[Json]:
        """The items of all pages of a listing, by their field `name`. Raises SlackApiError if Slack refuses."""
        pace = self._threads if "ts" in arguments else self._listings

        async def ask() -> Any:
            await pace.turn()
            return await method(limit=PAGE, **arguments)

        while True:
            page = await with_retries(ask, proof=self._client.auth_test)
            for item in mappings(page.get(name)):
                if _is_whole(item):
                    yield item
            arguments["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return

    def _as_event(self, message: Json, channel: Json) -> Json:
        """The payload that this message had as an event."""
        event = {**message, "type": "message", "channel": channel["id"], "channel_type": _kind(channel)}
        return {"team_id": self._bot.team_id, "event": event}


def _is_whole(item: Json) -> bool:
    """Whether it is a channel with an id, or a message with a `ts`."""
    return has_form(item.get("id"), CHANNEL) or has_form(item.get("ts"), TS)


def _kind(channel: Json) -> str:
    """The channel's kind, as an event names it in `channel_type`."""
    if channel.get("is_im"):
        return "im"
    if channel.get("is_mpim"):
        return "mpim"
    return "group" if channel.get("is_private") else "channel"


def _after(incoming: IncomingMessage, to_others: Collection[SaidToOthers]) -> IncomingMessage:
    """The message with what was said to others before it: of apps and of people the newest each."""
    before = sorted((said for said in to_others if said.ts < incoming.message.ts), key=lambda said: said.ts)
    newest = {said.by_app: said for said in before}
    return replace(incoming, after=tuple(newest.values()))


def _edited_at(message: Json) -> float:
    """When the message was edited, in seconds since 1970; 0 if it was not."""
    at = mapping(message.get("edited")).get("ts")
    return float(str(at)) if has_form(at, TS) else 0.0
