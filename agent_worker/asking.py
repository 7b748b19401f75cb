"""A model call, and what the thread shows around it: how the tools before have ended, the words, the tools to come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker import blocks
from agent_worker.errors import MODEL_UNAVAILABLE
from agent_worker.gemini import Gemini
from agent_worker.gemini_wire import Question
from agent_worker.requests import (
    AskModel,
    Content,
    Draft,
    ModelReply,
    Progress,
    Shown,
    ShownStep,
    ShowProgress,
    Summarise,
    ToolCall,
    progress_key,
)
from agent_worker.slack import Slack
from agent_worker.slack_displays import THINKING
from agent_worker.titles import Titles
from agent_worker.toolbox import Toolbox
from agent_worker.transcripts import Transcripts, reader

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
        untitled = request.untitled if activity.info().attempt == 1 else ""
        async with self._titles.sought(request.model, untitled) as title:
            if self._slack is None or not request.thread.in_slack:
                contents = await self._contents(request.epoch, request.known, request.new)
                reply = self._planned(await self._gemini.ask(self._question(request, contents)))
            else:
                reply = await self._reply_in(self._slack, request)
        return reply.model_copy(update={"title": title.found})

    async def summary(self, request: Summarise) -> str:
        """Of the beginning of a conversation; raises ApplicationError when there is none."""
        contents = await self._contents(request.epoch, request.end, [])
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
        request = await slack.displays.settled(request)
        try:
            async with _shown_as_thinking(slack, request) as showing:
                reply = self._planned(await self._ask_in(slack, request))
        except ApplicationError as error:
            if error.type == MODEL_UNAVAILABLE and not error.non_retryable:
                await _tell_if_long(slack, request)
            raise
        shown = await showing
        slack.displays.is_told(request)
        display = slack.displays.begin(_to_show(request, reply, shown)) if reply.calls else ""
        return reply.model_copy(update={"shown": shown, "display": display})

    async def _ask_in(self, slack: Slack, request: AskModel) -> ModelReply:
        """Text reaches the thread while it is written."""
        attempt = activity.info().attempt
        contents = await self._contents(request.epoch, request.known, request.new)
        question = self._question(request, await slack.files.filled(contents, request.turn, attempt))
        draft = await slack.draft(request, is_repeated=attempt > 1)
        async with slack.live_text(request, draft) as live:
            reply = await self._gemini.ask(question, live)
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


def _to_show(request: AskModel, reply: ModelReply, shown: Shown | None) -> ShowProgress:
    """The turn's steps, with the calls of this reply as running."""
    before = request.progress or Progress(key=progress_key(request.turn), steps=[])
    steps = [*before.steps, *map(ShownStep.of, reply.calls)]
    known = {"ts": shown.ts or None, "unsure": False} if shown else {}
    return ShowProgress(
        thread=request.thread,
        turn=request.turn,
        progress=before.model_copy(update={"steps": steps, **known}),
        draft=reply.draft or request.draft,
        audience=request.audience,
    )


def _after(reply: ModelReply, draft: Draft) -> Draft:
    """The draft, knowing what became of the text in it."""
    if reply.calls:  # it was a word before the tools; the answer is still to come
        return draft.model_copy(update={"written": 0})
    is_void = bool(reply.unusable or reply.failed) and draft.written > 0
    return draft.model_copy(update={"unsure": True}) if is_void else draft


@asynccontextmanager
async def _shown_as_thinking(slack: Slack, request: AskModel) -> AsyncIterator[asyncio.Task[Shown | None]]:
    """The status while the model thinks, and how the steps before have ended."""
    async with slack.sessions.status_kept(request.thread, THINKING):
        showing = asyncio.create_task(_show_steps(slack, request))
        try:
            yield showing
        finally:
            await showing


async def _show_steps(slack: Slack, request: AskModel) -> Shown | None:
    """Where the steps are shown in a message of their own; None where that could not be found out."""
    progress, draft = request.progress, request.draft
    if progress is None:
        return Shown()
    try:
        if progress.is_posted:
            return Shown(ts=await slack.progress.post(request.thread, progress, request.turn))
        if draft.has_cards and draft.streaming_since is not None and not draft.unsure:
            await slack.progress.append(request.thread, progress, draft)
    except ApplicationError as error:
        logger.info("progress not shown", extra={"reason": error.message})
        return Shown(ts=progress.ts) if progress.ts else None
    return Shown()


async def _tell_if_long(slack: Slack, request: AskModel) -> None:
    if datetime.now(UTC) - activity.info().scheduled_time < PATIENCE:
        return
    try:
        key = f"{request.turn}:waiting"
        await slack.replies.post_once(request.thread, key, blocks.notice(WAITING), maybe_posted=True)
    except ApplicationError as error:
        logger.info("waiting note not posted", extra={"reason": error.message})
