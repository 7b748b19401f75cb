"""What a thread shows of a turn's steps: in one message of its own, or as cards of the streamed answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Draft, Progress, Shown, ShownStep, ShowProgress
from agent_worker.slack.blocks import buttons, step_lines, task_cards
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.thread.posts import SlackReplies, since
from agent_worker.slack.thread.streams import SlackStreams

NOT_SHOWN = ""  # in place of a `ts`
# Plans are younger than context blocks, and not every workspace has them.
_NO_PLANS = {"invalid_blocks", "invalid_blocks_format"}
_TOO_LONG = {"msg_blocks_too_long", "msg_too_long"}
Written = TypeVar("Written")
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
        chunks = task_cards.chunks(request.progress.steps)
        ts = await self._streams.start(request.thread, request.audience, chunks)
        return None if ts is None else Shown(draft=Draft(messages=[ts], streaming_since=self._clock(), has_cards=True))

    async def append(self, thread: Thread, progress: Progress, draft: Draft) -> Draft:
        """All cards again: what Slack knows of a card already, it takes for an update that changes nothing."""
        is_shown = await self._streams.append(thread, draft.messages[-1], task_cards.chunks(progress.steps))
        return draft.model_copy(update={"has_cards": is_shown or draft.has_cards})

    async def post(self, thread: Thread, progress: Progress, turn: str) -> str:
        """Shows the steps in their own message; its `ts`, or NOT_SHOWN where there is none yet."""
        ts = await self._known_ts(thread, progress)
        if not self._replies.may_update(thread, posts=ts is None):
            return ts or NOT_SHOWN
        # What is begun must be ended: without an update to spare, no message is made that would need one.

        async def write(post: Post) -> str:
            if ts is None:
                return await self._replies.post(thread, progress.key, post, at_once=True)
            await self._replies.update(thread, ts, post, at_once=True)
            return ts

        return await self._write(write, progress, turn)

    async def finish(self, thread: Thread, progress: Progress, turn: str) -> None:
        """Shows how the steps have ended, if they were shown at all: this is what stays, so it waits for its turn."""
        if not (ts := await self._known_ts(thread, progress)):
            return
        try:
            await self._write(lambda post: self._replies.update(thread, ts, post), progress, turn, is_over=True)
        except ApplicationError as error:
            if not error.non_retryable:
                raise
            logger.info("progress not shown", extra={"reason": error.message})  # somebody has deleted it

    async def remove(self, thread: Thread, progress: Progress) -> None:
        if (ts := await self._known_ts(thread, progress)) is not None:
            await self._replies.delete(thread, ts)

    async def _write(
        self, write: Callable[[Post], Awaitable[Written]], progress: Progress, turn: str, *, is_over: bool = False
    ) -> Written:
        """Shows the steps as a plan; without their sources, or as lines of text, where Slack does not take that."""
        refusal = ""
        for steps in _with_and_without_sources(progress.steps) if self._has_plans else []:
            try:
                return await write(task_cards.plan(steps, turn, is_over=is_over))
            except ApplicationError as error:
                if error.message not in {*_NO_PLANS, *_TOO_LONG}:
                    raise
                refusal = error.message
                logger.info("not shown as a plan", extra={"reason": refusal})
        if refusal in _NO_PLANS:
            self._has_plans = False
        return await write(_lines(progress.steps, turn, is_over=is_over))

    async def _known_ts(self, thread: Thread, progress: Progress) -> str | None:
        if progress.ts is None and progress.unsure:
            return (await self._replies.posted(thread, since(progress.key))).get(progress.key)
        return progress.ts


def _with_and_without_sources(steps: Sequence[ShownStep]) -> list[Sequence[ShownStep]]:
    """Sources are addresses that others have written: a plan that is refused with them may be taken without."""
    bare = [step.model_copy(update={"sources": []}) for step in steps]
    return [steps, bare] if any(step.sources for step in steps) else [steps]


def _lines(steps: Sequence[ShownStep], turn: str, *, is_over: bool) -> Post:
    lines = step_lines.progress(steps)
    return lines if is_over else Post(lines.text, [*lines.blocks, buttons.stop_button(turn)])
