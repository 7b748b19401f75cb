"""What the steps promise, done on the clients that the worker was given: think, act, speak."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from agent_worker import blocks, steps
from agent_worker.errors import SLACK_UNAVAILABLE, TOOL_UNAVAILABLE, UNUSABLE_ANSWER, retryable, sentence
from agent_worker.gemini import Gemini, Question
from agent_worker.greeting import greeting
from agent_worker.requests import (
    AskModel,
    Content,
    Deliver,
    LookUpNames,
    ModelReply,
    Names,
    OpenConversation,
    Opened,
    ShowProgress,
    Summarise,
    Summary,
    ToolCall,
)
from agent_worker.slack_progress import SlackProgress
from agent_worker.slack_replies import SlackReplies, since
from agent_worker.slack_threads import Past, SlackThreads
from agent_worker.toolbox import OpenToolbox, Toolbox, ToolUnavailableError
from agent_worker.transcripts import Transcripts, reader

THINKING = "is thinking…"
CALLS_AT_ONCE = 32  # tool calls of one model answer that are run
PATIENCE = timedelta(seconds=10)  # then the thread is told that the model does not answer
WAITING = "Gemini is not answering just now. I keep trying, and I will answer here as soon as it does."
# Slack's real limits are not all documented: what it refuses to show as blocks it shows as text.
UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
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


@dataclass(frozen=True)
class Slack:
    """The agent's mouth and eyes in Slack."""

    replies: SlackReplies
    threads: SlackThreads
    progress: SlackProgress


class Activities:
    def __init__(
        self,
        *,
        profile: AgentProfile,
        gemini: Gemini,
        toolbox: Toolbox,
        tools: OpenToolbox,
        slack: Slack | None,
        transcripts: Transcripts,
    ) -> None:
        self._profile = profile
        self._gemini = gemini
        self._toolbox = toolbox
        self._tools = tools
        self._slack_or_none = slack
        self._transcripts = transcripts

    # Hearing

    @activity.defn(name=steps.OPEN_CONVERSATION)
    async def open_conversation(self, request: OpenConversation) -> Opened:
        names: dict[str, str] = {}
        past = Past()
        if request.thread.in_slack:
            if request.earlier_than:  # it may turn out that all was answered before: no status yet
                past = await self._slack.threads.past(request.thread, request.earlier_than)
            else:
                await self._slack.progress.set_status(request.thread, THINKING)
            names = await self._slack.threads.names(request.ids)
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
            names=names,
            earlier=past.text,
            answered=list(past.answered),
        )

    @activity.defn(name=steps.LOOK_UP_NAMES)
    async def look_up_names(self, request: LookUpNames) -> Names:
        return Names(names=await self._slack.threads.names(request.ids))

    # Thinking

    @activity.defn(name=steps.ASK_MODEL)
    async def ask_model(self, request: AskModel) -> ModelReply:
        # The status is over before the step is: one that arrived later would outlive the answer.
        showing = asyncio.create_task(self._show_thinking(request))
        try:
            contents = await self._contents(request.epoch, request.known, request.new)
            reply = await self._gemini.ask(self._question(request, contents))
        except ApplicationError as error:
            if not error.non_retryable:
                await self._tell_if_long(request)
            raise
        finally:
            await showing
        return reply.model_copy(update={"calls": [self._planned(i, call) for i, call in enumerate(reply.calls)]})

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
        arguments = activity.payload_converter().from_payload(args[0].payload, dict[str, Any])
        try:
            return await self._tools.run(activity.info().activity_type, arguments)
        except ToolUnavailableError as error:
            raise retryable(TOOL_UNAVAILABLE, str(error)) from error

    # Speaking

    @activity.defn(name=steps.SHOW_PROGRESS)
    async def show_progress(self, request: ShowProgress) -> str:
        running = [step.title for step in request.progress.steps if step.state == "in_progress"]
        status = f"is working: {', '.join(running)}…" if running else THINKING
        ts, _ = await asyncio.gather(
            self._slack.progress.show(request.thread, request.progress),
            self._slack.progress.set_status(request.thread, status),
        )
        return ts

    @activity.defn(name=steps.DELIVER)
    async def deliver(self, request: Deliver) -> None:
        """After this the thread holds the complete answer once, whatever was shown of it before."""
        maybe_posted = activity.info().attempt > 1
        finishing = asyncio.create_task(self._finish_progress(request))
        posted = await self._slack.replies.posted(request.thread, since(request.key)) if maybe_posted else {}
        posts = self._posts(request)
        for index, post in enumerate(posts):
            answers = request.answers if index == len(posts) - 1 else ()
            await self._say(request, f"{request.key}:{index}", post, posted, answers)
        await self._slack.progress.set_status(request.thread, "")
        await finishing

    async def _say(
        self, request: Deliver, key: str, post: blocks.Post, posted: Mapping[str, str], answers: Sequence[str]
    ) -> None:
        """Posts what is not posted yet; as plain text, where Slack does not take it as blocks."""
        if key in posted:
            return
        try:
            await self._slack.replies.post(request.thread, key, post, answers)
        except ApplicationError as error:
            if error.message not in UNSHOWABLE:
                raise
            for index, plain in enumerate(blocks.plain(post, request.may_mention)):
                if f"{key}:plain:{index}" not in posted:
                    await self._slack.replies.post(request.thread, f"{key}:plain:{index}", plain, answers)

    @staticmethod
    def _posts(request: Deliver) -> Sequence[blocks.Post]:
        if request.is_notice:
            return [blocks.notice(request.text)]
        try:
            return blocks.answer(request.text, request.may_mention)
        except ValueError:  # nothing in it that a person could see
            return [blocks.notice(sentence(UNUSABLE_ANSWER))]

    async def _finish_progress(self, request: Deliver) -> None:
        if request.progress:
            await self._slack.progress.finish(request.thread, request.progress)

    async def _show_thinking(self, request: AskModel) -> None:
        if not request.thread.in_slack or self._slack_or_none is None:
            return
        showing: list[Awaitable[object]] = [self._slack.progress.set_status(request.thread, THINKING)]
        if request.progress and (request.progress.ts or request.progress.unsure):
            showing.append(self._slack.progress.show(request.thread, request.progress))
        for error in await asyncio.gather(*showing, return_exceptions=True):
            if isinstance(error, ApplicationError):
                logger.info("progress not shown", extra={"reason": error.message})
            elif isinstance(error, BaseException):
                raise error

    @property
    def _slack(self) -> Slack:
        if self._slack_or_none is None:
            raise retryable(SLACK_UNAVAILABLE, "this worker has no SLACK_BOT_TOKEN")
        return self._slack_or_none
