"""Slack's streamed messages: started, added to and stopped, where the workspace has them.

The SDK's helper keeps a stream in the memory of one process. Ours has to outlive the process, so the three methods are
called directly (https://docs.slack.dev/reference/methods/chat.startStream).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Literal

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author
from agent_worker.slack.api import SlackApi
from agent_worker.slack.thread.metadata import metadata

ReplyMode = Literal["auto", "stream", "post"]
Chunk = dict[str, Any]

# The workspace has no streams. The worker asks again only after it has been restarted.
_NOWHERE = {"feature_not_enabled", "unknown_method", "method_deprecated", "deprecated_endpoint"}
# There are none in this place, or none for this person.
_NOT_HERE = {
    "channel_type_not_supported",
    "missing_recipient_team_id",
    "missing_recipient_user_id",
    "user_not_found",
    "messages_tab_disabled",
    "method_not_supported_for_channel_type",
}
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

    def __init__(self, api: SlackApi, mode: ReplyMode = "auto") -> None:
        self._api = api
        self._mode = mode
        self._are_available = mode != "post"

    def may_start(self, audience: Author | None) -> bool:
        """Whether it is worth trying. Slack streams to people, and not to apps."""
        return self._are_available and audience is not None and audience.id.startswith(("U", "W"))

    async def start(self, thread: Thread, audience: Author | None, chunks: Sequence[Chunk]) -> str | None:
        """Starts a stream with these chunks. The `ts` of the new message, or None if nothing can be streamed here now.

        Raises ApplicationError if it is not known whether a stream was started.
        """
        if audience is None or not self.may_start(audience) or not await self._has_call():
            return None
        client = self._api.client
        try:
            answer = await self._api.call_at_once(
                client.chat_startStream,
                channel=thread.channel,
                thread_ts=thread.thread_ts,
                recipient_user_id=audience.id,
                recipient_team_id=audience.team or thread.team,
                chunks=list(chunks) or None,
            )
        except ApplicationError as error:
            if error.message not in {*_NOWHERE, *_NOT_HERE}:
                raise
            self._are_available = error.message not in _NOWHERE
            logger.info("not streamed", extra={"reason": error.message})
            return None
        return str(answer["ts"])

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
        await self._api.call_at_once(method, channel=thread.channel, ts=ts, chunks=list(chunks))
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
        await self._api.call(
            self._api.client.chat_stopStream,
            channel=thread.channel,
            ts=ts,
            chunks=list(chunks) or None,
            blocks=list(blocks) or None,
            metadata=metadata(key, answers),
            session_status=session_status,
        )


def text_chunk(text: str) -> Chunk:
    return {"type": "markdown_text", "text": text}
