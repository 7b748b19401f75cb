"""The bot between a local Slack and a real Temporal with a worker; the workflow is real, its activities are stand-ins.

The test says what the model answers, and when.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import HttpUrl, SecretStr
from temporalio.client import Client, WorkflowExecution, WorkflowHandle

from agent_worker.contract.messages import UserMessage
from agent_worker.contract.names import USER_MESSAGE, workflow_id
from agent_worker.payloads.model import ModelReply
from emulators.slack.emulator import SlackEmulator
from process.slack import Identity, identify, open_client
from slackbot.app import Listener, build_app
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations import grants as grants_of_bot
from slackbot.conversations import recent
from slackbot.conversations.agent_catalog import Catalogs
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.grants import Grants
from slackbot.conversations.participation import Participation
from slackbot.conversations.recent import RecentConversation, RecentConversations
from slackbot.conversations.signals import StopSignals
from slackbot.listeners.assistant_context import AssistantContext
from slackbot.listeners.home_tab import HomeTab
from slackbot.listeners.message_shortcut import MessageShortcut
from slackbot.listeners.messages import MessageListener
from slackbot.listeners.revoke_button import RevokeButton
from slackbot.listeners.slash_command import SlashCommand
from slackbot.listeners.suggested_prompts import SuggestedPrompts
from tests.support.agent_worker.rehearsal import Held, Rehearsal, text
from tests.support.slackbot.stored_signals import Line

Value = TypeVar("Value")


class WholeLine(Line):
    """The line with Temporal's list of conversations; `waiting` counts the calls of it that have no answer yet."""

    waiting = 0

    async def list_workflows(self, *args: Any, **options: Any) -> AsyncIterator[WorkflowExecution]:
        self.waiting += 1
        await self._pass()
        self.waiting -= 1
        async for execution in self._client.list_workflows(*args, **options):
            yield execution


async def eventually(condition: Callable[[], Awaitable[Value]], seconds: float = 40) -> Value:
    """Asks until the condition has a true value, and returns it: Temporal's list is behind, and announces nothing."""
    async with asyncio.timeout(seconds):
        while not (value := await condition()):  # noqa: ASYNC110  see above
            await asyncio.sleep(0.05)
        return value


def titled(answer: str, title: str) -> ModelReply:
    return text(answer).model_copy(update={"title": title})


@dataclass
class ConversationStage:
    """Anna and Ben in #general, and the bot connected."""

    slack: SlackEmulator
    rehearsal: Rehearsal
    line: WholeLine
    bot: Identity
    anna: str
    ben: str
    channel: str
    now: list[float] = field(default_factory=lambda: [0.0])  # the bot's clock, in seconds
    thinking: list[Held] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # by thread_ts

    @property
    def recent(self) -> RecentConversations:
        """Asks Temporal for its list, also while the bot's own line is cut."""
        return RecentConversations(self.rehearsal.client, self.rehearsal.task_queue, self.bot.team_id, timeout=30)

    async def heard(self) -> None:
        """Returns once the bot has acknowledged every event."""
        await self.slack.until(lambda: all(delivery.acked for delivery in self.slack.deliveries))

    async def say(self, user: str, words: str = "hello", channel: str = "", thread_ts: str | None = None) -> str:
        """Somebody mentions the bot or writes to it directly; returns the message's `ts` once it is acknowledged."""
        place = channel or self.channel
        mention = "" if place.startswith("D") else f"<@{self.bot.bot_user_id}> "
        ts = self.slack.say(user, place, f"{mention}{words}", thread_ts=thread_ts)
        await self.heard()
        return ts

    async def ask(self, user: str, title: str = "", channel: str = "", thread_ts: str | None = None) -> str:
        """Somebody asks and is answered; returns the thread's `ts`. With `title` the conversation gets that title."""
        self.rehearsal.cast.answers.append(titled("yes", title))
        before = len(self.rehearsal.cast.delivered)
        ts = await self.say(user, channel=channel, thread_ts=thread_ts)
        await self.rehearsal.until(lambda: len(self.rehearsal.cast.delivered) > before)
        if title:
            self.titles[thread_ts or ts] = title
        return thread_ts or ts

    async def set_to_work(self, user: str, channel: str = "") -> str:
        """Somebody asks, and the model does not answer before the test ends; returns the thread's `ts`."""
        held = Held(text("never said"))
        self.thinking.append(held)
        self.rehearsal.cast.answers.append(held)
        ts = await self.say(user, channel=channel)
        await held.reached()
        return ts

    def conversation(self, thread_ts: str, channel: str = "") -> WorkflowHandle[Any, Any]:
        name = workflow_id(self.bot.team_id, channel or self.channel, thread_ts)
        return self.rehearsal.client.get_workflow_handle(name)

    async def close(self, thread_ts: str, channel: str = "") -> None:
        """Ends the conversation, in place of the long silence that would close it."""
        await self.conversation(thread_ts, channel).terminate()

    async def listed(
        self, user: str, condition: Callable[[list[RecentConversation]], bool], direct: str = ""
    ) -> list[RecentConversation]:
        """What Temporal lists of the person's conversations, once the condition is true."""

        async def found() -> list[RecentConversation]:
            listed = await self.recent.of(user, direct)
            return listed if condition(listed) else []

        return await eventually(found)

    async def are_listed(self, user: str, *threads: str, direct: str = "") -> None:
        """Returns once exactly these conversations are listed as the person's, with their titles."""

        def are(found: list[RecentConversation]) -> bool:
            are_titled = all(one.title or one.thread.thread_ts not in self.titles for one in found)
            return are_titled and {one.thread.thread_ts for one in found} == set(threads)

        await self.listed(user, are, direct)

    async def is_over(self, thread_ts: str, user: str, direct: str = "") -> None:
        """Returns once the agent is no longer working in the thread."""
        states = {"open", "closed"}
        await self.listed(
            user,
            lambda all_: any(one.thread.thread_ts == thread_ts and one.state in states for one in all_),
            direct,
        )

    def answers(self, thread_ts: str) -> list[str]:
        """The answers that the agent has delivered in a thread."""
        cast = self.rehearsal.cast
        return [request.text for request in cast.delivered if request.thread.thread_ts == thread_ts]

    async def answered(self, thread_ts: str) -> list[str]:
        """The same, once there is one."""
        await self.rehearsal.until(lambda: self.answers(thread_ts))
        return self.answers(thread_ts)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of this method, in order."""
        return [dict(call.arguments) for call in self.slack.calls if call.method == method]


@asynccontextmanager
async def conversation_stage(
    temporal_address: str, *, timeout: float = recent.TIMEOUT, idle_seconds: float = 600, **profile: Any
) -> AsyncIterator[ConversationStage]:
    """`timeout` (seconds) is how long the bot waits for Temporal's list; `profile` changes what this Slack is like."""
    async with (
        SlackEmulator(**profile) as slack,
        Rehearsal(temporal_address, idle_seconds=idle_seconds) as rehearsal,
        open_client(HttpUrl(slack.api_url), None) as tokenless,
        open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as web,
    ):
        anna, ben = slack.add_user("anna"), slack.add_user("ben")
        channel = slack.add_channel("general", members=[anna, ben])
        bot, line = await identify(web), WholeLine(rehearsal.client)
        stage = ConversationStage(slack, rehearsal, line, bot, anna, ben, channel)
        client = cast("Client", line)
        recent_conversations = RecentConversations(client, rehearsal.task_queue, bot.team_id, timeout=timeout)
        takes_part_in = Participation(web, bot).takes_part_in
        conversations = Conversations(client, rehearsal.task_queue, takes_part_in, recent_conversations)
        context, gaps = AssistantContext(), Gaps()
        catalogs = Catalogs(client, rehearsal.task_queue)
        patience = grants_of_bot.Patience() if timeout == recent.TIMEOUT else grants_of_bot.Patience(*[timeout] * 3)
        grants = Grants(client, rehearsal.task_queue, bot.team_id, patience)
        listeners: list[Listener] = [
            MessageListener(bot, conversations, gaps, context=context),
            context,
            SuggestedPrompts(web, context, catalogs, clock=lambda: stage.now[0]),
            HomeTab(bot, web, recent_conversations, StopSignals(client), catalogs, grants=grants),
            SlashCommand(bot, web, recent_conversations, StopSignals(client), catalogs, grants=grants),
            RevokeButton(bot, web, grants),
            MessageShortcut(bot, web, conversations),
        ]
        app = build_app(tokenless, bot, listeners)
        async with SocketMode(app, slack.app_token, gaps.open):
            yield stage
            for held in stage.thinking:  # a worker waits for its activities before it ends
                held.release()


async def questions(stage: ConversationStage, thread_ts: str, channel: str = "", count: int = 1) -> list[UserMessage]:
    """The messages that a conversation's newest run has received, in order, once there are at least `count`."""

    async def given() -> list[UserMessage]:
        history = await stage.conversation(thread_ts, channel).fetch_history()
        signals = [
            event.workflow_execution_signaled_event_attributes
            for event in history.events
            if event.HasField("workflow_execution_signaled_event_attributes")
        ]
        decode = stage.rehearsal.client.data_converter.decode
        inputs = [one.input.payloads for one in signals if one.signal_name == USER_MESSAGE]
        messages = [(await decode(payloads, [UserMessage]))[0] for payloads in inputs]
        return messages if len(messages) >= count else []

    return await eventually(given)  # a signal that arrives during a workflow task is in the history a moment later
