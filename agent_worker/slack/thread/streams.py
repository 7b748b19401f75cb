"""Slack's streamed messages: started, added to and stopped, where the workspace has them.

The SDK's helper keeps a stream in the memory of one process. Ours has to outlive the process, so the three methods are
called directly (https://docs.slack.dev/reference/methods/chat.startStream).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from cachetools import TTLCache
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.errors import SLACK_REFUSED, final
from agent_worker.payloads.thread import Author
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks.task_cards import PLAN
from agent_worker.slack.refusals import is_refusal
from agent_worker.slack.standing_status import StandingStatuses
from agent_worker.slack.thread.history import NO_THREAD
from agent_worker.slack.thread.metadata import Marked, marked
from agent_worker.slack.thread.taken_back import is_outside_thread

ReplyMode = Literal["auto", "stream", "post"]
Chunk = dict[str, Any]

# The workspace has no streams. The worker asks again only after it has been restarted.
_NOWHERE = {"feature_not_enabled", "unknown_method", "method_deprecated", "deprecated_endpoint"}
# There are none in this channel. It is not asked again for a while.
_NOT_IN_CHANNEL = {"channel_type_not_supported", "messages_tab_disabled", "method_not_supported_for_channel_type"}
# Slack takes no stream for this person, as the person is named. It is not asked again for a while.
_NOT_FOR_PERSON = {"missing_recipient_team_id", "missing_recipient_user_id", "team_not_found", "user_not_found"}
REMEMBERED = 10_000  # channels and people without streams; the one that was used least recently is forgotten first
REMEMBERED_FOR = timedelta(hours=6)  # then one more call finds out whether it is still so
# Slack's names for a message that cannot be added to or ended (any more), and for one that cannot be updated yet.
DEAD = "message_not_in_streaming_state"
STOPPED_BY_USER = "stopped_by_user"
STILL_STREAMING = "streaming_state_conflict"
logger = logging.getLogger(__name__)


class ThreadStreams:
    """`mode` is the setting SLACK_REPLY_MODE.

    "auto": streams where Slack has streams and the rate limits leave a call. "stream": waits for the rate limits
    instead. "post": never streams. Each call raises ApplicationError if Slack does not do it.
    """

    def __init__(self, api: SlackApi, mode: ReplyMode = "auto", standing: StandingStatuses | None = None) -> None:
        self._api = api
        self._standing = standing or StandingStatuses()
        self._mode = mode
        self._are_available = mode != "post"
        self._without: TTLCache[str, str] = TTLCache(REMEMBERED, REMEMBERED_FOR.total_seconds())  # ids, and why

    def may_start(self, thread: Thread, audience: Author | None) -> bool:
        """Whether it is worth trying. Slack streams to people, and not to apps."""
        if not self._are_available or audience is None or not audience.id.startswith(("U", "W")):
            return False
        return not {thread.channel, audience.id} & self._without.keys()

    async def start(self, thread: Thread, audience: Author | None, chunks: Sequence[Chunk]) -> str | None:
        """Starts a stream with these chunks. The `ts` of the new message, or None if nothing can be streamed here now.

        Whatever the reason of a refusal is, there is another way to show the text. Raises ApplicationError
        (retryable) if it is not known whether a stream was started.
        """
        if audience is None or not self.may_start(thread, audience) or not await self._has_call():
            return None
        client = self._api.client
        try:
            answer = await self._api.call_at_once(
                client.chat_startStream,
                channel=thread.channel,
                thread_ts=thread.thread_ts,
                recipient_user_id=audience.id,
                recipient_team_id=_workspace(audience.team, thread.team),
                chunks=list(chunks) or None,
                task_display_mode=PLAN,
            )
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            self._note_refusal(error.message, thread, audience)
            return None
        finally:
            self._standing.is_gone(thread)
        return str(answer["ts"])

    def _note_refusal(self, reason: str, thread: Thread, audience: Author) -> None:
        logger.info("not streamed", extra={"reason": reason})
        if reason in _NOWHERE:
            self._are_available = False
        elif reason in _NOT_IN_CHANNEL:
            self._without[thread.channel] = reason
        elif reason in _NOT_FOR_PERSON:
            self._without[audience.id] = reason

    async def _has_call(self) -> bool:
        """Takes a call for a start, if there is one. Slack allows as many stops, so there is one for its stop, too."""
        budget, method = self._api.budget, self._api.client.chat_startStream
        if self._mode == "stream":
            await budget.wait(method.__name__)
            return True
        return budget.spare(method.__name__)

    async def append(self, thread: Thread, ts: str, chunks: Sequence[Chunk]) -> bool:
        """Adds to the message. False if the rate limits leave no call for it now."""
        method = self._api.client.chat_appendStream
        if not self._api.budget.spare(method.__name__):
            return False
        try:
            await self._api.call_at_once(method, channel=thread.channel, ts=ts, chunks=list(chunks))
        finally:
            self._standing.is_gone(thread)
        return True

    async def stop(
        self,
        thread: Thread,
        ts: str,
        key: str,
        *,
        answers: Sequence[str] = (),
        chunks: Sequence[Chunk] = (),
        blocks: Sequence[dict[str, Any]] = (),
        session_status: str = "processing",
    ) -> None:
        """Ends the stream with these last chunks, and with `blocks` below them; it becomes the post with this key.

        `answers` are the `ts` of the messages that it answers. `session_status`: "suspended" waits for a person.
        """

        async def with_mark(mark: Marked) -> dict[str, Any]:
            return await self._api.call(
                self._api.client.chat_stopStream,
                channel=thread.channel,
                ts=ts,
                chunks=list(chunks) or None,
                blocks=mark.blocks(blocks) or None,
                metadata=mark.metadata,
                session_status=session_status,
            )

        try:
            stopped = await marked(with_mark, key, answers)
        finally:
            self._standing.is_gone(thread)
        if is_outside_thread(stopped):
            await self._take_back(thread, ts)
            raise final(SLACK_REFUSED, NO_THREAD)

    async def _take_back(self, thread: Thread, ts: str) -> None:
        """Deletes a stream that stands in the channel for everybody, because the thread's root is gone."""
        try:
            await self._api.call(self._api.client.chat_delete, channel=thread.channel, ts=ts)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.warning("stream outside of its thread not deleted", extra={"reason": error.message})


def _workspace(*teams: str) -> str | None:
    """The first id of a workspace; None if all are empty or name an organisation, which Slack does not take here."""
    return next((team for team in teams if team.startswith("T")), None)


def text_chunk(text: str) -> Chunk:
    return {"type": "markdown_text", "text": text}
