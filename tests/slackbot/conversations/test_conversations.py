"""Promises of handing over to Temporal: each message is stored once, or the caller gets an error."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import MessageChange, SlackFile, Start, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, workflow_id
from slackbot.conversations.conversations import Conversations
from slackbot.events.message_changes import IncomingChange
from slackbot.events.messages import IncomingMessage
from tests.support.slackbot.hand_over import HandOverStage, hand_over_stage


@pytest.fixture
async def stage(temporal_address: str) -> HandOverStage:
    return await hand_over_stage(temporal_address)


async def test_a_message_is_stored_even_while_no_worker_is_there(stage: HandOverStage) -> None:
    await stage.conversations.hand_over(stage.incoming("1.0"))

    handle = stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0"))
    assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    assert await stage.signals() == ["1.0"]


async def test_both_events_of_a_mention_are_one_message(stage: HandOverStage) -> None:
    await asyncio.gather(*[stage.conversations.hand_over(stage.incoming("1.0")) for _ in range(2)])
    await stage.conversations.hand_over(stage.incoming("1.0"))

    assert await stage.signals() == ["1.0"]


async def test_messages_of_one_thread_go_to_one_conversation_and_of_another_to_another(stage: HandOverStage) -> None:
    for ts, thread_ts in (("1.0", "1.0"), ("1.1", "1.0"), ("2.0", "2.0")):
        await stage.conversations.hand_over(stage.incoming(ts, thread_ts=thread_ts))

    assert (await stage.signals("1.0"), await stage.signals("2.0")) == (["1.0", "1.1"], ["2.0"])


async def test_many_messages_at_once_are_all_stored(stage: HandOverStage) -> None:
    await asyncio.gather(*[stage.conversations.hand_over(stage.incoming(f"1.{n}")) for n in range(30)])

    assert sorted(await stage.signals()) == sorted(f"1.{n}" for n in range(30))


@pytest.mark.parametrize("failure", ["before", "after"])
async def test_if_a_message_may_not_be_stored_there_is_an_error_and_the_next_attempt_stores_it(
    stage: HandOverStage, failure: str
) -> None:
    stage.temporal.failures.append(failure)

    with pytest.raises(RPCError):
        await stage.conversations.hand_over(stage.incoming("1.0"))
    await stage.conversations.hand_over(stage.incoming("1.0"))

    assert set(await stage.signals()) == {"1.0"}


async def test_if_a_mention_is_not_stored_neither_of_its_events_counts_as_stored(stage: HandOverStage) -> None:
    stage.temporal.failures.append("before")

    both = [stage.conversations.hand_over(stage.incoming("1.0")) for _ in range(2)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [RPCError, RPCError]
    assert stage.temporal.hand_overs == 1


async def test_if_one_event_of_a_mention_is_cancelled_the_other_is_stored(stage: HandOverStage) -> None:
    first = asyncio.create_task(stage.conversations.hand_over(stage.incoming("1.0")))
    second = asyncio.create_task(stage.conversations.hand_over(stage.incoming("1.0")))
    await asyncio.sleep(0)

    first.cancel()
    await second

    assert await stage.signals() == ["1.0"]


async def test_a_call_of_temporal_ends_within_slacks_three_seconds(stage: HandOverStage) -> None:
    class Endless:
        timeouts: list[Any] = []  # noqa: RUF012

        async def start_workflow(self, *_: Any, rpc_timeout: Any, **__: Any) -> None:
            self.timeouts.append(rpc_timeout.total_seconds())

    endless = Endless()
    conversations = Conversations(cast("Client", endless), "queue", stage.threads.takes_part_in, stage.recent)
    await conversations.hand_over(stage.incoming("1.0"))

    assert endless.timeouts[0] < 3


@pytest.mark.parametrize(("has_files", "hand_overs"), [((False, True, False, True), 2), ((True, False, True), 1)])
async def test_if_only_one_event_has_the_files_it_is_stored_too(
    stage: HandOverStage, has_files: tuple[bool, ...], hand_overs: int
) -> None:
    for with_files in has_files:
        files = [SlackFile(id="F1", name="plan.pdf")] if with_files else []
        await stage.conversations.hand_over(stage.incoming("1.0", files=files))

    assert await stage.signals() == ["1.0"] * hand_overs


@pytest.mark.parametrize(
    ("events", "hand_overs"),
    [
        ([{}, {"action_token": "1-token"}, {}], 2),
        ([{"action_token": "1-token"}, {}], 1),
        ([{"action_token": "1-token"}, {"action_token": "2-token"}], 1),
        ([{"action_token": "1-token"}, {"files": [SlackFile(id="F1", name="plan.pdf")]}, {}], 2),
    ],
)
async def test_if_only_one_event_has_the_permission_to_search_it_is_stored_too(
    stage: HandOverStage, events: list[dict[str, Any]], hand_overs: int
) -> None:
    for brings in events:
        await stage.conversations.hand_over(stage.incoming("1.0", **brings))

    assert await stage.signals() == ["1.0"] * hand_overs


async def test_a_message_without_its_files_does_not_count_as_handed_over_with_them(stage: HandOverStage) -> None:
    bare, whole = stage.incoming("1.0"), stage.incoming("1.0", files=[SlackFile(id="F1", name="plan.pdf")])

    await stage.conversations.hand_over(bare)
    before = [stage.conversations.has_handed_over(one) for one in (bare, whole)]
    await stage.conversations.hand_over(whole)

    assert before == [True, False]
    assert stage.conversations.has_handed_over(whole)
    assert stage.conversations.has_handed_over(bare)


async def test_a_change_does_not_overtake_the_message_that_it_is_about(stage: HandOverStage) -> None:
    await stage.conversations.hand_over(stage.incoming("1.0"))
    stage.temporal.passable.clear()
    message = asyncio.create_task(stage.conversations.hand_over(stage.incoming("1.1")))
    await asyncio.sleep(0)

    change = MessageChange(ts="1.1", at="1.2", text="good morning")
    changing = asyncio.create_task(stage.conversations.hand_over_change(IncomingChange(stage.thread(), change)))
    other = MessageChange(ts="1.0", at="1.2", text="another")
    await stage.conversations.hand_over_change(IncomingChange(stage.thread(), other))  # does not wait
    stage.temporal.passable.set()
    await asyncio.gather(message, changing)

    assert await stage.signals() == ["1.0", "1.0", "1.1", "1.1"]


async def test_a_change_does_not_wait_for_a_message_that_could_not_be_stored(stage: HandOverStage) -> None:
    stage.temporal.failures.append("before")
    with pytest.raises(RPCError):
        await stage.conversations.hand_over(stage.incoming("1.0"))

    deletion = MessageChange(ts="1.0", at="1.2", deleted=True)
    await stage.conversations.hand_over_change(IncomingChange(stage.thread(), deletion))

    assert not await stage.is_known()


async def test_a_deletion_that_comes_before_its_message_is_stored_and_an_old_one_starts_nothing(
    stage: HandOverStage,
) -> None:
    asked = stage.incoming("1.0")

    await stage.conversations.hand_over_change(deletion_of(asked, at="700.0"))
    assert not await stage.is_known()

    await stage.conversations.hand_over_change(deletion_of(asked, at="1.2"))
    await stage.conversations.hand_over(asked)
    assert await stage.signals() == ["1.0", "1.0"]


def deletion_of(asked: IncomingMessage, at: str) -> IncomingChange:
    return IncomingChange(asked.thread, MessageChange(ts=asked.message.ts, at=at, deleted=True), asked)


async def test_the_workflow_and_its_start_are_what_the_worker_expects(stage: HandOverStage) -> None:
    await stage.conversations.hand_over(stage.incoming("1.0"))

    handle = stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0"))
    started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    (start,) = await DATA_CONVERTER.decode(started.input.payloads, [Start])
    assert started.workflow_type.name == AGENT_WORKFLOW
    assert start == Start(thread=Thread(team="T1", channel=stage.channel, thread_ts="1.0"))
