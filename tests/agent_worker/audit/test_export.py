"""Promises of the export: every decision that Temporal still has is in it once, in order, with a count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agent_worker.audit.chain import checked
from agent_worker.audit.conversations import Conversations, Found
from agent_worker.audit.export import Wanted, lines
from agent_worker.conversation.questions import decisions
from agent_worker.payloads.decisions import DayCount, DecisionRecord
from agent_worker.told_by_conversations import ToldByConversations
from tests.support.agent_worker.deciding import ask, decide, decided, filing
from tests.support.agent_worker.rehearsal import SECOND, Rehearsal, result_of, text

LISTED_WITHIN = 20.0  # seconds
ALL = Wanted()


def record(identity: str, at: float, **more: Any) -> DecisionRecord:
    known: dict[str, Any] = {
        "team": "T1",
        "channel": "C1",
        "thread_ts": "1.0",
        "turn": "1.0",
        "kind": "approve",
        "agent": "default",
        "agent_version": "abc",
        "tool": "file",
        "arguments": {},
        "asked_by": ["U1"],
        "asked_at": at - 1,
        "outcome": "approved",
    }
    return DecisionRecord(**known | {"id": identity, "decided_at": at} | more)


def read(found: Found, wanted: Wanted = ALL) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The lines, and the summary."""
    *records, last = map(json.loads, lines(found, wanted))
    return records, last["summary"]


def at(day: int) -> float:
    return datetime(2026, 11, day, 12, tzinfo=UTC).timestamp()


def test_the_oldest_decision_comes_first_and_the_chain_is_whole() -> None:
    found = Found(records=[record("b", 20.0), record("c", 10.0), record("a", 20.0)])

    assert [line["id"] for line in read(found)[0]] == ["c", "a", "b"]
    assert checked("\n".join(lines(found, ALL))).broken == ""


def test_a_period_has_its_first_and_its_last_day() -> None:
    found = Found(
        records=[record(str(day), at(day)) for day in range(1, 6)],
        days=[(f"2026-11-0{day}", DayCount(turns=day, questions=1)) for day in range(1, 6)],
    )

    records, summary = read(found, Wanted(since=date(2026, 11, 2), until=date(2026, 11, 4)))

    assert [line["id"] for line in records] == ["2", "3", "4"]
    assert (summary["since"], summary["until"]) == ("2026-11-02", "2026-11-04")
    assert (summary["turns"], summary["questions"], summary["questions_per_turn"]) == (9, 3, 0.333)


def test_the_summary_counts_outcomes_and_how_often_each_grant_was_used() -> None:
    found = Found(
        records=[
            record("1", 1.0),
            record("2", 2.0, outcome="rejected"),
            record("3", 3.0, grant="G1"),
            record("4", 4.0, grant="G1"),
        ],
        dropped=7,
        unread=["slack:T1:C1:1.0"],
    )

    summary = read(found)[1]

    assert summary["outcomes"] == {"approved": 1, "granted": 2, "rejected": 1}
    assert (summary["calls"], summary["grants"]) == (4, {"G1": 2})
    assert (summary["dropped"], summary["unread"], summary["questions_per_turn"]) == (7, ["slack:T1:C1:1.0"], None)


# What Temporal has


async def found_in(rehearsal: Rehearsal, is_it: Callable[[Found], bool], channel: str = "") -> Found:
    """Returns once this is what can be read: Temporal's list is a moment behind."""
    conversations = Conversations(ToldByConversations(rehearsal.client, rehearsal.task_queue))
    async with asyncio.timeout(LISTED_WITHIN):
        while not is_it(found := await conversations.read(channel)):  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.05)
    return found


async def test_decisions_of_open_and_of_closed_conversations_are_read_once_whatever_run_they_were_made_in(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talk = await decided(rehearsal, "A")
        await result_of(talk.handle)
        other = await decided(rehearsal, "B", "reject")

        found = await found_in(rehearsal, lambda found: len(found.records) == 2)

        rows = sorted((one.channel, one.arguments["title"], one.outcome) for one in found.records)
        assert rows == sorted([(talk.thread.channel, "A", "approved"), (other.thread.channel, "B", "rejected")])
        assert sum(count.turns for _, count in found.days) == 2
        assert sum(count.questions for _, count in found.days) == 2
        only = await found_in(rehearsal, lambda found: bool(found.records), talk.thread.channel)
        assert {one.channel for one in only.records} == {talk.thread.channel}


async def test_what_was_carried_into_a_new_run_comes_once(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = await decided(rehearsal)
        first, number = (await talk.handle.describe()).run_id, 10
        while (await talk.handle.describe()).run_id == first:
            number += 1
            rehearsal.cast.answers.append(text("ok"))
            await talk.ask(f"{number}.0", "x" * 200_000)

        def has_both(found: Found) -> bool:
            return sum(count.turns for _, count in found.days) == number - 10 + 1

        found = await found_in(rehearsal, has_both)

        assert [one.tool for one in found.records] == ["file"]
        assert sum(count.questions for _, count in found.days) == 1


async def test_what_had_to_give_way_in_a_later_run_is_read_from_an_earlier_one_and_what_none_has_is_counted(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "KEPT", 1)
    async with Rehearsal(temporal_address) as rehearsal:
        talk = await decided(rehearsal, "A")
        await decide(rehearsal, await ask(rehearsal, filing("B"), talk, at="2.0"))
        first, number = (await talk.handle.describe()).run_id, 10
        while (await talk.handle.describe()).run_id == first:
            number += 1
            rehearsal.cast.answers.append(text("ok"))
            await talk.ask(f"{number}.0", "x" * 200_000)
        await decide(rehearsal, await ask(rehearsal, filing("C"), talk, at="90.0"))

        found = await found_in(rehearsal, lambda found: len(found.records) == 2)

        assert sorted(one.arguments["title"] for one in found.records) == ["B", "C"]
        assert found.dropped == 1


async def test_a_conversation_that_cannot_be_read_is_named(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = await decided(rehearsal)
        await found_in(rehearsal, lambda found: bool(found.records))
        await rehearsal.leave()
        told = ToldByConversations(rehearsal.client, rehearsal.task_queue, patience=timedelta(seconds=1))
        conversations = Conversations(told)

        found = await conversations.read()

        assert (found.records, found.unread) == ([], [talk.id])
        await rehearsal.come_back()
