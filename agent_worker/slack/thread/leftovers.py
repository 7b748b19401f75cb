"""What a turn has left in its thread already, when somebody goes on with it: found with one look, and told apart here.

An attempt that was killed, or whose calls got no reply, may have left messages that the conversation knows nothing of.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads import post_keys
from agent_worker.payloads.thread import Deliver, Draft, InThread
from agent_worker.slack.refusals import is_refusal
from agent_worker.slack.thread.history import OwnMessage, ThreadHistory
from agent_worker.slack.thread.streams import DEAD, STOPPED_BY_USER, ThreadStreams

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PossibleStream:
    """A message that may still be a stream. `was_stream`: it was one in any case, even if it has ended meanwhile."""

    ts: str
    was_stream: bool


@dataclass(frozen=True)
class Leftovers:
    """What a delivery finds.

    `drafts` are the `ts` of messages that may become the answer or be deleted, oldest first. `possible_streams` may
    belong to them, but have to be ended first. `posts` are the `ts` of finished messages by their post key, and `files`
    the names of the files: both stay. `steps` is the `ts` of the turn's progress message, None if there is none.
    `is_retry`: an earlier attempt may have done a part of this delivery.
    """

    drafts: Sequence[str] = ()
    possible_streams: Sequence[PossibleStream] = ()
    posts: Mapping[str, str] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    steps: str | None = None
    is_retry: bool = False


class ThreadLeftovers:
    """Looks into the thread only if it may hold something else than the request tells."""

    def __init__(self, history: ThreadHistory, streams: ThreadStreams) -> None:
        self._history = history
        self._streams = streams

    async def of_delivery(self, request: Deliver, *, is_retry: bool) -> Leftovers:
        """All that the delivery has to know of the thread, with at most one look.

        If Slack does not let the agent look, it is what the request tells: then the answer counts more than the risk
        that a post whose reply was lost is made twice. Raises ApplicationError (retryable) if Slack does not answer.
        """
        if not (is_retry or request.draft.unsure) and request.steps_shown != "perhaps own message":
            return _as_told(request)
        try:
            own = await self._history.own_messages(request.thread, oldest=post_keys.asked_at(request.key))
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.warning("thread not looked into", extra={"reason": error.message})
            return replace(_as_told(request), is_retry=is_retry)
        return replace(_classified(own, request), is_retry=is_retry)

    async def draft(self, request: InThread, *, is_retry: bool) -> Draft:
        """The draft to go on with: the request's own, or if that one may be wrong, what the thread shows of it.

        It is still unsure if Slack does not let the agent look. Raises ApplicationError as `of_delivery`.
        """
        if not (is_retry or request.draft.unsure):
            return request.draft
        try:
            own = await self._history.own_messages(request.thread, oldest=post_keys.asked_at(request.turn))
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.warning("thread not looked into", extra={"reason": error.message})
            return request.draft.model_copy(update={"unsure": True})
        found = await self.end_streams(request.thread, request.turn, _classified(own, request))
        return Draft(messages=list(found.drafts))

    async def end_streams(self, thread: Thread, turn: str, leftovers: Leftovers) -> Leftovers:
        """Ends all that still streams. In the result all drafts can be changed, and nothing streams any more.

        Raises ApplicationError (retryable) if Slack does not answer.
        """
        ended = [stream.ts for stream in leftovers.possible_streams if await self._is_ended(thread, turn, stream)]
        drafts = sorted({*leftovers.drafts, *ended}, key=float)
        return replace(leftovers, drafts=drafts, possible_streams=())

    async def _is_ended(self, thread: Thread, turn: str, stream: PossibleStream) -> bool:
        """Whether the message is a stream that has ended, by this call or before it."""
        try:
            await self._streams.stop(thread, stream.ts, post_keys.draft(turn, stream.ts))
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            return stream.was_stream and error.message in {DEAD, STOPPED_BY_USER}
        return True


def _as_told(request: Deliver) -> Leftovers:
    """What the request tells of the thread."""
    draft = request.draft
    streams = [PossibleStream(draft.messages[-1], was_stream=True)] if draft.streaming_since is not None else []
    return Leftovers(draft.messages, streams, steps=request.progress.ts if request.progress else None)


def _classified(own: Sequence[OwnMessage], request: InThread) -> Leftovers:
    """The agent's messages since the turn was asked for, told apart.

    Outside a turn (a notice beside one) only the posts matter: all drafts belong to a turn that may be running.
    """
    posts = {message.key: message.ts for message in own if message.key}
    files = frozenset(name for message in own for name in message.files)
    if not request.turn:
        return Leftovers(posts=posts, files=files)
    keys = [(key, ts) for text, ts in posts.items() if (key := post_keys.read(text)) and key.turn == request.turn]
    drafts = {*request.draft.messages, *(ts for key, ts in keys if key.is_draft)}
    final = {ts for key, ts in keys if key.is_final}
    progress = request.progress
    return Leftovers(
        drafts=sorted(drafts - final, key=float),
        possible_streams=_possible_streams(own),
        posts=posts,
        files=files,
        steps=(progress.ts or posts.get(progress.key)) if progress else None,
    )


def _possible_streams(own: Sequence[OwnMessage]) -> list[PossibleStream]:
    """Messages without a key. Every post of ours has one, so such a message is a stream that nobody has ended.

    Where Slack shows no keys at all, only Slack's own word about a message proves that it was a stream.
    """
    shows_keys = any(message.key for message in own)
    unmarked = [message for message in own if not (message.key or message.files)]
    return [PossibleStream(message.ts, was_stream=shows_keys or bool(message.state)) for message in unmarked]
