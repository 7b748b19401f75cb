"""How a thread shows a turn's steps: in a message of their own, or as cards of the streamed answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads import post_keys
from agent_worker.payloads.thread import (
    IN_OWN_MESSAGE,
    Deliver,
    Draft,
    InThread,
    Progress,
    Shown,
    ShownStep,
    ShowProgress,
)
from agent_worker.slack.blocks import buttons, step_lines, task_cards
from agent_worker.slack.blocks.outlet import USUAL_OUTLET, Outlet
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.refusals import GONE, is_refusal, takes_nothing
from agent_worker.slack.thread.leftovers import Leftovers
from agent_worker.slack.thread.posts import ThreadPosts
from agent_worker.slack.thread.streams import ThreadStreams

NOT_SHOWN = ""  # in place of a `ts`
# Slack's refusals of a plan: plans are younger than context blocks, and not every workspace has them.
_NO_PLANS = {"invalid_blocks", "invalid_blocks_format"}
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class ProgressDisplay:
    """Only a display: when Slack's rate limits are tight it is left out, so that no answer has to wait for it.

    In a direct message Slack shows a Stop button of its own while something streams, so there the steps are cards of
    the streamed answer. Elsewhere they are a message with a Stop button of ours, which goes when the turn ends.
    """

    def __init__(
        self,
        posts: ThreadPosts,
        streams: ThreadStreams,
        clock: Callable[[], float] = time.time,
        outlet: Outlet = USUAL_OUTLET,
    ) -> None:
        self._outlet = outlet
        self._posts = posts
        self._streams = streams
        self._clock = clock
        self._has_plans = True

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps as they are now; the first time, it decides where.

        Raises ApplicationError if it is not known what the thread shows then. What was written before the first steps
        stands above them from then on, and is no draft of the answer any more (`Draft.above`).
        """
        request = self._outlet.steps(request)
        if request.thread.is_direct and request.steps_shown not in IN_OWN_MESSAGE:
            if request.draft.is_open_stream:
                return Shown(draft=await self._append(request.thread, request.progress, request.draft))
            if not request.draft.unsure and (started := await self._start_stream(request)):
                return started
            if request.draft.messages or request.draft.unsure:
                return Shown()  # the delivery shows them with the answer
        ts = await self._show_in_message(request.thread, request.progress, request.turn)
        if ts and request.progress.ts is None:
            await self._take_away(request, [one for one in request.draft.messages if float(one) < float(ts)])
        return Shown(ts=ts)

    async def _take_away(self, request: ShowProgress, above: Sequence[str]) -> None:
        """Of what stands above the first steps, a stream of what the model has said is ended, and stays for the while.

        Anything else says that there is no answer yet, and goes. Where that fails, the delivery takes it away.
        """
        is_stream = request.draft.is_open_stream and request.draft.messages[-1] in above
        try:
            if is_stream:
                await self._streams.stop(request.thread, above[-1], post_keys.draft(request.turn, above[-1]))
            else:
                await self._posts.delete_if_allowed(request.thread, above)
        except ApplicationError as error:
            logger.info("message above the steps not ended", extra={"reason": error.message})

    async def refresh(self, request: InThread) -> None:
        """Shows the steps as they are now, if they are shown already. Raises ApplicationError as `show`."""
        request = self._outlet.steps(request)
        if request.progress is None:
            return
        if request.steps_shown in IN_OWN_MESSAGE:
            await self._show_in_message(request.thread, request.progress, request.turn)
        elif request.steps_shown == "stream":
            await self._append(request.thread, request.progress, request.draft)

    async def end(self, request: Deliver, leftovers: Leftovers) -> None:
        """Shows in the steps' own message how they have ended, or deletes it if the question was withdrawn.

        This is what stays in the thread, so the call waits until the rate limits allow it.
        """
        progress, ts = self._outlet.steps(request).progress, leftovers.steps
        if progress is None or ts is None:
            return
        if request.withdrawn:
            await self._posts.delete(request.thread, ts)
            return
        try:
            await self._write(
                lambda post: self._posts.update(request.thread, ts, post), progress, request.turn, is_over=True
            )
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.info("progress not shown", extra={"reason": error.message})  # the message is gone, for example

    # As cards of the stream

    async def _start_stream(self, request: ShowProgress) -> Shown | None:
        chunks = task_cards.chunks(request.progress, is_over=False)
        ts = await self._streams.start(request.thread, request.audience, chunks)
        if ts is None:
            return None
        above = [*request.draft.above, *request.draft.messages]
        await self._take_away(request, request.draft.messages)
        return Shown(draft=Draft(messages=[ts], streaming_since=self._clock(), has_cards=True, above=above))

    async def _append(self, thread: Thread, progress: Progress, draft: Draft) -> Draft:
        """Sends all cards again: Slack takes those that it has already for updates that change nothing."""
        chunks = task_cards.chunks(progress, is_over=False)
        is_shown = await self._streams.append(thread, draft.messages[-1], chunks)
        return draft.model_copy(update={"has_cards": is_shown or draft.has_cards})

    # In a message of their own

    async def _show_in_message(self, thread: Thread, progress: Progress, turn: str) -> str:
        """The message's `ts`, or NOT_SHOWN if there is none yet.

        A message that is begun has to be ended: without a call to spare for that, none is begun.
        """
        ts = progress.ts
        if ts is None and progress.unsure:
            ts = await self._posts.find(thread, progress.key)
        if not self._posts.may_update(thread, posts=ts is None):
            return ts or NOT_SHOWN

        async def write(post: Post) -> str:
            if ts is None:
                return await self._posts.post(thread, progress.key, post, at_once=True)
            await self._posts.update(thread, ts, post, at_once=True)
            return ts

        return await self._write(write, progress, turn)

    async def _write(
        self, write: Callable[[Post], Awaitable[Result]], progress: Progress, turn: str, *, is_over: bool = False
    ) -> Result:
        """Writes the steps as a plan; if Slack refuses it, without their sources, and at last as lines of text."""
        refusal = ""
        for steps in _with_and_without_sources(progress.steps) if self._has_plans else []:
            try:
                shown = progress.model_copy(update={"steps": steps})
                return await write(task_cards.plan(shown, turn, is_over=is_over))
            except ApplicationError as error:
                if not is_refusal(error) or error.message in GONE or takes_nothing(error.message):
                    raise
                refusal = error.message
                logger.info("not shown as a plan", extra={"reason": refusal})
        if refusal in _NO_PLANS:
            self._has_plans = False
        return await write(_lines(progress, turn, is_over=is_over))


def _with_and_without_sources(steps: Sequence[ShownStep]) -> list[list[ShownStep]]:
    """Sources are addresses that others have written. Slack may take a plan without them that it refuses with them."""
    bare = [step.model_copy(update={"sources": []}) for step in steps]
    return [list(steps), bare] if any(step.sources for step in steps) else [list(steps)]


def _lines(progress: Progress, turn: str, *, is_over: bool) -> Post:
    lines = step_lines.progress(progress.steps, task_cards.plan_title(progress, is_over=is_over))
    return lines if is_over else Post(lines.text, [*lines.blocks, buttons.stop_button(turn)])
