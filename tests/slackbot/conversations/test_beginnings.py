"""Promises of the list of who began what: it finds a person's conversations among those of however many others."""

from __future__ import annotations

from typing import cast
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, MEMO_USER, workflow_id
from process import temporal
from slackbot.conversations import beginnings
from slackbot.conversations.beginnings import Beginnings
from slackbot.conversations.recent import RecentConversations
from tests.support.slackbot.conversations import WholeLine, eventually

ANNA, BEN = "U1", "U2"


class Crowd:
    """Conversations on a task queue without a worker: they are begun, and wait."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.queue = f"crowd-{uuid4().hex[:8]}"
        self.team = f"T{uuid4().hex[:8].upper()}"
        self.count = 0

    async def begin(self, user: str, times: int = 1) -> list[str]:
        """The workflow ids of new conversations."""
        names = []
        for _ in range(times):
            self.count += 1
            thread = Thread(team=self.team, channel="C1", thread_ts=f"{self.count}.0")
            names.append(workflow_id(thread.team, thread.channel, thread.thread_ts))
            await self.client.start_workflow(
                AGENT_WORKFLOW, Start(thread=thread), id=names[-1], task_queue=self.queue, memo={MEMO_USER: user}
            )
        return names

    async def is_listed(self) -> None:
        async def all_are() -> bool:
            return (await self.client.count_workflows(self.query)).count == self.count

        await eventually(all_are)

    @property
    def query(self) -> str:
        return f"TaskQueue = '{self.queue}'"


@pytest.fixture
async def crowd(temporal_address: str) -> Crowd:
    return Crowd(await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginnings, "PAGE", 5)


async def known(begun: Beginnings, user: str) -> list[str]:
    """What is known once the whole list is read."""
    while True:
        found = await begun.of(user)
        if begun.is_complete:
            return found


async def test_one_conversation_is_found_among_300_of_others(crowd: Crowd) -> None:
    (own,) = await crowd.begin(ANNA)
    await crowd.begin(BEN, 300)
    await crowd.is_listed()

    recent = RecentConversations(crowd.client, crowd.queue, crowd.team, timeout=30)
    recent.read_ahead()

    async def found() -> list[str]:
        listed = await recent.of(ANNA)
        return [workflow_id(one.thread.team, one.thread.channel, one.thread.thread_ts) for one in listed]

    assert await eventually(found) == [own]
    assert [one.thread_ts for one in await recent.at_work(ANNA, "C1")] == ["1.0"]


async def test_what_was_begun_since_the_last_look_is_found_too(crowd: Crowd, small_pages: None) -> None:
    begun = Beginnings(crowd.client, crowd.query)
    first = await crowd.begin(ANNA)
    await crowd.begin(BEN, 12)
    await crowd.is_listed()
    assert await known(begun, ANNA) == first

    second = await crowd.begin(ANNA)
    await crowd.begin(BEN, 12)
    await crowd.is_listed()

    assert await known(begun, ANNA) == [*second, *first]


async def test_of_one_person_so_many_are_kept_and_of_the_others_all_the_same(
    crowd: Crowd, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginnings, "KEPT", 3)
    (own,) = await crowd.begin(ANNA)
    flood = await crowd.begin(BEN, 20)
    await crowd.is_listed()
    begun = Beginnings(crowd.client, crowd.query)

    assert await known(begun, BEN) == flood[:-4:-1]
    assert await known(begun, ANNA) == [own]


async def test_while_the_list_is_being_read_a_look_does_not_wait_for_all_of_it(
    crowd: Crowd, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginnings, "PATIENCE", 0.0)
    (old,) = await crowd.begin(ANNA)
    await crowd.begin(BEN, 20)
    (new,) = await crowd.begin(ANNA)
    await crowd.is_listed()
    begun = Beginnings(crowd.client, crowd.query)

    assert await begun.of(ANNA) == [new]
    assert not begun.is_complete
    assert await known(begun, ANNA) == [new, old]


async def test_a_list_that_could_not_be_read_is_read_at_the_next_look(crowd: Crowd) -> None:
    (own,) = await crowd.begin(ANNA)
    await crowd.is_listed()
    line = WholeLine(crowd.client)
    begun = Beginnings(cast("Client", line), crowd.query)
    line.is_dead = True
    begun.read_ahead()
    with pytest.raises(RPCError):
        await begun.of(ANNA)
    assert not begun.is_complete

    line.is_dead = False

    assert await known(begun, ANNA) == [own]
