"""What a Slack thread holds: what people said in it, and the agent's own messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import SaidToOthers, Thread
from agent_worker.conversation import model_form, slack_markup
from agent_worker.conversation.message_text import seen
from agent_worker.conversation.taken_back import LEFT_OUT as ANSWER_LEFT_OUT
from agent_worker.payloads import post_keys
from agent_worker.payloads.opening import Before
from agent_worker.slack.api import SlackApi, may_not_see
from agent_worker.slack.directory import Directory
from agent_worker.slack.thread import taken_back
from agent_worker.slack.thread.exchanges import said_to_others
from agent_worker.slack.thread.metadata import PostMetadata
from text.json_shapes import mappings, string

PAGE = 200  # messages in one call
# Nobody says for certain whether a thread's first page has its oldest messages or its newest. So a thread that does not
# fit into one page is read by time: the messages of the last ten minutes before the question, or of a longer or shorter
# time, until these are neither too few nor more than one page.
LARGE_PAGE = 1_000  # messages in one call; Slack allows no more
FIRST_TIME = 600.0  # seconds before the question
LONGER = 16.0  # times as long, while there are too few messages
MOST_TRIES = 12
MOST_PAGES = 3  # of the messages after the question
# What is read of a thread that the agent joins late. The newest messages are kept.
EARLIER_MESSAGES = 100
EARLIER_MESSAGE_CHARACTERS = 2_000  # of one message
EARLIER_CHARACTERS = 40_000  # of all of them
MOST_NAMED = 20  # people and channels that are looked up to read it; others go by their ids
LEFT_OUT = "Older messages of this thread are left out."
NO_THREAD = "thread_not_found"  # Slack's name for a thread whose root was deleted, with no reply left below it
SECOND_LOOK_AFTER = timedelta(seconds=3)
MOST_LOOKED_FOR = 20  # messages; each takes a call
_NOTHING_SAID: dict[str, Any] = {"text": ANSWER_LEFT_OUT, "blocks": [], "attachments": [], "files": []}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Past:
    """What a thread held before a message.

    `said` has one item for each message; it begins with the remark LEFT_OUT if it is not all. `answered` has the `ts`
    of messages that the agent has answered, at least of those that are not older than the message. `people` are the ids
    of those who wrote what was read, without apps. `gone` has the `ts` of asked messages that were deleted. `to_others`
    says that people talked with somebody else than the agent at its end.
    """

    said: tuple[Before, ...] = ()
    answered: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    to_others: tuple[SaidToOthers, ...] = ()


@dataclass(frozen=True)
class OwnMessage:
    """A message of the agent. `key` is its post key, "" if it has none; `files` are the names of its files.

    `state` is Slack's `streaming_state`, "" if Slack does not tell one.
    """

    ts: str
    key: str
    state: str
    files: tuple[str, ...]


class ThreadHistory:
    """Reads threads. Raises ApplicationError (SLACK_UNAVAILABLE, retryable) while Slack cannot be reached."""

    def __init__(self, api: SlackApi, directory: Directory, *, bot_user_id: str, bot_id: str) -> None:
        self._api = api
        self._directory = directory
        self._bot_user_id = bot_user_id
        self._bot_id = bot_id

    def has_look_to_spare(self, *, may_be_last: bool = False) -> bool:
        """Whether the rate limits leave a call of `own_messages` for which no answer waits; it counts as made."""
        return self._api.budget.spare(self._api.client.conversations_replies.__name__, may_be_last=may_be_last)

    async def own_messages(self, thread: Thread, oldest: str, *, at_once: bool = False) -> list[OwnMessage]:
        """The agent's own messages in the thread that are younger than `oldest` (a `ts`), oldest first.

        With `at_once` it does not wait for the rate limits: `has_look_to_spare` has allowed it. Raises ApplicationError
        (SLACK_REFUSED, final) if the agent may not read the thread.
        """
        messages = self._messages(thread, oldest=oldest, at_once=at_once)
        younger = [message async for message in messages if message["ts"] > oldest]
        return [_own_message(message) for message in _each_once(younger) if self._is_own(message)]

    async def past(self, thread: Thread, before: str, asked: Sequence[str] = ()) -> Past:
        """The thread up to the message `before` (a `ts`); empty if Slack does not let the agent read the thread.

        `asked` are the `ts` of messages of the thread that are to be answered, if they are still there. Takes a bounded
        number of calls, however long the thread is.
        """
        try:
            messages, since = await self._around(thread, before)
        except ApplicationError as error:
            if error.message == NO_THREAD:
                return Past(gone=await self._gone(thread, asked))
            if not may_not_see(error):
                raise
            logger.warning("thread cannot be read", extra={"reason": error.message})
            return Past()
        there = {message["ts"] for message in messages if not taken_back.is_gone(message)}
        own = {message["ts"]: PostMetadata.read(message) for message in messages if self._is_own(message)}
        earlier = [
            message
            for message in messages
            if message["ts"] < before and message["ts"] in there and not _shows_progress(own.get(message["ts"]))
        ]
        by_people = [message for message in earlier if message["ts"] not in own and not message.get("bot_id")]
        people = dict.fromkeys(str(message.get("user") or "") for message in by_people)
        repeating = taken_back.repeating(earlier, own, since)
        earlier = [{**message, **_NOTHING_SAID} if message["ts"] in repeating else message for message in earlier]
        return Past(
            said=tuple(await self._said(earlier, thread.channel, is_whole=since == thread.thread_ts)),
            answered=tuple(ts for post in own.values() for ts in post.answers),
            people=tuple(filter(None, people)),
            gone=await self._gone(thread, [ts for ts in asked if ts not in there]),
            to_others=tuple(said_to_others(earlier, self._is_own, self._bot_user_id)),
        )

    async def _gone(self, thread: Thread, missing: Sequence[str]) -> tuple[str, ...]:
        """Those of the messages, which were not found, that are not there at a second look either.

        Slack may show a new message a moment late.
        """
        if missing:
            await asyncio.sleep(SECOND_LOOK_AFTER.total_seconds())
        looked_for = missing[:MOST_LOOKED_FOR]
        return tuple([ts for ts in looked_for if not await self._is_there(thread, ts)])

    async def _is_there(self, thread: Thread, ts: str) -> bool:
        try:
            page, _ = await self._page(thread, limit=2, oldest=ts, latest=ts, inclusive=True)
        except ApplicationError as error:
            if error.message == NO_THREAD:
                return False
            if not may_not_see(error):
                raise
            return True  # nobody can tell: then the question counts
        return any(message["ts"] == ts and not taken_back.is_gone(message) for message in page)

    async def _around(self, thread: Thread, before: str) -> tuple[list[dict[str, Any]], str]:
        """The messages before and after the message `before`, oldest first, and since when these are all there are.

        Of a long thread: the root, the newest messages before, and those after.
        """
        page, cursor = await self._page(thread, limit=PAGE)
        if not cursor:
            return _each_once(page), thread.thread_ts
        root = await self._root(thread, page)
        newest = await self._newest(thread, before)
        since = min((message["ts"] for message in newest if message["ts"] != thread.thread_ts), default=before)
        return _each_once([*root, *newest, *await self._after(thread, before)]), since

    async def _root(self, thread: Thread, page: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The thread's first message: from this page, or else with one call. None if it was deleted."""
        if not any(message["ts"] == thread.thread_ts for message in page):
            page, _ = await self._page(thread, limit=1, latest=thread.thread_ts, inclusive=True)
        return [message for message in page if message["ts"] == thread.thread_ts]

    async def _newest(self, thread: Thread, before: str) -> list[dict[str, Any]]:
        """Of a long thread, at most one page of the newest messages before this `ts`, oldest first."""
        age = float(before) - float(thread.thread_ts)
        too_short, too_long = 0.0, 0.0  # seconds before the message; 0.0: not known
        seconds = min(FIRST_TIME, age)
        newest: list[dict[str, Any]] = []
        for _ in range(MOST_TRIES):
            oldest = f"{float(before) - seconds:.6f}"
            page, cursor = await self._page(thread, limit=LARGE_PAGE, oldest=oldest, latest=before)
            if cursor:
                too_long = seconds
            else:
                newest, too_short = page, seconds
            if not cursor and (len(page) > EARLIER_MESSAGES or seconds >= age):
                break
            seconds = (too_short + too_long) / 2 if too_long else min(seconds * LONGER, age)
        return newest

    async def _after(self, thread: Thread, ts: str) -> list[dict[str, Any]]:
        """The messages after this `ts`, oldest first, at most MOST_PAGES pages."""
        found: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            page, cursor = await self._page(thread, limit=LARGE_PAGE, cursor=cursor, oldest=ts)
            found += page
            if not cursor:
                break
        return found

    async def _said(self, messages: Sequence[dict[str, Any]], channel: str, *, is_whole: bool) -> list[Before]:
        """The newest messages, as many as fit into EARLIER_CHARACTERS."""
        newest = messages[-EARLIER_MESSAGES:]
        names = await self._directory.names(self._ids_in(newest), within=channel, only_to_spare=True)
        found = [
            Before(ts=str(message["ts"]), line=self._line(message, names), quotes=_quotes(message))
            for message in newest
        ]
        room = EARLIER_CHARACTERS
        kept: list[Before] = []
        for one in reversed([one for one in found if one.line]):
            room -= len(one.line)
            if room < 0:
                break
            kept.append(one)
        is_whole = is_whole and len(messages) <= EARLIER_MESSAGES and room >= 0
        return [*([] if is_whole else [Before(ts="", line=model_form.note(LEFT_OUT))]), *reversed(kept)]

    def _ids_in(self, messages: Sequence[dict[str, Any]]) -> list[str]:
        """The ids whose names help most to read the messages: first the authors, then who is mentioned."""
        newest_first = messages[::-1]
        authors = [str(message.get("user") or "") for message in newest_first if not message.get("bot_id")]
        texts = [str(message.get("text") or "")[:EARLIER_MESSAGE_CHARACTERS] for message in newest_first]
        people = [slack_id for text in texts for slack_id in slack_markup.user_mentions(text)]
        channels = [slack_id for text in texts for slack_id in slack_markup.channel_mentions(text)]
        return list(dict.fromkeys(filter(None, [*authors, *people, *channels])))[:MOST_NAMED]

    def _line(self, message: Mapping[str, Any], names: Mapping[str, str]) -> str:
        """The message as the model reads it; "" if a person sees nothing of it."""
        found = seen(message, bot_user_id=self._bot_user_id, names=names).cut(EARLIER_MESSAGE_CHARACTERS)
        if not any(found.fields.values()):
            return ""
        return model_form.line(**self._author(message, names), **found.fields)

    def _author(self, message: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
        """The fields that say whose message it is. Only the agent's own, judged by the app's id, has `yours`."""
        if self._is_own(message):
            return {"yours": True}
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            called = str(message.get("username") or profile.get("name") or message["bot_id"])
            return {"from": model_form.name(called), "app": str(message["bot_id"])}
        user = str(message.get("user") or "")
        return {"from": model_form.name(names.get(user, user)) or "somebody", "id": user}

    def _is_own(self, message: Mapping[str, Any]) -> bool:
        """Whether the agent wrote it. Metadata alone proves nothing: another app can copy it.

        Whether Slack names the bot in a message with the agent's own file, nobody says for certain; it names the user.
        """
        if message.get("bot_id"):
            return bool(message["bot_id"] == self._bot_id)
        return message.get("user") == self._bot_user_id

    async def _messages(self, thread: Thread, oldest: str, *, at_once: bool) -> AsyncIterator[dict[str, Any]]:
        """The replies from `oldest` on and the root, which may come more than once. In no certain order."""
        cursor = ""
        while True:
            page, cursor = await self._page(
                thread, limit=LARGE_PAGE, cursor=cursor, at_once=at_once and not cursor, oldest=oldest
            )
            for message in page:
                yield message
            if not cursor:
                return

    async def _page(
        self, thread: Thread, *, limit: int, cursor: str = "", at_once: bool = False, **times: str | bool
    ) -> tuple[list[dict[str, Any]], str]:
        """One call: messages, and the cursor of the next page, "" if this is the last. `times`: Slack's bounds."""
        call = self._api.call_at_once if at_once else self._api.call
        answer = await call(
            self._api.client.conversations_replies,
            channel=thread.channel,
            ts=thread.thread_ts,
            limit=limit,
            cursor=cursor or None,
            include_all_metadata=True,
            **times,
        )
        messages: list[dict[str, Any]] = answer.get("messages", [])
        return messages, str((answer.get("response_metadata") or {}).get("next_cursor") or "")


def _own_message(message: Mapping[str, Any]) -> OwnMessage:
    names = tuple(str(file.get("name", "")) for file in message.get("files") or [])
    state = str(message.get("streaming_state") or "")
    return OwnMessage(str(message["ts"]), PostMetadata.read(message).key, state, names)


def _quotes(message: Mapping[str, Any]) -> list[str]:
    return [string(one.get("ts")) for one in mappings(message.get("attachments")) if string(one.get("ts"))]


def _shows_progress(own: PostMetadata | None) -> bool:
    key = post_keys.read(own.key) if own else None
    return key is not None and key.kind == "progress"


def _each_once(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the order of their `ts`; the root may come with every page."""
    found = {str(message["ts"]): message for message in messages}
    return [found[ts] for ts in sorted(found, key=float)]
