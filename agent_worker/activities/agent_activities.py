"""What the steps promise, done on the clients that the worker was given: think, act, speak."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from temporalio import activity
from temporalio.common import RawValue

from agent_worker.activities.greeting import greeting
from agent_worker.activities.model_call import ModelCalls
from agent_worker.contract.messages import Thread
from agent_worker.contract.names import thread_of
from agent_worker.conversation.participants import asks_back
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.errors import SLACK_UNAVAILABLE, TOOL_UNAVAILABLE, retryable
from agent_worker.payloads.model import AskModel, ModelReply, Summarise, Summary
from agent_worker.payloads.opening import LookUpNames, Names, OpenConversation, Opened
from agent_worker.payloads.thread import Author, Deliver, Shown, ShowProgress, TellPerson
from agent_worker.slack.adapter import Slack
from agent_worker.slack.thread.history import Past
from agent_worker.slack.thread.progress_queue import THINKING
from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.tool import ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox


class Activities:
    def __init__(
        self,
        *,
        policy: AgentPolicy,
        bot_user_id: str,
        model_calls: ModelCalls,
        toolbox: Toolbox,
        tools: OpenToolbox,
        slack: Slack | None,
    ) -> None:
        self._policy = policy
        self._bot_user_id = bot_user_id
        self._model_calls = model_calls
        self._toolbox = toolbox
        self._tools = tools
        self._slack_or_none = slack

    # Hearing

    @activity.defn(name=ActivityName.OPEN_CONVERSATION)
    async def open_conversation(self, request: OpenConversation) -> Opened:
        """Tells the settings to go by, who is who, who may not talk to the agent, and what the thread holds already."""
        thread = request.thread
        names, past = Names(names={}), Past()
        if thread.in_slack:
            if request.earlier_than:
                past = await self._slack.history.past(thread, request.earlier_than)
            names, _ = await asyncio.gather(
                self._known(request.ids, request.authors, thread), self._show_thinking(thread, request)
            )
            if names.refuses(request.authors):
                await self._slack.status.end(thread, waits=False)  # no answer will take the status away
        return Opened(
            policy=self._policy,
            bot_user_id=self._bot_user_id,
            greeting=greeting(self._toolbox.summary()),
            names=names.names,
            judged=names.judged,
            refused=names.refused,
            refused_here=names.refused_here,
            earlier=past.text,
            answered=list(past.answered),
            people=list(past.people),
            to_others=list(past.to_others),
        )

    async def _show_thinking(self, thread: Thread, request: OpenConversation) -> None:
        """While people are looked up; otherwise the model call shows it soon enough, if there is one."""
        if not (self._slack.directory.knows(request.ids) or request.earlier_than):
            await self._slack.status.set_status(thread, THINKING)

    @activity.defn(name=ActivityName.LOOK_UP_NAMES)
    async def look_up_names(self, request: LookUpNames) -> Names:
        return await self._known(request.ids, request.authors, request.thread)

    async def _known(self, ids: Sequence[str], authors: Sequence[Author], thread: Thread | None) -> Names:
        """Who they are, and who of the authors may not talk to the agent in this thread."""
        slack = self._slack
        names = await slack.directory.names(ids, within=thread.channel if thread else "")
        judged = {
            author.id: slack.access_policy.refusal(author, await slack.directory.user(author.id)) for author in authors
        }
        return Names(
            names=names,
            judged=list(judged) if thread else None,  # release 0.2 did not say which thread it asks for
            refused={slack_id: reason for slack_id, reason in judged.items() if reason},
            refused_here=slack.access_policy.refusal_in(thread) if thread else "",
        )

    # Thinking

    @activity.defn(name=ActivityName.ASK_MODEL)
    async def ask_model(self, request: AskModel) -> ModelReply:
        return await self._model_calls.reply(request)

    @activity.defn(name=ActivityName.SUMMARISE)
    async def summarise(self, request: Summarise) -> Summary:
        return Summary(text=await self._model_calls.summary(request))

    # Acting

    @activity.defn(dynamic=True)
    async def run_tool(self, args: Sequence[RawValue]) -> dict[str, Any]:
        """Any activity that is none of the above is a tool of that name; it may be given steps to show, too."""
        arguments: Mapping[str, Any] = activity.payload_converter().from_payload(args[0].payload, dict[str, Any])
        for shown in args[1:]:
            self._slack.progress_queue.begin(activity.payload_converter().from_payload(shown.payload, ShowProgress))
        try:
            async with self._status_kept(thread_of(activity.info().workflow_id or "")):
                return await self._tools.run(activity.info().activity_type, arguments)
        except ToolUnavailableError as error:
            raise retryable(TOOL_UNAVAILABLE, str(error)) from error

    # Speaking

    @activity.defn(name=ActivityName.SHOW_PROGRESS)
    async def show_progress(self, request: ShowProgress) -> Shown:
        return await self._slack.progress_queue.show(request)

    @activity.defn(name=ActivityName.DELIVER)
    async def deliver(self, request: Deliver) -> None:
        """Makes the thread hold the complete answer, once, whatever was shown of it before. Can be tried again."""
        slack = self._slack
        await slack.progress_queue.wait(request)
        leftovers = await slack.leftovers.of_delivery(request, is_retry=activity.info().attempt > 1)
        parts = (
            slack.delivery.bring(request, leftovers),
            slack.progress.end(request, leftovers),
            slack.status.rename(request.thread, request.title),
        )
        for failure in await asyncio.gather(*parts, return_exceptions=True):
            if failure is not None:  # raised bare: of a group, Temporal would not see whether to try again
                raise failure
        await slack.status.end(request.thread, waits=not request.is_notice and asks_back(request.text))

    @activity.defn(name=ActivityName.TELL_PERSON)
    async def tell_person(self, request: TellPerson) -> None:
        await self._slack.posts.whisper(request.thread, request.user, request.text, in_channel=request.in_channel)

    @asynccontextmanager
    async def _status_kept(self, thread: Thread | None) -> AsyncIterator[None]:
        if thread is None or self._slack_or_none is None:
            yield
            return
        async with self._slack.status.status_kept(thread, "is working…", is_shown=True):
            yield

    @property
    def _slack(self) -> Slack:
        if self._slack_or_none is None:
            raise retryable(SLACK_UNAVAILABLE, "this worker has no SLACK_BOT_TOKEN")
        return self._slack_or_none
