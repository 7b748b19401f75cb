"""What a turn has left in its thread already, when somebody goes on with it: found with one look, and told apart here.

An attempt that was killed, or whose calls got no reply, may have left messages that the conversation knows nothing of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class Leftovers:
    """What a delivery finds, and then notes of what it does: so it is also what the next attempt begins with.

    `drafts` are the `ts` of messages that may become the answer or be deleted, oldest first. `possible_streams` may
    belong to them, but have to be ended first. `posts` are the `ts` of finished messages by their post key, and `files`
    the names of the files: both stay. `steps` is the `ts` of the turn's progress message, None if there is none.
    `above` are messages older than the steps: none of them may become the answer, which would stand above its own
    steps; they are deleted when it is there.
    `is_retry`: an earlier attempt may have done a part of this delivery. `is_partial`: there may be more drafts, and
    steps, than are named here. `is_in_doubt`: a post was sent of which it is not known whether the thread holds it.
    """

    drafts: list[str] = field(default_factory=list)
    possible_streams: list[PossibleStream] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    steps: str | None = None
    is_retry: bool = False
    is_partial: bool = False
    is_in_doubt: bool = False
    above: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for ts in filter(self.are_steps_below, list(self.drafts)):
            self.drafts.remove(ts)
            self.add_draft(ts)

    def add_draft(self, ts: str) -> None:
        """Notes a message that goes, or becomes the answer if it does not stand above the steps."""
        kept = self.above if self.are_steps_below(ts) else self.drafts
        kept[:] = sorted({*kept, ts}, key=float)

    def turn_into_drafts(self, is_meant: Callable[[str], bool]) -> None:
        """Notes the posts with these keys as messages that may become another part of the answer."""
        for key in [key for key in self.posts if is_meant(key)]:
            self.add_draft(self.posts.pop(key))

    def parts_of(self, key: str) -> list[str]:
        """The `ts` of the plain messages in which the message with this key was posted, if it was."""
        return [ts for made, ts in self.posts.items() if post_keys.is_plain_part(made, key)]

    def newest_of(self, key: str) -> float:
        """The `ts`, as a number, of the message with this key, or of its newest plain part; 0.0 if there is none."""
        there = [*self.parts_of(key), *([self.posts[key]] if key in self.posts else [])]
        return max(map(float, there), default=0.0)

    def are_steps_below(self, ts: str) -> bool:
        """Whether the steps have a message of their own that is younger than the message with this `ts`."""
        return self.steps is not None and float(ts) < float(self.steps)

    def holds_streamed(self, key: str) -> bool:
        """Whether the delivery with this key has ended the stream of its answer: that is all of the answer."""
        return post_keys.streamed(key) in self.posts

    def for_next_attempt(self) -> dict[str, Any]:
        """In a form that Temporal can store."""
        return {
            "drafts": self.drafts,
            "possible_streams": [[stream.ts, stream.was_stream] for stream in self.possible_streams],
            "posts": self.posts,
            "files": sorted(self.files),
            "steps": self.steps,
            "is_retry": self.is_retry,
            "is_partial": self.is_partial,
            "above": self.above,
        }

    @classmethod
    def of_last_attempt(cls, stored: Mapping[str, Any]) -> Leftovers:
        """What `for_next_attempt` has made."""
        streams = [PossibleStream(ts, was_stream) for ts, was_stream in stored["possible_streams"]]
        return cls(**{**stored, "possible_streams": streams, "files": set(stored["files"])})


class ThreadLeftovers:
    """Looks into the thread only if it may hold something else than the request tells.

    Slack allows few looks. So only what could post an answer twice waits for one.
    """

    def __init__(self, history: ThreadHistory, streams: ThreadStreams) -> None:
        self._history = history
        self._streams = streams

    async def of_delivery(self, request: Deliver, *, is_retry: bool) -> Leftovers:
        """All that the delivery has to know of the thread, with at most one look.

        A first attempt that may only find drafts does without the look if the rate limits leave none: `is_partial`. If
        Slack does not let the agent look, the result is what the request tells: then the answer counts more than the
        risk that a post whose reply was lost is made twice. Raises ApplicationError (retryable) if Slack does not
        answer.
        """
        is_retry = is_retry or request.is_repeated
        if not (is_retry or request.draft.unsure) and request.steps_shown != "perhaps own message":
            return _as_told(request)
        if not (is_retry or self._history.has_look_to_spare()):
            return _without_look(request)
        try:
            found = await self._found(request, at_once=not is_retry)
        except ApplicationError as error:
            if not is_refusal(error):
                if is_retry:
                    raise
                return _without_look(request)
            logger.warning("thread not looked into", extra={"reason": error.message})
            found = _as_told(request)
        found.is_retry = is_retry
        return found

    async def to_tidy(self, request: Deliver, known: Leftovers, session_status: str) -> Leftovers:
        """What is still in the thread of the turn, beside the posts of this delivery; all streams are ended.

        `session_status` is that of the turn that is over: with another one, the end of a stream would change it again.
        If Slack does not let the agent look, that is what the request tells. Raises ApplicationError (retryable) if
        Slack does not answer.
        """
        try:
            found = await self._found(request)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.warning("thread not looked into", extra={"reason": error.message})
            found = _as_told(request)
        own = set(known.posts.values())
        found.drafts = [ts for ts in found.drafts if ts not in own]
        found.above = [ts for ts in found.above if ts not in own]
        found.possible_streams = [stream for stream in found.possible_streams if stream.ts not in own]
        await self.end_streams(request.thread, request.turn, found, session_status)
        return found

    async def draft(self, request: InThread, *, is_retry: bool) -> Draft:
        """The draft to go on with: the request's own, or if that one may be wrong, what the thread shows of it.

        It is still unsure if Slack does not let the agent look, or if the rate limits leave no look: then the delivery
        finds it.
        """
        if not (is_retry or request.draft.unsure):
            return request.draft
        unsure = request.draft.model_copy(update={"unsure": True})
        # The worker that wrote the draft is dead, and people look at it: better one answer that goes on than two.
        if not self._history.has_look_to_spare(may_be_last=True):
            return unsure
        try:
            found = await self._found(request, at_once=True)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.warning("thread not looked into", extra={"reason": error.message})
            return unsure
        await self.end_streams(request.thread, request.turn, found)
        return Draft(messages=found.drafts, above=found.above)

    async def _found(self, request: InThread, *, at_once: bool = False) -> Leftovers:
        since = post_keys.asked_at(request.key if isinstance(request, Deliver) else request.turn)
        return _classified(await self._history.own_messages(request.thread, since, at_once=at_once), request)

    async def end_streams(
        self, thread: Thread, turn: str, leftovers: Leftovers, session_status: str = "processing"
    ) -> None:
        """Ends all that still streams. Then all drafts can be changed.

        Raises ApplicationError (retryable) if Slack does not answer.
        """
        while leftovers.possible_streams:
            stream = leftovers.possible_streams[0]
            if await self._is_ended(thread, turn, stream, session_status):
                leftovers.add_draft(stream.ts)
            del leftovers.possible_streams[0]

    async def _is_ended(self, thread: Thread, turn: str, stream: PossibleStream, session_status: str) -> bool:
        """Whether the message is a stream that has ended, by this call or before it."""
        key = post_keys.draft(turn, stream.ts)
        try:
            await self._streams.stop(thread, stream.ts, key, session_status=session_status)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            return stream.was_stream and error.message in {DEAD, STOPPED_BY_USER}
        return True


def _as_told(request: Deliver) -> Leftovers:
    """What the request tells of the thread."""
    draft = request.draft
    streams = [PossibleStream(draft.messages[-1], was_stream=True)] if draft.streaming_since is not None else []
    steps = request.progress.ts if request.progress else None
    return Leftovers(list(draft.messages), streams, steps=steps, above=list(draft.above))


def _without_look(request: Deliver) -> Leftovers:
    """What is known for certain: drafts may have become something else, or there may be more of them."""
    told = _as_told(request)
    if request.draft.unsure:
        told.drafts, told.possible_streams = [], []
    told.is_partial = True
    return told


def _classified(own: Sequence[OwnMessage], request: InThread) -> Leftovers:
    """The agent's messages since the turn was asked for, told apart.

    Outside a turn (a notice beside one) only the posts matter: all drafts belong to a turn that may be running.
    """
    posts = {message.key: message.ts for message in own if message.key}
    files = {name for message in own for name in message.files}
    if not request.turn:
        return Leftovers(posts=posts, files=files)
    keys = [(key, ts) for text, ts in posts.items() if (key := post_keys.read(text)) and key.turn == request.turn]
    above = set(request.draft.above)
    drafts = {*request.draft.messages, *(ts for key, ts in keys if key.is_draft)}
    final = {ts for key, ts in keys if key.is_final}
    progress = request.progress
    return Leftovers(
        drafts=sorted(drafts - final - above, key=float),
        above=sorted(above - final, key=float),
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
