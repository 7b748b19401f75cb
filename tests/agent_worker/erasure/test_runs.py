"""Promises about the runs that are erased: all that hold the conversation, also those that begin meanwhile."""

from __future__ import annotations

import asyncio

from temporalio.client import Client

from agent_worker.activities.call_plan import CALLS_AT_ONCE
from agent_worker.contract.names import AGENT_WORKFLOW
from agent_worker.erasure.runs import ConversationRuns, Found
from agent_worker.erasure.targets import DirectMessages, Message
from agent_worker.grants.store import Grants
from agent_worker.workflow.history_length import LONG_HISTORY
from tests.support.agent_worker.rehearsal import Held, Rehearsal, calls, text
from tests.support.grants import call, grant


async def test_a_run_into_which_the_conversation_goes_on_while_it_is_erased_is_erased_too(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_max_model_calls=100) as rehearsal:
        last = Held(text("done"))
        busy = LONG_HISTORY // (3 * CALLS_AT_ONCE) + 1  # each tool call leaves three events
        rehearsal.cast.answers += [*[calls(*["look_up"] * CALLS_AT_ONCE)] * busy, last]
        talk = rehearsal.conversation()
        await talk.say("1.0", "my password is hunter2")
        await last.reached()
        runs = ConversationRuns(rehearsal.client, rehearsal.task_queue)
        found = await listed(runs, Message(talk.thread.channel, "1.0"))

        erasing = asyncio.create_task(runs.erase(found))
        last.release()

        assert await erasing == 0
        assert len(talk.answers) == 1
        assert await is_gone(rehearsal.client, rehearsal.task_queue)


async def test_erasing_a_persons_direct_messages_neither_needs_nor_changes_what_they_have_allowed(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        grants = Grants(rehearsal.client, rehearsal.task_queue, "T1")
        await grants.add(grant(by="U1", channel="D1"))
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        runs = ConversationRuns(rehearsal.client, rehearsal.task_queue)
        await listed(runs, Message(talk.thread.channel, "1.0"))

        assert await runs.find(DirectMessages("U1")) == []

        assert await grants.matching(call(channel="D1")) == grant(by="U1", channel="D1")


async def listed(runs: ConversationRuns, target: Message) -> Found:
    """The conversation, once Temporal lists it: its list is a moment behind."""
    while not (found := await runs.find(target)):  # noqa: ASYNC110  Temporal tells nobody
        await asyncio.sleep(0.05)
    return found[0]


async def is_gone(client: Client, task_queue: str) -> bool:
    """Whether Temporal lists no run any more, soon."""
    query = f"TaskQueue = '{task_queue}' AND WorkflowType = '{AGENT_WORKFLOW}'"
    async with asyncio.timeout(30):
        while (await client.count_workflows(query)).count:  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.05)
    return True
