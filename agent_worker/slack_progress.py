"""What a thread shows of a turn's steps: in one message of its own, or as cards of the streamed answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from temporalio.exceptions import ApplicationError

from agent_worker import blocks, cards
from agent_worker.blocks import Post
from agent_worker.contract import Thread
from agent_worker.requests import Draft, Progress, Shown, ShowProgress
from agent_worker.slack_replies import SlackReplies, since
from agent_worker.slack_streams import SlackStreams

NOT_SHOWN = ""  # in place of a `ts`
# Plans are younger than context blocks, and not every workspace has them.
_NO_PLANS = {"invalid_blocks", "invalid_blocks_format"}
logger = logging.getLogger(__name__)


class SlackProgress:
    """A display: when Slack's limits are tight it is left out, so that no answer has to wait behind it.

    In a direct message Slack shows its own Stop button while something streams, so there the steps are cards of the
    streamed answer. Elsewhere they are a message with a Stop button of ours, which goes when the turn ends.
    """

    def __init__(self, replies: SlackReplies, streams: SlackStreams, clock: Callable[[], float] = time.time) -> None:
        self._replies = replies
        self._streams = streams
        self._clock = clock
        self._has_plans = True

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps as they are now."""
        progress, draft = request.progress, request.draft
        if request.thread.is_direct and not progress.is_posted:
            if draft.streaming_since is not None and not draft.unsure:
                return Shown(draft=await self.append(request.thread, progress, draft))
            if draft.messages or draft.unsure:
                return Shown()  # the delivery shows them with the answer
            if shown := await self._stream(request):
                return shown
        return Shown(ts=await self.post(request.thread, progress, request.turn))

    async def _stream(self, request: ShowProgress) -> Shown | None:
        chunks = cards.chunks(request.progress.steps)
        ts = await self._streams.start(request.thread, request.audience, chunks)
        return None if ts is None else Shown(draft=Draft(messages=[ts], streaming_since=self._clock(), has_cards=True))

    async def append(self, thread: Thread, progress: Progress, draft: Draft) -> Draft:
        """All cards again: what Slack knows of a card already, it takes for an update that changes nothing."""
        is_shown = await self._streams.append(thread, draft.messages[-1], cards.chunks(progress.steps))
        return draft.model_copy(update={"has_cards": is_shown or draft.has_cards})

    async def post(self, thread: Thread, progress: Progress, turn: str) -> str:
        """Shows the steps in their own message; its `ts`, or NOT_SHOWN where there is none yet."""
        ts = await self._known_ts(thread, progress)
        if not self._replies.may_update(thread, posts=ts is None):
            return ts or NOT_SHOWN
        # What is begun must be ended: without an update to spare, no message is made that would need one.
        try:
            return await self._write(thread, progress, self._look(progress, turn), ts)
        except ApplicationError as error:
            if not self._must_do_without(error):
                raise
            return await self._write(thread, progress, self._look(progress, turn), ts)

    async def _write(self, thread: Thread, progress: Progress, post: Post, ts: str | None) -> str:
        if ts is None:
            return await self._replies.post(thread, progress.key, post, at_once=True)
        await self._replies.update(thread, ts, post, at_once=True)
        return ts

    async def finish(self, thread: Thread, progress: Progress, turn: str) -> None:
        """Shows how the steps have ended, if they were shown at all: this is what stays, so it waits for its turn."""
        if (ts := await self._known_ts(thread, progress)) is None:
            return
        try:
            await self._replies.update(thread, ts, self._look(progress, turn, is_over=True))
        except ApplicationError as error:
            if self._must_do_without(error):
                await self._replies.update(thread, ts, self._look(progress, turn, is_over=True))
            elif not error.non_retryable:
                raise
            else:
                logger.info("progress not shown", extra={"reason": error.message})  # somebody has deleted it

    async def remove(self, thread: Thread, progress: Progress) -> None:
        if (ts := await self._known_ts(thread, progress)) is not None:
            await self._replies.delete(thread, ts)

    def _look(self, progress: Progress, turn: str, *, is_over: bool = False) -> Post:
        if self._has_plans:
            return cards.plan(progress.steps, turn, is_over=is_over)
        return blocks.progress([blocks.Step(step.title, step.state) for step in progress.steps])

    def _must_do_without(self, error: ApplicationError) -> bool:
        """Whether plans are what Slack has refused: from now on the steps are lines of text."""
        if error.message not in _NO_PLANS or not self._has_plans:
            return False
        self._has_plans = False
        logger.info("no plan blocks here", extra={"reason": error.message})
        return True

    async def _known_ts(self, thread: Thread, progress: Progress) -> str | None:
        if progress.ts is None and progress.unsure:
            return (await self._replies.posted(thread, since(progress.key))).get(progress.key)
        return progress.ts
