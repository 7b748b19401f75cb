"""The bot with everything that it is beside its messages, between a local Slack, a real Temporal and a real workflow.

The workflow's steps are rehearsed: what the model says, and how long it takes, is the test's to say.
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
from slackbot.app import build_app
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations import recent
from slackbot.conversations.delivery import Conversations
from slackbot.conversations.participation import ThreadReader
from slackbot.conversations.recent import Recent, Recents
from slackbot.conversations.signals import Stopping
from slackbot.listeners.assistant_context import Attention
from slackbot.listeners.home_tab import Home
from slackbot.listeners.message_shortcut import Shortcut
from slackbot.listeners.messages import Listeners
from slackbot.listeners.slash_command import Commands
from slackbot.listeners.suggested_prompts import Prompts
from tests.support.agent_worker.rehearsal import Held, Rehearsal, text
from tests.support.slackbot.handing_over import Line

Value = TypeVar("Value")


class WholeLine(Line):
    """The way to Temporal, with its list of conversations; `waiting` counts who has asked and heard nothing yet."""

    waiting = 0

    async def list_workflows(self, *args: Any, **options: Any) -> AsyncIterator[WorkflowExecution]:
        self.waiting += 1
        await self._pass()
        self.waiting -= 1
        async for execution in self._client.list_workflows(*args, **options):
            yield execution


async def eventually(condition: Callable[[], Awaitable[Value]], seconds: float = 15) -> Value:
    """The first true value of the condition: Temporal's list is a moment behind, and it tells nobody."""
    async with asyncio.timeout(seconds):
        while not (value := await condition()):  # noqa: ASYNC110  see above
            await asyncio.sleep(0.05)
        return value


def titled(said: str, title: str) -> ModelReply:
    return text(said).model_copy(update={"title": title})


@dataclass
class Attending:
    """Anna and Ben in #general, and the bot listening."""

    slack: SlackEmulator
    rehearsal: Rehearsal
    line: WholeLine
    bot: Identity
    anna: str
    ben: str
    channel: str
    now: list[float] = field(default_factory=lambda: [0.0])  # what the bot's clock shows, in seconds
    thinking: list[Held] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # by the `ts` of the thread

    @property
    def recents(self) -> Recents:
        """What Temporal lists, whatever becomes of the bot's own line to it."""
        return Recents(self.rehearsal.client, self.rehearsal.task_queue, self.bot.team_id, patience=5)

    async def heard(self) -> None:
        """Returns when the bot has acknowledged everything that Slack has told it."""
        await self.slack.until(lambda: all(delivery.acked for delivery in self.slack.deliveries))

    async def say(self, user: str, said: str = "hello", channel: str = "", thread_ts: str | None = None) -> str:
        """Somebody mentions the bot, or writes to it directly; the `ts`, when Temporal has it."""
        place = channel or self.channel
        mention = "" if place.startswith("D") else f"<@{self.bot.bot_user_id}> "
        ts = self.slack.say(user, place, f"{mention}{said}", thread_ts=thread_ts)
        await self.heard()
        return ts

    async def ask(self, user: str, title: str = "", channel: str = "", thread_ts: str | None = None) -> str:
        """Somebody asks and is answered; the `ts` of the thread. The conversation gets a title, if that says one."""
        self.rehearsal.cast.answers.append(titled("yes", title))
        before = len(self.rehearsal.cast.delivered)
        ts = await self.say(user, channel=channel, thread_ts=thread_ts)
        await self.rehearsal.until(lambda: len(self.rehearsal.cast.delivered) > before)
        if title:
            self.titles[thread_ts or ts] = title
        return thread_ts or ts

    async def set_to_work(self, user: str, channel: str = "") -> str:
        """Somebody asks, and the model thinks for as long as it is let; the `ts` of the thread."""
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
        """The conversation ends, as it does when it has been idle for long."""
        await self.conversation(thread_ts, channel).terminate()

    async def listed(self, user: str, condition: Callable[[list[Recent]], bool], direct: str = "") -> list[Recent]:
        """What Temporal lists of the person's conversations, once it is as the condition says."""

        async def found() -> list[Recent]:
            listed = await self.recents.of(user, direct)
            return listed if condition(listed) else []

        return await eventually(found)

    async def are_listed(self, user: str, *threads: str, direct: str = "") -> None:
        """Returns when just these conversations are listed as the person's, with their titles."""

        def are(found: list[Recent]) -> bool:
            are_titled = all(one.title or one.thread.thread_ts not in self.titles for one in found)
            return are_titled and {one.thread.thread_ts for one in found} == set(threads)

        await self.listed(user, are, direct)

    async def is_over(self, thread_ts: str, user: str, direct: str = "") -> None:
        """Returns when the agent does not work there any more."""
        states = {"open", "closed"}
        await self.listed(
            user,
            lambda all_: any(one.thread.thread_ts == thread_ts and one.state in states for one in all_),
            direct,
        )

    def said(self, thread_ts: str) -> list[str]:
        """What the agent has answered in a thread."""
        cast = self.rehearsal.cast
        return [request.text for request in cast.delivered if request.thread.thread_ts == thread_ts]

    async def answered(self, thread_ts: str) -> list[str]:
        await self.rehearsal.until(lambda: self.said(thread_ts))
        return self.said(thread_ts)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of this method, in order."""
        return [dict(call.arguments) for call in self.slack.calls if call.method == method]


@asynccontextmanager
async def attending(
    temporal_address: str, *, patience: float = recent.PATIENCE, idle_seconds: float = 600, **profile: Any
) -> AsyncIterator[Attending]:
    """`patience` is that of the bot with Temporal's list; `profile` is how this Slack differs from the plain one."""
    async with (
        SlackEmulator(**profile) as slack,
        Rehearsal(temporal_address, idle_seconds=idle_seconds) as rehearsal,
        open_client(HttpUrl(slack.api_url), None) as nameless,
        open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as web,
    ):
        anna, ben = slack.add_user("anna"), slack.add_user("ben")
        channel = slack.add_channel("general", members=[anna, ben])
        bot, line = await identify(web), WholeLine(rehearsal.client)
        stage = Attending(slack, rehearsal, line, bot, anna, ben, channel)
        client = cast("Client", line)
        conversations = Conversations(client, rehearsal.task_queue, ThreadReader(web, bot).takes_part_in)
        attention = Attention()
        recents, stopping = Recents(client, rehearsal.task_queue, bot.team_id, patience=patience), Stopping(client)
        parts = (
            attention,
            Prompts(web, attention, clock=lambda: stage.now[0]),
            Home(bot, web, recents, stopping),
            Commands(bot, recents, stopping),
            Shortcut(bot, web, conversations),
        )
        gaps = Gaps()
        app = build_app(nameless, bot, Listeners(bot, conversations, gaps, attention=attention), parts)
        async with SocketMode(app, slack.app_token, gaps.note):
            yield stage
            for held in stage.thinking:  # a worker waits for its steps before it ends
                held.release()


async def questions(stage: Attending, thread_ts: str, channel: str = "", count: int = 1) -> list[UserMessage]:
    """The messages that the newest run of a conversation was given, in their order, once there are so many."""

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

    return await eventually(given)  # what comes while a worker is at it is in the history a moment later
