"""What the steps promise, done on the clients that the worker was given: think, act, speak."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from agent_worker import blocks, steps
from agent_worker.contract import Thread, thread_of
from agent_worker.errors import MODEL_UNAVAILABLE, SLACK_UNAVAILABLE, TOOL_UNAVAILABLE, retryable
from agent_worker.gemini import Gemini, Question
from agent_worker.greeting import greeting
from agent_worker.people import asks_back
from agent_worker.requests import (
    AskModel,
    Author,
    Content,
    Deliver,
    Draft,
    LookUpNames,
    ModelReply,
    Names,
    OpenConversation,
    Opened,
    Shown,
    ShowProgress,
    Summarise,
    Summary,
    TellPerson,
    ThreadReplies,
    ToolCall,
)
from agent_worker.slack import Slack
from agent_worker.slack_threads import Past
from agent_worker.titles import Titles
from agent_worker.toolbox import OpenToolbox, Toolbox, ToolUnavailableError
from agent_worker.transcripts import Transcripts, reader

THINKING = "is thinking…"
CALLS_AT_ONCE = 32  # tool calls of one model answer that are run
PATIENCE = timedelta(seconds=10)  # then the thread is told that the model does not answer
WAITING = "Gemini is not answering just now. I keep trying, and I will answer here as soon as it does."
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AgentProfile:
    """What makes this agent this agent, beside its tools."""

    model: str
    instructions: str
    bot_user_id: str
    max_model_calls: int
    model_timeout: timedelta
    idle: timedelta
    context_tokens: int
    max_app_turns: int
    max_hourly_turns: int
    thread_replies: ThreadReplies
    names_conversations: bool


class Activities:
    def __init__(
        self,
        *,
        profile: AgentProfile,
        gemini: Gemini,
        toolbox: Toolbox,
        tools: OpenToolbox,
        slack: Slack | None,
        titles: Titles,
        transcripts: Transcripts,
    ) -> None:
        self._profile = profile
        self._gemini = gemini
        self._toolbox = toolbox
        self._tools = tools
        self._slack_or_none = slack
        self._titles = titles
        self._transcripts = transcripts

    # Hearing

    @activity.defn(name=steps.OPEN_CONVERSATION)
    async def open_conversation(self, request: OpenConversation) -> Opened:
        thread = request.thread
        names, past, refused_here = Names(names={}), Past(), ""
        if thread.in_slack:
            if request.earlier_than:
                past = await self._slack.threads.past(thread, request.earlier_than)
            names, _ = await asyncio.gather(
                self._known(request.ids, request.authors), self._show_thinking(thread, request)
            )
            refused_here = self._slack.door.refusal_in(thread)
        profile = self._profile
        return Opened(
            model=profile.model,
            bot_user_id=profile.bot_user_id,
            greeting=greeting(self._toolbox.summary()),
            max_model_calls=profile.max_model_calls,
            model_seconds=profile.model_timeout.total_seconds(),
            idle_seconds=profile.idle.total_seconds(),
            context_tokens=profile.context_tokens,
            max_app_turns=profile.max_app_turns,
            max_hourly_turns=profile.max_hourly_turns,
            names=names.names,
            earlier=past.text,
            answered=list(past.answered),
            people=list(past.people),
            thread_replies=profile.thread_replies,
            refused=names.refused,
            refused_here=refused_here,
            names_conversations=profile.names_conversations and thread.in_slack,
        )

    async def _show_thinking(self, thread: Thread, request: OpenConversation) -> None:
        """While people are looked up; otherwise the model call shows it soon enough, if there is one."""
        if not (self._slack.threads.knows(request.ids) or request.earlier_than):
            await self._slack.sessions.set_status(thread, THINKING)

    @activity.defn(name=steps.LOOK_UP_NAMES)
    async def look_up_names(self, request: LookUpNames) -> Names:
        return await self._known(request.ids, request.authors)

    async def _known(self, ids: Sequence[str], authors: Sequence[Author]) -> Names:
        """Who they are, and who of them may not talk to the agent."""
        slack = self._slack
        names = await slack.threads.names(ids)
        judged = {author.id: slack.door.refusal(author, await slack.threads.user(author.id)) for author in authors}
        return Names(names=names, refused={slack_id: reason for slack_id, reason in judged.items() if reason})

    # Thinking

    @activity.defn(name=steps.ASK_MODEL)
    async def ask_model(self, request: AskModel) -> ModelReply:
        """Text reaches the thread while it is written; what counts is the whole reply, which is given back."""
        try:
            untitled = request.untitled if activity.info().attempt == 1 else ""
            async with self._shown_as_thinking(request), self._titles.sought(request.model, untitled) as title:
                reply = await self._ask(request)
        except ApplicationError as error:
            if error.type == MODEL_UNAVAILABLE and not error.non_retryable:
                await self._tell_if_long(request)
            raise
        calls = [self._planned(index, call) for index, call in enumerate(reply.calls)]
        return reply.model_copy(update={"calls": calls, "title": title.found})

    async def _ask(self, request: AskModel) -> ModelReply:
        contents = await self._contents(request.epoch, request.known, request.new)
        if self._slack_or_none is None or not request.thread.in_slack:
            return await self._gemini.ask(self._question(request, contents))
        attempt = activity.info().attempt
        question = self._question(request, await self._slack.files.filled(contents, request.turn, attempt))
        draft = await self._slack.draft(request, is_repeated=attempt > 1)
        async with self._slack.live_text(request, draft) as live:
            reply = await self._gemini.ask(question, live)
        return reply.model_copy(update={"draft": _after(reply, live.draft)})

    @activity.defn(name=steps.SUMMARISE)
    async def summarise(self, request: Summarise) -> Summary:
        contents = await self._contents(request.epoch, request.end, [])
        return Summary(text=await self._gemini.summarise(request.model, contents))

    async def _contents(self, epoch: str, known: int, new: list[Content]) -> list[Content]:
        info = activity.info()
        read_page = reader(activity.client(), info.workflow_id or "", info.workflow_run_id or "")
        return await self._transcripts.assemble(epoch, known, new, read_page)

    def _question(self, request: AskModel, contents: Sequence[Content]) -> Question:
        return Question(
            model=request.model,
            instructions=self._profile.instructions,
            contents=contents,
            declarations=self._toolbox.declarations(),
            may_call_tools=request.may_call_tools,
            more_room=request.more_room,
        )

    def _planned(self, index: int, call: ToolCall) -> ToolCall:
        """The call with its tool's title and policy, so that history says how it was run."""
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

    async def _tell_if_long(self, request: AskModel) -> None:
        if not request.thread.in_slack or datetime.now(UTC) - activity.info().scheduled_time < PATIENCE:
            return
        try:
            key = f"{request.turn}:waiting"
            await self._slack.replies.post_once(request.thread, key, blocks.notice(WAITING), maybe_posted=True)
        except ApplicationError as error:
            logger.info("waiting note not posted", extra={"reason": error.message})

    # Acting

    @activity.defn(dynamic=True)
    async def run_tool(self, args: Sequence[RawValue]) -> dict[str, Any]:
        """Any activity that is none of the above is a tool of that name."""
        arguments: Mapping[str, Any] = activity.payload_converter().from_payload(args[0].payload, dict[str, Any])
        thread = thread_of(activity.info().workflow_id or "")
        try:
            async with self._status_kept(thread, "is working…", is_shown=True):
                return await self._tools.run(activity.info().activity_type, arguments)
        except ToolUnavailableError as error:
            raise retryable(TOOL_UNAVAILABLE, str(error)) from error

    # Speaking

    @activity.defn(name=steps.SHOW_PROGRESS)
    async def show_progress(self, request: ShowProgress) -> Shown:
        running = [step.title for step in request.progress.steps if step.state == "in_progress"]
        status = f"is working: {', '.join(running)}…" if running else THINKING
        shown, _ = await asyncio.gather(
            self._slack.progress.show(request), self._slack.sessions.set_status(request.thread, status)
        )
        return shown

    @activity.defn(name=steps.DELIVER)
    async def deliver(self, request: Deliver) -> None:
        """After this the thread holds the complete answer once, whatever was shown of it before."""
        said = self._slack.answers.settle(request, is_repeated=activity.info().attempt > 1)
        around = (self._end_progress(request), self._rename(request))
        for failure in await asyncio.gather(said, *around, return_exceptions=True):
            if failure is not None:  # raised bare: in a group, nobody would see that it passes by itself
                raise failure
        await self._slack.sessions.end(request.thread, waits=not request.is_notice and asks_back(request.text))

    async def _rename(self, request: Deliver) -> None:
        if request.title:
            await self._slack.sessions.rename(request.thread, request.title)

    async def _end_progress(self, request: Deliver) -> None:
        """Shows how the steps have ended, where they have a message of their own."""
        progress = request.progress
        if progress is None or not progress.is_posted:
            return
        if request.withdrawn:
            await self._slack.progress.remove(request.thread, progress)
        else:
            await self._slack.progress.finish(request.thread, progress, request.turn)

    @activity.defn(name=steps.TELL_PERSON)
    async def tell_person(self, request: TellPerson) -> None:
        await self._slack.replies.whisper(request.thread, request.user, request.text)

    @asynccontextmanager
    async def _shown_as_thinking(self, request: AskModel) -> AsyncIterator[None]:
        """The status while the model thinks, and how the steps before have ended."""
        async with self._status_kept(request.thread, THINKING):
            showing = asyncio.create_task(self._show_steps(request))
            try:
                yield
            finally:
                await showing

    async def _show_steps(self, request: AskModel) -> None:
        progress, draft = request.progress, request.draft
        if self._slack_or_none is None or progress is None:
            return
        try:
            if progress.is_posted:
                await self._slack.progress.post(request.thread, progress, request.turn)
            elif draft.has_cards and draft.streaming_since is not None and not draft.unsure:
                await self._slack.progress.append(request.thread, progress, draft)
        except ApplicationError as error:
            logger.info("progress not shown", extra={"reason": error.message})

    @asynccontextmanager
    async def _status_kept(self, thread: Thread | None, status: str, *, is_shown: bool = False) -> AsyncIterator[None]:
        if thread is None or not thread.in_slack or self._slack_or_none is None:
            yield
            return
        async with self._slack.sessions.status_kept(thread, status, is_shown=is_shown):
            yield

    @property
    def _slack(self) -> Slack:
        if self._slack_or_none is None:
            raise retryable(SLACK_UNAVAILABLE, "this worker has no SLACK_BOT_TOKEN")
        return self._slack_or_none


def _after(reply: ModelReply, draft: Draft) -> Draft:
    """The draft, knowing what became of the text in it."""
    if reply.calls:  # it was a word before the tools; the answer is still to come
        return draft.model_copy(update={"written": 0})
    is_void = bool(reply.unusable or reply.failed) and draft.written > 0
    return draft.model_copy(update={"unsure": True}) if is_void else draft
