"""What a Slack thread holds: what people said in it, and the agent's own messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import SaidToOthers, Thread
from agent_worker.conversation.wording import model_form, moments
from agent_worker.payloads.opening import Before
from agent_worker.payloads.surroundings import Profile
from agent_worker.slack.api import SlackApi, may_not_see
from agent_worker.slack.directory import Directory
from agent_worker.slack.messages import MessageReader, ids_in
from agent_worker.slack.thread import taken_back
from agent_worker.slack.thread.exchanges import said_to_others
from agent_worker.slack.thread.metadata import PostMetadata
from agent_worker.slack.thread.pages import ENOUGH, LARGE_PAGE, ThreadPages, each_once
from text.json_shapes import mappings, string

# What is read of a thread that the agent joins late. The newest messages are kept.
EARLIER_MESSAGES = ENOUGH
EARLIER_MESSAGE_CHARACTERS = 2_000  # of one message
EARLIER_CHARACTERS = 40_000  # of all of them
LEFT_OUT = "Older messages of this thread are left out."
NO_THREAD = "thread_not_found"  # Slack's name for a thread whose root was deleted, with no reply left below it
SECOND_LOOK_AFTER = timedelta(seconds=3)
MOST_LOOKED_FOR = 20  # messages; each takes a call
_NO_POST = PostMetadata()
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Past:
    """What a thread held before a message.

    `said` has one item for each message; it begins with the remark LEFT_OUT if it is not all. `answered` has the `ts`
    of messages that the agent has answered, at least of those that are not older than the message. `people` are the ids
    of those who wrote what was read, without apps, `names` by which the lines of `said` call them, and `profiles` what
    their profiles say, both as far as they were looked up. `gone` has the `ts` of asked messages that were deleted.
    `to_others` says that people talked with somebody else than the agent at its end.
    """

    said: tuple[Before, ...] = ()
    answered: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
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
        self._pages = ThreadPages(api)
        self._bot_user_id = bot_user_id
        self.reader = MessageReader(bot_user_id, bot_id)

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
        return [_own_message(message) for message in each_once(younger) if self._is_own(message)]

    async def past(self, thread: Thread, before: str, asked: Sequence[str] = ()) -> Past:
        """The thread up to the message `before` (a `ts`); empty if Slack does not let the agent read the thread.

        `asked` are the `ts` of messages of the thread that are to be answered, if they are still there. Takes a bounded
        number of calls, however long the thread is.
        """
        try:
            messages, since = await self._pages.around(thread, before)
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
            if message["ts"] < before and message["ts"] in there and not own.get(message["ts"], _NO_POST).shows_progress
        ]
        by_people = [message for message in earlier if message["ts"] not in own and not message.get("bot_id")]
        people = dict.fromkeys(str(message.get("user") or "") for message in by_people)
        earlier = taken_back.left_out(earlier, own, since)
        said, names = await self._said(earlier, thread.channel, is_whole=since == thread.thread_ts)
        return Past(
            said=tuple(said),
            names={user: names[user] for user in people if user in names},
            profiles=self._directory.profiles(people),
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
            page, _ = await self._pages.page(thread, limit=2, oldest=ts, latest=ts, inclusive=True)
        except ApplicationError as error:
            if error.message == NO_THREAD:
                return False
            if not may_not_see(error):
                raise
            return True  # nobody can tell: then the question counts
        return any(message["ts"] == ts and not taken_back.is_gone(message) for message in page)

    async def _said(
        self, messages: Sequence[dict[str, Any]], channel: str, *, is_whole: bool
    ) -> tuple[list[Before], dict[str, str]]:
        """The newest messages, as many as fit into EARLIER_CHARACTERS, and the names that stand in them."""
        newest = messages[-EARLIER_MESSAGES:]
        names = await self._directory.names(
            ids_in(newest, EARLIER_MESSAGE_CHARACTERS), within=channel, only_to_spare=True
        )
        profiles = self._directory.profiles(names)
        found = [
            Before(ts=str(message["ts"]), line=self._line(message, names, profiles), quotes=_quotes(message))
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
        remark = [] if is_whole else [Before(ts="", line=model_form.note(LEFT_OUT))]
        return [*remark, *reversed(kept)], names

    def _line(self, message: Mapping[str, Any], names: Mapping[str, str], profiles: Mapping[str, Profile]) -> str:
        """The message as the model reads it; "" if a person sees nothing of it."""
        content = self.reader.content(message, names, EARLIER_MESSAGE_CHARACTERS)
        if not content:
            return ""
        author = profiles.get(str(message.get("user") or ""), Profile())
        at = moments.written_at(str(message["ts"]), author.offsets)
        return model_form.line(**self.reader.author(message, names), at=at, **content)

    def _is_own(self, message: Mapping[str, Any]) -> bool:
        return self.reader.is_own(message)

    async def _messages(self, thread: Thread, oldest: str, *, at_once: bool) -> AsyncIterator[dict[str, Any]]:
        """The replies from `oldest` on and the root, which may come more than once. In no certain order."""
        cursor = ""
        while True:
            page, cursor = await self._pages.page(
                thread, limit=LARGE_PAGE, cursor=cursor, at_once=at_once and not cursor, oldest=oldest
            )
            for message in page:
                yield message
            if not cursor:
                return


def _own_message(message: Mapping[str, Any]) -> OwnMessage:
    names = tuple(str(file.get("name", "")) for file in message.get("files") or [])
    state = str(message.get("streaming_state") or "")
    return OwnMessage(str(message["ts"]), PostMetadata.read(message).key, state, names)


def _quotes(message: Mapping[str, Any]) -> list[str]:
    return [string(one.get("ts")) for one in mappings(message.get("attachments")) if string(one.get("ts"))]
