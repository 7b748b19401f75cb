"""Promises of the hand-over to Temporal: each message is stored once, or the caller hears that it was not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import pytest
from pydantic import HttpUrl, SecretStr
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract import AGENT_WORKFLOW, DATA_CONVERTER, Start, Thread, UserMessage, workflow_id
from playground.slack.emulator import SlackEmulator
from process import temporal
from process.slack import Identity, open_client
from slackbot.conversations import Conversations
from slackbot.events import Incoming
from slackbot.threads import ThreadReader


class Unreachable:
    """A conversation that Temporal does not tell about."""

    def __init__(self, status: RPCStatusCode) -> None:
        self._status = status

    async def describe(self, *, rpc_timeout: Any) -> None:
        raise RPCError(self._status.name, self._status, b"")


class FlakyTemporal:
    """The real client behind a line that fails when it is told to, before or after Temporal has heard."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.failures: list[str] = []  # "before" or "after", of the next hand-overs
        self.finds: RPCStatusCode | None = None  # instead of the conversation
        self.hand_overs = 0

    async def start_workflow(self, *args: Any, **options: Any) -> Any:
        self.hand_overs += 1
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")
        handle = await self._client.start_workflow(*args, **options)
        if failure == "after":
            raise RPCError("Timeout expired", RPCStatusCode.DEADLINE_EXCEEDED, b"")
        return handle

    def get_workflow_handle(self, workflow: str) -> Any:
        return Unreachable(self.finds) if self.finds else self._client.get_workflow_handle(workflow)


@dataclass
class Threads:
    """The threads in which the agent has spoken, as Slack would tell; notes what it was asked."""

    spoken: set[str] = field(default_factory=set)
    asked: list[Thread] = field(default_factory=list)
    away: bool = False

    async def takes_part_in(self, thread: Thread) -> bool:
        self.asked.append(thread)
        if self.away:
            raise TimeoutError
        return thread.channel in self.spoken


@dataclass
class Stage:
    client: Client
    temporal: FlakyTemporal
    threads: Threads
    conversations: Conversations
    channel: str = field(default_factory=lambda: f"C{uuid4().hex[:8]}")

    def incoming(self, ts: str, *, thread_ts: str = "1.0", only_if_taking_part: bool = False) -> Incoming:
        thread = Thread(team="T1", channel=self.channel, thread_ts=thread_ts)
        return Incoming(thread, UserMessage(ts=ts, user="U1", text="hello"), only_if_taking_part)

    async def signals(self, thread_ts: str = "1.0") -> list[str]:
        """The `ts` of the messages that the thread's conversation was given, in the order of its history."""
        handle = self.client.get_workflow_handle(workflow_id("T1", self.channel, thread_ts))
        events = (await handle.fetch_history()).events
        inputs = [
            event.workflow_execution_signaled_event_attributes.input.payloads
            for event in events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        ]
        return [(await DATA_CONVERTER.decode(payloads, [UserMessage]))[0].ts for payloads in inputs]

    async def is_known(self, thread_ts: str = "1.0") -> bool:
        try:
            await self.client.get_workflow_handle(workflow_id("T1", self.channel, thread_ts)).describe()
        except RPCError:
            return False
        return True


@pytest.fixture
async def stage(temporal_address: str) -> Stage:
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    flaky, threads = FlakyTemporal(client), Threads()
    conversations = Conversations(cast("Client", flaky), f"queue-{uuid4().hex[:8]}", threads.takes_part_in)
    return Stage(client, flaky, threads, conversations)


# Delivering


async def test_a_message_is_stored_even_while_no_worker_is_there(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))

    handle = stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0"))
    assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    assert await stage.signals() == ["1.0"]


async def test_both_events_of_a_mention_are_one_message(stage: Stage) -> None:
    await asyncio.gather(*[stage.conversations.deliver(stage.incoming("1.0")) for _ in range(2)])
    await stage.conversations.deliver(stage.incoming("1.0"))

    assert await stage.signals() == ["1.0"]


async def test_messages_of_one_thread_go_to_one_conversation_and_of_another_to_another(stage: Stage) -> None:
    for ts, thread_ts in (("1.0", "1.0"), ("1.1", "1.0"), ("2.0", "2.0")):
        await stage.conversations.deliver(stage.incoming(ts, thread_ts=thread_ts))

    assert (await stage.signals("1.0"), await stage.signals("2.0")) == (["1.0", "1.1"], ["2.0"])


async def test_many_messages_at_once_are_all_stored(stage: Stage) -> None:
    await asyncio.gather(*[stage.conversations.deliver(stage.incoming(f"1.{n}")) for n in range(30)])

    assert sorted(await stage.signals()) == sorted(f"1.{n}" for n in range(30))


@pytest.mark.parametrize("failure", ["before", "after"])
async def test_a_message_that_may_not_be_stored_raises_and_the_next_try_stores_it(stage: Stage, failure: str) -> None:
    stage.temporal.failures.append(failure)

    with pytest.raises(RPCError):
        await stage.conversations.deliver(stage.incoming("1.0"))
    await stage.conversations.deliver(stage.incoming("1.0"))

    assert set(await stage.signals()) == {"1.0"}


async def test_while_a_mention_is_not_stored_neither_of_its_events_is_taken_for_stored(stage: Stage) -> None:
    stage.temporal.failures.append("before")

    both = [stage.conversations.deliver(stage.incoming("1.0")) for _ in range(2)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [RPCError, RPCError]
    assert stage.temporal.hand_overs == 1


async def test_an_event_that_is_given_up_does_not_keep_the_other_from_being_stored(stage: Stage) -> None:
    first = asyncio.create_task(stage.conversations.deliver(stage.incoming("1.0")))
    second = asyncio.create_task(stage.conversations.deliver(stage.incoming("1.0")))
    await asyncio.sleep(0)

    first.cancel()
    await second

    assert await stage.signals() == ["1.0"]


async def test_a_hand_over_takes_less_time_than_slack_waits(stage: Stage) -> None:
    class Endless:
        timeouts: list[Any] = []  # noqa: RUF012

        async def start_workflow(self, *_: Any, rpc_timeout: Any, **__: Any) -> None:
            self.timeouts.append(rpc_timeout.total_seconds())

    endless = Endless()
    await Conversations(cast("Client", endless), "queue", stage.threads.takes_part_in).deliver(stage.incoming("1.0"))

    assert endless.timeouts[0] < 3


# Taking part


async def test_a_reply_in_a_conversation_is_for_the_agent(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.0", "1.1"]
    assert stage.threads.asked == []


async def test_a_reply_in_a_conversation_that_has_closed_is_for_the_agent(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))
    await stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0")).terminate()

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_where_the_agent_has_spoken_before_temporal_forgot_is_for_the_agent(stage: Stage) -> None:
    stage.threads.spoken.add(stage.channel)

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_in_a_strange_thread_is_not_and_slack_is_asked_about_it_once(stage: Stage) -> None:
    for ts in ("1.1", "1.2"):
        await stage.conversations.deliver(stage.incoming(ts, only_if_taking_part=True))

    assert not await stage.is_known()
    assert len(stage.threads.asked) == 1


async def test_a_strange_thread_is_strange_no_more_once_the_agent_is_mentioned_in_it(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    await stage.conversations.deliver(stage.incoming("1.2"))

    await stage.conversations.deliver(stage.incoming("1.3", only_if_taking_part=True))

    assert await stage.signals() == ["1.2", "1.3"]


async def test_a_strange_thread_that_became_the_agents_own_stays_so_when_temporal_forgets_it(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    await stage.conversations.deliver(stage.incoming("1.2"))
    stage.threads.spoken.add(stage.channel)
    stage.temporal.finds = RPCStatusCode.NOT_FOUND

    await stage.conversations.deliver(stage.incoming("1.3", only_if_taking_part=True))

    assert await stage.signals() == ["1.2", "1.3"]


async def test_while_nobody_can_say_whether_the_agent_takes_part_the_reply_is_not_dropped(stage: Stage) -> None:
    stage.threads.away = True
    with pytest.raises(TimeoutError):
        await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    stage.temporal.finds = RPCStatusCode.UNAVAILABLE
    with pytest.raises(RPCError):
        await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    stage.threads.away, stage.temporal.finds = False, None
    stage.threads.spoken.add(stage.channel)

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_that_overtakes_the_mention_it_follows_is_not_lost(stage: Stage) -> None:
    async with SlackEmulator() as slack, open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        anna = slack.add_user("anna")
        channel = slack.add_channel("general", members=[anna])
        root = slack.say(anna, channel, f"<@{slack.bot_user_id}> hello")
        reply = slack.say(anna, channel, "I mean good morning", thread_ts=root)
        reader = ThreadReader(client, Identity(slack.team_id, slack.bot_user_id, slack.bot_id))
        conversations = Conversations(stage.client, f"queue-{uuid4().hex[:8]}", reader.takes_part_in)
        thread = Thread(team="T1", channel=channel, thread_ts=root)
        said = [UserMessage(ts=ts, user=anna, text="hello") for ts in (root, reply)]

        # Temporal was away when the mention came: it is redelivered after the reply.
        await conversations.deliver(Incoming(thread, said[1], only_if_taking_part=True))
        await conversations.deliver(Incoming(thread, said[0], only_if_taking_part=False))

    stage.channel = channel
    assert sorted(await stage.signals(root)) == [root, reply]


async def test_the_workflow_and_its_start_are_what_the_worker_expects(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))

    handle = stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0"))
    started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    (start,) = await DATA_CONVERTER.decode(started.input.payloads, [Start])
    assert started.workflow_type.name == AGENT_WORKFLOW
    assert start == Start(thread=Thread(team="T1", channel=stage.channel, thread_ts="1.0"))
