"""A model call, and what the thread shows around it: how the tools before have ended, the words, the tools to come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.activities import failed_attempts
from agent_worker.activities.titles import Titles
from agent_worker.activities.transcript_cache import Transcripts, reader
from agent_worker.gemini.client import Gemini
from agent_worker.gemini.request import Question
from agent_worker.payloads.model import AskModel, Content, ModelReply, Summarise, ToolCall
from agent_worker.payloads.thread import Draft
from agent_worker.slack.adapter import Slack
from agent_worker.slack.blocks import posts
from agent_worker.slack.thread.progress_queue import THINKING
from agent_worker.toolbox.toolbox import Toolbox

CALLS_AT_ONCE = 32  # tool calls of one model answer that are run
PATIENCE = timedelta(seconds=10)  # then the thread is told that the model does not answer
WAITING = "Gemini is not answering just now. I keep trying, and I will answer here as soon as it does."
logger = logging.getLogger(__name__)


class Asking:
    """`slack` is None in a worker that only serves terminals. To be used within an activity."""

    def __init__(
        self,
        *,
        instructions: str,
        gemini: Gemini,
        toolbox: Toolbox,
        titles: Titles,
        transcripts: Transcripts,
        slack: Slack | None,
    ) -> None:
        self._instructions = instructions
        self._gemini = gemini
        self._toolbox = toolbox
        self._titles = titles
        self._transcripts = transcripts
        self._slack = slack

    async def reply(self, request: AskModel) -> ModelReply:
        """The whole reply, with each call's title and policy; raises ApplicationError when there is none."""
        try:
            return await self._titled_reply(request)
        except _Unanswered as failure:
            failed_attempts.hand_on(failure.error, failure.left.draft, failure.left.is_told)
            raise failure.error from None

    async def _titled_reply(self, request: AskModel) -> ModelReply:
        untitled = request.untitled if activity.info().attempt == 1 else ""
        async with self._titles.sought(request.model, untitled) as title:
            if self._slack is None or not request.thread.in_slack:
                contents = await self._contents(request.epoch, request.known, request.new)
                with _not_for_ever():
                    reply = self._planned(await self._gemini.ask(self._question(request, contents)))
            else:
                reply = await self._reply_in(self._slack, request)
        return reply.model_copy(update={"title": title.found})

    async def summary(self, request: Summarise) -> str:
        """Of the beginning of a conversation; raises ApplicationError when there is none."""
        contents = await self._contents(request.epoch, request.end, [])
        with _not_for_ever():
            return await self._gemini.summarise(request.model, contents)

    async def _contents(self, epoch: str, known: int, new: list[Content]) -> list[Content]:
        info = activity.info()
        read_page = reader(activity.client(), info.workflow_id or "", info.workflow_run_id or "")
        return await self._transcripts.assemble(epoch, known, new, read_page)

    def _question(self, request: AskModel, contents: Sequence[Content]) -> Question:
        return Question(
            model=request.model,
            instructions=self._instructions,
            contents=contents,
            declarations=self._toolbox.declarations(),
            may_call_tools=request.may_call_tools,
            more_room=request.more_room,
        )

    # In a thread

    async def _reply_in(self, slack: Slack, request: AskModel) -> ModelReply:
        if request.progress is not None and not request.progress.is_posted:
            await slack.displays.over(request)  # the answer goes into the very stream that shows the steps
        async with _shown_as_thinking(slack, request):
            return self._planned(await self._ask_in(slack, request))

    async def _ask_in(self, slack: Slack, request: AskModel) -> ModelReply:
        """Text reaches the thread while it is written."""
        attempt, before = activity.info().attempt, _Left.by_the_attempt_before()
        contents = await self._contents(request.epoch, request.known, request.new)
        question = self._question(request, await slack.files.filled(contents, request.turn, attempt))
        draft = before.draft if before else await slack.draft(request, is_repeated=attempt > 1)
        live = slack.live_text(request, draft)
        try:
            async with live:
                reply = await self._gemini.ask(question, live)
        except ApplicationError as failure:
            error = failed_attempts.bounded(failure)
            left = _Left(live.draft, is_told=before is not None and before.is_told)
            if not error.non_retryable:
                left = await _told_if_long(slack, request, left)
            raise _Unanswered(error, left) from failure
        return reply.model_copy(update={"draft": _after(reply, live.draft)})

    # Calls

    def _planned(self, reply: ModelReply) -> ModelReply:
        """With each tool's title and policy, so that history says how it was run."""
        return reply.model_copy(update={"calls": [self._plan(index, call) for index, call in enumerate(reply.calls)]})

    def _plan(self, index: int, call: ToolCall) -> ToolCall:
        policy = self._toolbox.policy(call.name, call.args)
        refused = self._toolbox.refusal(call.name)
        if index >= CALLS_AT_ONCE:
            refused = f"Too many calls at once: at most {CALLS_AT_ONCE} are run. Ask again for the others."
        return ToolCall(
            name=call.name,
            args=call.args,
            id=call.id,
            title=policy.title,
            timeout_seconds=policy.timeout.total_seconds(),
            attempts=policy.attempts,
            refused=refused,
        )


def _after(reply: ModelReply, draft: Draft) -> Draft:
    """The draft, knowing what became of the text in it."""
    if reply.calls:  # it was a word before the tools; the answer is still to come
        return draft.model_copy(update={"written": 0})
    is_void = bool(reply.unusable or reply.failed) and draft.written > 0
    return draft.model_copy(update={"unsure": True}) if is_void else draft


@asynccontextmanager
async def _shown_as_thinking(slack: Slack, request: AskModel) -> AsyncIterator[None]:
    """The status while the model thinks, and how the steps before have ended; nothing of it once the reply is there."""
    others, replied = asyncio.create_task(slack.displays.over(request)), asyncio.Event()
    showing = asyncio.create_task(_show_thinking(slack, request, others, replied))
    try:
        yield
    finally:
        others.cancel()
        replied.set()
        await showing


async def _show_thinking(slack: Slack, request: AskModel, others: asyncio.Task[None], replied: asyncio.Event) -> None:
    """After what is being shown already: what came later would be written over."""
    await asyncio.wait([others])
    if others.cancelled():
        return
    async with slack.sessions.status_kept(request.thread, THINKING):
        await _show_steps(slack, request)
        await replied.wait()


async def _show_steps(slack: Slack, request: AskModel) -> None:
    progress, draft = request.progress, request.draft
    if progress is None:
        return
    try:
        if progress.is_posted:
            await slack.progress.post(request.thread, progress, request.turn)
        elif draft.has_cards and draft.streaming_since is not None and not draft.unsure:
            await slack.progress.append(request.thread, progress, draft)
    except ApplicationError as error:
        logger.info("progress not shown", extra={"reason": error.message})


@contextmanager
def _not_for_ever() -> Iterator[None]:
    """Ends the attempts where Gemini fails in the same way again and again, and nothing is shown that could be left."""
    try:
        yield
    except ApplicationError as failure:
        error = failed_attempts.bounded(failure)
        failed_attempts.hand_on(error)
        raise error from None


@dataclass(frozen=True)
class _Left:
    """What an attempt that failed has left in the thread; handed on to the next one.

    Otherwise each attempt would have to look for it, and Slack lets a thread be read only so often. After a kill, or
    when the attempt itself was not sure, there is nothing to rely on. `is_told`: the thread says that Gemini does not
    answer.
    """

    draft: Draft
    is_told: bool = False

    @classmethod
    def by_the_attempt_before(cls) -> _Left | None:
        details = failed_attempts.handed_on()
        if len(details) != len(fields(cls)):
            return None
        left = cls(Draft.model_validate(details[0]), details[1])
        return None if left.draft.unsure else left


class _Unanswered(Exception):  # noqa: N818  it names what happened to the call
    """The model call went wrong, as `error` says, when the thread held what is `left`."""

    def __init__(self, error: ApplicationError, left: _Left) -> None:
        super().__init__(error.message)
        self.error = error
        self.left = left


async def _told_if_long(slack: Slack, request: AskModel, left: _Left) -> _Left:
    """Tells the thread, once, that Gemini does not answer; the answer will take the place of that."""
    if left.is_told or datetime.now(UTC) - activity.info().scheduled_time < PATIENCE:
        return left
    try:
        key = f"{request.turn}:waiting"
        ts = await slack.replies.post_once(request.thread, key, posts.notice(WAITING), maybe_posted=True)
    except ApplicationError as error:
        logger.info("waiting note not posted", extra={"reason": error.message})
        return replace(left, draft=left.draft.model_copy(update={"unsure": True}))
    is_streaming = left.draft.streaming_since is not None  # that has to be ended first
    messages = [*(message for message in left.draft.messages if message != ts), ts]
    return replace(
        left, draft=left.draft.model_copy(update={"messages": messages, "unsure": is_streaming}), is_told=True
    )
