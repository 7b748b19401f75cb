"""Promises of the list of a person's conversations: it holds theirs and no others, in their present states.

Temporal's list is a moment behind: each test waits until it shows what the test expects, and only then checks the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Feedback, Renamed, Start, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, FEEDBACK, MEMO_TITLE, MEMO_USER, RENAMED, workflow_id
from process import temporal
from slackbot.conversations import recent
from slackbot.conversations.recent import RecentConversations
from tests.support.agent_worker.rehearsal import Rehearsal
from tests.support.slackbot.conversations import eventually
from tests.support.slackbot.team import LIST_TIMEOUT, Team

ANNA, BEN = "U1", "U2"
DIRECT = "D1"


@pytest.fixture
async def team(temporal_address: str) -> AsyncIterator[Team]:
    async with Rehearsal(temporal_address) as rehearsal:
        yield Team(rehearsal)


async def test_a_person_is_shown_what_the_person_began_and_nothing_else(team: Team) -> None:
    await team.ask(ANNA, "1.0", title="Weather")
    await team.ask(BEN, "2.0", title="Lunch")
    await team.ask(BEN, "1.0")  # joins in what Anna began
    await team.ask(BEN, "3.0", "D2", title="A secret")

    await team.is_listed(ANNA, {"1.0": "open"})
    await team.is_listed(BEN, {"3.0": "open", "2.0": "open"})
    await team.has_titles(ANNA, "Weather")


async def test_other_agents_and_other_teams_of_the_same_temporal_are_not_seen(team: Team) -> None:
    await team.ask(ANNA, "1.0")
    await team.is_listed(ANNA, {"1.0": "open"})

    client, queue = team.rehearsal.client, team.rehearsal.task_queue
    assert await RecentConversations(client, f"{queue}-other", team.id, timeout=LIST_TIMEOUT).of(ANNA) == []
    assert await RecentConversations(client, queue, f"{team.id}X", timeout=LIST_TIMEOUT).of(ANNA) == []
    assert await RecentConversations(client, queue, team.id[:-1], timeout=LIST_TIMEOUT).of(ANNA) == []


async def test_a_conversation_is_working_then_open_then_closed(team: Team) -> None:
    held = await team.set_to_work(ANNA, "1.0")
    await team.is_listed(ANNA, {"1.0": "working"})

    held.release()
    await team.is_listed(ANNA, {"1.0": "open"})

    await team.close("1.0")
    await team.is_listed(ANNA, {"1.0": "closed"})


async def test_a_conversation_that_waits_for_a_worker_is_working(team: Team) -> None:
    await team.rehearsal.leave()
    await team.say(ANNA, "1.0")

    await team.is_listed(ANNA, {"1.0": "working"})
    await team.are_at_work(ANNA, "C1", team.thread("1.0"))
    await team.rehearsal.come_back()


async def test_working_conversations_come_first_and_then_the_newest(team: Team) -> None:
    held = await team.set_to_work(ANNA, "1.0")
    await team.ask(ANNA, "2.0")
    await team.ask(ANNA, "3.0")

    await team.is_listed(ANNA, {"1.0": "working", "3.0": "open", "2.0": "open"})
    held.release()


async def test_no_more_are_shown_than_a_page_has_room_for(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "SHOWN", 2)
    for thread_ts in ("1.0", "2.0", "3.0"):
        await team.ask(ANNA, thread_ts)

    await team.is_listed(ANNA, {"3.0": "open", "2.0": "open"})


# Conversations with several runs


async def test_a_conversation_that_another_person_continues_stays_with_the_one_who_began_it(team: Team) -> None:
    await team.ask(ANNA, "1.0", title="Weather")
    await team.close("1.0")
    await team.is_listed(ANNA, {"1.0": "closed"})

    held = await team.set_to_work(BEN, "1.0")

    await team.is_listed(ANNA, {"1.0": "working"})
    await team.has_titles(ANNA, "Weather")
    held.release()


async def test_a_title_from_another_persons_run_is_not_shown(team: Team) -> None:
    await team.ask(ANNA, "1.0", title="Weather")
    await team.close("1.0")
    await team.ask(BEN, "1.0", title="Something else")

    await team.has_titles(BEN, "Something else")

    await team.has_titles(ANNA, "Weather")
    await team.is_listed(ANNA, {"1.0": "open"})


async def test_a_conversation_that_a_click_opens_belongs_to_nobody(team: Team) -> None:
    await team.conversations.signal(
        team.thread("1.0"), FEEDBACK, Feedback(turn="1.0", user=BEN, value="good", at="2.0")
    )
    await team.ask(ANNA, "2.0")

    await team.is_listed(ANNA, {"2.0": "open"})

    assert await team.states(BEN) == {}
    assert await team.states("") == {}


@workflow.defn(name=AGENT_WORKFLOW, sandboxed=False)
class Renewing:
    """A conversation that is continued in a new run at once, and then waits."""

    @workflow.run
    async def run(self, start: Start) -> None:
        if workflow.info().continued_run_id is None:
            workflow.upsert_memo({MEMO_TITLE: "Weather"})
            workflow.continue_as_new(start, memo=workflow.memo())
        await workflow.wait_condition(lambda: False)


async def test_a_conversation_that_was_continued_in_a_new_run_is_listed_once_as_the_same(
    temporal_address: str,
) -> None:
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    queue, thread = f"queue-{uuid4().hex[:8]}", Thread(team="T1", channel="C1", thread_ts=f"{uuid4().int % 10**9}.0")
    listing = RecentConversations(client, queue, "T1", timeout=LIST_TIMEOUT)
    async with Worker(client, task_queue=queue, workflows=[Renewing], workflow_runner=UnsandboxedWorkflowRunner()):
        name = workflow_id(thread.team, thread.channel, thread.thread_ts)
        await client.start_workflow(
            AGENT_WORKFLOW, Start(thread=thread), id=name, task_queue=queue, memo={MEMO_USER: ANNA}
        )

        async def is_listed_once() -> bool:
            found = await listing.of(ANNA)
            return [(one.thread, one.title, one.state) for one in found] == [(thread, "Weather", "open")]

        await eventually(is_listed_once)
        await client.get_workflow_handle(name).terminate()


# Direct messages


async def test_all_conversations_in_a_persons_direct_messages_are_listed(team: Team) -> None:
    await team.ask(ANNA, "1.0", DIRECT)
    await team.close("1.0", DIRECT)
    rated = Feedback(turn="1.0", user=ANNA, value="good", at="2.0")
    await team.conversations.signal(team.thread("9.0", DIRECT), FEEDBACK, rated)
    await team.conversations.signal_if_open(team.thread("9.0", DIRECT), RENAMED, Renamed(title="Old"))

    await team.is_listed(ANNA, {"1.0": "closed"})

    async def found() -> bool:
        return set(await team.states(ANNA, DIRECT)) == {"1.0", "9.0"}

    await eventually(found)


@pytest.mark.parametrize("channel", ["C1", "G1", "D1' OR WorkflowId STARTS_WITH '", "", "D"])
async def test_a_channel_that_is_not_for_direct_messages_adds_nothing_to_the_list(team: Team, channel: str) -> None:
    await team.ask(BEN, "1.0")
    await team.ask(ANNA, "2.0")

    await team.is_listed(ANNA, {"2.0": "open"}, channel)


# At work


async def test_at_work_are_only_the_persons_conversations_in_that_channel(team: Team) -> None:
    working = [
        await team.set_to_work(ANNA, "1.0"),
        await team.set_to_work(ANNA, "2.0", "C2"),
        await team.set_to_work(BEN, "3.0"),
        await team.set_to_work(ANNA, "4.0", DIRECT),
    ]
    await team.ask(ANNA, "5.0")
    await team.is_listed(ANNA, {"4.0": "working", "2.0": "working", "1.0": "working", "5.0": "open"})

    await team.are_at_work(ANNA, "C1", team.thread("1.0"))
    await team.are_at_work(ANNA, DIRECT, team.thread("4.0", DIRECT))
    assert await team.recent.at_work(ANNA, "C3") == []
    for held in working:
        held.release()


async def test_a_working_conversation_is_found_however_many_are_newer(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await team.set_to_work(ANNA, "1.0")
    monkeypatch.setattr(recent, "SHOWN", 3)
    for thread_ts in ("2.0", "3.0", "4.0"):
        await team.ask(ANNA, thread_ts)
    await team.is_listed(ANNA, {"1.0": "working", "4.0": "open", "3.0": "open"})

    await team.are_at_work(ANNA, "C1", team.thread("1.0"))
    held.release()


# Temporal away


async def test_while_temporal_is_away_there_is_an_error_and_not_an_empty_list(team: Team) -> None:
    listing = RecentConversations(cast("Client", team.line), team.rehearsal.task_queue, team.id, timeout=0.01)
    team.line.is_dead = True
    with pytest.raises(recent.TEMPORAL_IS_AWAY):
        await listing.of(ANNA)
    with pytest.raises(recent.TEMPORAL_IS_AWAY):
        await listing.at_work(ANNA, "C1")

    team.line.passable.clear()
    with pytest.raises(TimeoutError):
        await listing.of(ANNA, DIRECT)
