"""Promises of the hand-over to Temporal: each message is stored once, or the caller hears that it was not."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import MessageChange, SlackFile, Start, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, workflow_id
from slackbot.conversations.delivery import Conversations
from tests.support.slackbot.conversing import Stage, conversing


@pytest.fixture
async def stage(temporal_address: str) -> Stage:
    return await conversing(temporal_address)


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


@pytest.mark.parametrize(("has_files", "hand_overs"), [((False, True, False, True), 2), ((True, False, True), 1)])
async def test_the_event_that_alone_has_the_files_is_stored_too(
    stage: Stage, has_files: tuple[bool, ...], hand_overs: int
) -> None:
    for with_files in has_files:
        files = [SlackFile(id="F1", name="plan.pdf")] if with_files else []
        await stage.conversations.deliver(stage.incoming("1.0", files=files))

    assert await stage.signals() == ["1.0"] * hand_overs


async def test_a_message_whose_files_are_missing_is_not_delivered_yet(stage: Stage) -> None:
    bare, whole = stage.incoming("1.0"), stage.incoming("1.0", files=[SlackFile(id="F1", name="plan.pdf")])

    await stage.conversations.deliver(bare)
    before = [stage.conversations.has_delivered(one) for one in (bare, whole)]
    await stage.conversations.deliver(whole)

    assert before == [True, False]
    assert stage.conversations.has_delivered(whole)
    assert stage.conversations.has_delivered(bare)


async def test_a_change_does_not_overtake_the_message_that_it_is_about(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))
    stage.temporal.passable.clear()
    message = asyncio.create_task(stage.conversations.deliver(stage.incoming("1.1")))
    await asyncio.sleep(0)

    change = MessageChange(ts="1.1", at="1.2", text="good morning")
    changing = asyncio.create_task(stage.conversations.change(stage.thread(), change))
    await stage.conversations.change(stage.thread(), MessageChange(ts="1.0", at="1.2", text="another"))  # not held up
    stage.temporal.passable.set()
    await asyncio.gather(message, changing)

    assert await stage.signals() == ["1.0", "1.0", "1.1", "1.1"]


async def test_a_change_waits_for_no_message_that_could_not_be_stored(stage: Stage) -> None:
    stage.temporal.failures.append("before")
    with pytest.raises(RPCError):
        await stage.conversations.deliver(stage.incoming("1.0"))

    await stage.conversations.change(stage.thread(), MessageChange(ts="1.0", at="1.2", deleted=True))

    assert not await stage.is_known()


async def test_the_workflow_and_its_start_are_what_the_worker_expects(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))

    handle = stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0"))
    started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    (start,) = await DATA_CONVERTER.decode(started.input.payloads, [Start])
    assert started.workflow_type.name == AGENT_WORKFLOW
    assert start == Start(thread=Thread(team="T1", channel=stage.channel, thread_ts="1.0"))
