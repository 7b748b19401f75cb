"""Slack's streamed messages: begun, added to and ended, where the workspace has them.

The SDK's helper keeps a stream in the memory of one process; ours has to outlive that, so the three methods are called
themselves (https://docs.slack.dev/reference/methods/chat.startStream).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Literal

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author
from agent_worker.slack.api import SlackApi

ReplyMode = Literal["auto", "stream", "post"]
Chunk = dict[str, Any]

# The workspace has no streams, and will not have them before the worker is started again.
_NOWHERE = {"feature_not_enabled", "unknown_method", "method_deprecated", "deprecated_endpoint"}
# Not in this place, or not for this person.
_NOT_HERE = {
    "channel_type_not_supported",
    "missing_recipient_team_id",
    "missing_recipient_user_id",
    "team_not_found",
    "user_not_found",
    "messages_tab_disabled",
    "method_not_supported_for_channel_type",
}
# The stream is over: nothing can be added, and only an update changes its message.
DEAD = "message_not_in_streaming_state"
STOPPED_BY_USER = "stopped_by_user"
STILL_STREAMING = "streaming_state_conflict"
logger = logging.getLogger(__name__)


class SlackStreams:
    """`mode`: whether to stream where it can be done (auto), to wait for Slack's limits with it (stream), or never."""

    def __init__(self, api: SlackApi, mode: ReplyMode = "auto") -> None:
        self._api = api
        self._mode = mode
        self._are_available = mode != "post"

    def may_start(self, audience: Author | None) -> bool:
        """Whether it is worth trying: an app is not streamed to."""
        return self._are_available and audience is not None and audience.id.startswith(("U", "W"))

    async def start(self, thread: Thread, audience: Author | None, chunks: Sequence[Chunk]) -> str | None:
        """The new message's `ts`; None where nothing can be streamed. Raises ApplicationError when it is not known."""
        if audience is None or not self.may_start(audience) or not await self._has_turn():
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
            )
        except ApplicationError as error:
            if error.message not in {*_NOWHERE, *_NOT_HERE}:
                raise
            self._are_available = error.message not in _NOWHERE
            logger.info("not streamed", extra={"reason": error.message})
            return None
        return str(answer["ts"])

    async def _has_turn(self) -> bool:
        """Each start pays for its stop: Slack's limits for them are the same, and nothing else stops a stream."""
        budget, method = self._api.budget, self._api.client.chat_startStream
        if self._mode == "stream":
            await budget.wait(method.__name__)
            return True
        return budget.spare(method.__name__)

    async def append(self, thread: Thread, ts: str, chunks: Sequence[Chunk]) -> bool:
        """Adds to the message; False when there is no call to spare for that just now."""
        method = self._api.client.chat_appendStream
        if not self._api.budget.spare(method.__name__):
            return False
        await self._api.call_at_once(method, channel=thread.channel, ts=ts, chunks=list(chunks))
        return True

    async def stop(
        self,
        thread: Thread,
        ts: str,
        *,
        metadata: dict[str, Any],
        chunks: Sequence[Chunk] = (),
        blocks: Sequence[dict[str, Any]] = (),
        session_status: str = "processing",
    ) -> None:
        await self._api.call(
            self._api.client.chat_stopStream,
            channel=thread.channel,
            ts=ts,
            chunks=list(chunks) or None,
            blocks=list(blocks) or None,
            metadata=metadata,
            session_status=session_status,
        )


def _workspace(*teams: str) -> str | None:
    """The first id of a workspace; None if all are empty or name an organisation, which Slack does not take here."""
    return next((team for team in teams if team.startswith("T")), None)


def text_chunk(text: str) -> Chunk:
    return {"type": "markdown_text", "text": text}
