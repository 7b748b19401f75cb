"""Promises of a long life: a conversation closes, goes on elsewhere, forgets in good order and stays as cheap."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import UserMessage
from agent_worker.contract.names import MEMO_TITLE
from agent_worker.conversation import workflow_run
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.inbox import Inbox
from agent_worker.conversation.transcript.transcript import LARGEST_TRANSCRIPT, Transcript
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads import errors
from agent_worker.workflow import history_length
from agent_worker.workflow.agent import AgentWorkflow
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, calls, lines, result_of, text

CALLS_AT_ONCE = 32
SHORTER = 400  # events after which a new run begins, in a test that need not wait for more


def bytes_between_messages(history: WorkflowHistory) -> list[int]:
    """What each message has added to the history: the bytes from its signal to the next one."""
    signals = [
        i for i, e in enumerate(history.events) if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    ]
    bounds = [*signals, len(history.events)]
    return [sum(event.ByteSize() for event in history.events[start:end]) for start, end in pairwise(bounds)]


async def replay(history: WorkflowHistory) -> None:
    """Raises when our workflow would do anything else today than what is in the history."""
    await Replayer(workflows=[AgentWorkflow], data_converter=DATA_CONVERTER).replay_workflow(history)


# Joining and closing


async def test_a_conversation_that_begins_with_its_thread_reads_nothing_of_it(rehearsal: Rehearsal) -> None:
    now = f"{time.time():.6f}"
    await rehearsal.conversation(now).ask(now)

    assert rehearsal.cast.opens[0].earlier_than is None


async def test_an_old_message_that_another_run_has_answered_is_not_answered_again(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, answered=["1.0"]) as rehearsal:
        talk = rehearsal.conversation("1.0")
        await talk.say("1.0", "an hour ago, redelivered")

        await talk.ask("1.8", "second")

        assert rehearsal.cast.opens[0].earlier_than == "1.0"
        assert [request.answers for request in talk.answers] == [["1.8"]]


async def test_a_conversation_that_joins_a_thread_knows_what_was_said_before(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, earlier="ben: the deploy failed") as rehearsal:
        talk = rehearsal.conversation("1.0")

        await talk.ask("1.7", "what now?")
        await talk.ask("1.8", "and then?")

        assert rehearsal.cast.opens[0].earlier_than == "1.7"
        assert "ben: the deploy failed" in lines(rehearsal.cast.read[0])
        assert str(rehearsal.cast.read[1]).count("the deploy failed") == 1


async def test_a_greeting_does_not_use_up_what_was_said_before(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, earlier="ben: the deploy failed") as rehearsal:
        talk = rehearsal.conversation("1.0")
        await talk.ask("1.7", "<@UBOT>")

        await talk.ask("1.8", "what failed?")

        assert "ben: the deploy failed" in lines(rehearsal.cast.read[0])


async def test_what_the_thread_shows_to_be_answered_is_not_answered_again(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, answered=["1.7"]) as rehearsal:
        talk = rehearsal.conversation("1.0")
        await talk.say("1.7", "first")

        await talk.ask("1.8", "second")

        assert [request.answers for request in talk.answers] == [["1.8"]]


async def test_an_idle_conversation_closes_and_the_next_message_begins_a_new_run(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talk = rehearsal.conversation("1.0")
        first = await talk.say("1.0")
        await talk.answered()
        await result_of(first)

        assert await talk.ask("1.1", "still there?") == "yes"
        assert [request.earlier_than for request in rehearsal.cast.opens] == ["1.0", "1.1"]


async def test_a_message_at_the_moment_of_closing_is_answered(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talks = [rehearsal.conversation("1.0") for _ in range(12)]
        for turn in range(2):
            handles = await asyncio.gather(*[talk.say(f"{turn}.0") for talk in talks])
            await asyncio.gather(*[talk.answered(2 * turn + 1) for talk in talks])
            async with asyncio.timeout(10):  # the first has closed: the others are about to
                await asyncio.wait(
                    [asyncio.ensure_future(handle.result()) for handle in handles], return_when="FIRST_COMPLETED"
                )

            await asyncio.gather(*[talk.say(f"{turn}.5") for talk in talks])
            await asyncio.gather(*[talk.answered(2 * turn + 2) for talk in talks])

        expected = [[f"{turn}.{part}"] for turn in range(2) for part in (0, 5)]
        assert [[request.answers for request in talk.answers] for talk in talks] == [expected] * len(talks)


async def test_a_conversation_in_use_stays_open(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=2 * SECOND) as rehearsal:
        pilot, talk = rehearsal.conversation("1.0"), rehearsal.conversation("1.0")
        closing = await pilot.say("1.0")
        first = await talk.say("1.0")
        await rehearsal.until(lambda: pilot.answers and talk.answers)
        held = Held(text("late"))
        rehearsal.cast.answers.append(held)
        await talk.say("1.1")
        await held.reached()
        await result_of(closing)  # idle for as long as the other one was busy

        held.release()

        assert (await talk.answered(2))[-1] == "late"
        assert (await first.describe()).run_id == (await talk.handle.describe()).run_id


# A new run in place of a long history


async def test_a_long_history_goes_on_in_a_new_run_that_has_lost_nothing(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_length, "LONG_HISTORY", SHORTER)
    async with Rehearsal(temporal_address, agent_max_model_calls=100) as rehearsal:
        last = Held(text("done"))
        busy = SHORTER // (3 * CALLS_AT_ONCE) + 1  # each tool call leaves three events
        named = calls(*["look_up"] * CALLS_AT_ONCE).model_copy(update={"title": "Herons"})
        rehearsal.cast.answers += [*[named] * busy, last, text("again")]
        talk = rehearsal.conversation("1.0")
        first = await talk.say("1.0", "remember the heron")
        await last.reached()
        await talk.say("1.1", "which bird?")

        last.release()
        await talk.answered(2)
        await talk.say("1.0", "remember the heron")  # Slack delivers it again
        await talk.ask("1.2", "sure?")

        assert [request.answers for request in talk.answers] == [["1.0"], ["1.1"], ["1.2"]]
        assert (await talk.handle.describe()).run_id != first.first_execution_run_id
        assert lines(rehearsal.cast.read[-2])[0] == "anna: remember the heron"
        assert lines(rehearsal.cast.read[-1])[-3:] == ["anna: which bird?", "again", "anna: sure?"]
        assert [request.earlier_than for request in rehearsal.cast.opens] == ["1.0", None]
        assert await (await talk.handle.describe()).memo() == {MEMO_TITLE: "Herons"}


async def test_what_people_only_say_to_each_other_does_not_make_the_history_longer_without_end(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_length, "LONG_HISTORY", 100)
    rehearsal.cast.learn(thread_replies="mention")
    talk = rehearsal.conversation("1.0")
    await talk.ask("1.0")

    async with asyncio.timeout(60):
        number, runs = 0, {(await talk.handle.describe()).run_id}
        while len(runs) < 3:
            number += 1
            await talk.say(f"2.{number:06}", user="U2", addressed=False)
            runs.add((await talk.handle.describe()).run_id)

    assert await talk.ask("3.0", "second") == "yes"
    assert f"2.{number:06}" in talk.answers[-1].answers


async def test_what_a_run_carries_is_read_by_a_worker_that_has_never_seen_it(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation("1.0")
    carried = Conversation(
        thread=talk.thread,
        transcript=Transcript(epoch="before"),
        inbox=Inbox(messages=[message("1.1", "and now?")], seen=["1.0", "1.1"]),
    )
    carried.add_messages([message("1.0", "remember the heron")])
    carried.transcript.add_answer(text("I will.").content or {})
    carried.transcript.confirm(2, 10)

    await talk.say("1.0", "remember the heron", run=Run(thread=talk.thread, carried=carried))

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[0]) == ["U1: remember the heron", "I will.", "anna: and now?"]
    assert [len(request.new) for request in rehearsal.cast.asked] == [1]


def message(ts: str, said: str) -> UserMessage:
    return UserMessage(ts=ts, user="U1", text=said)


async def test_a_history_that_is_near_its_end_goes_on_in_a_new_run_though_too_much_is_waiting(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow_run, "LARGE_HISTORY", 1_000_000)
    held = Held(text("done"))
    rehearsal.cast.answers.append(held)
    talk = rehearsal.conversation("1.0")
    first = await talk.say("1.0")
    await held.reached()
    for number in range(14):
        await talk.say(f"2.{number:02d}", "x" * 390_000)

    held.release()

    await talk.answered(2)
    assert (await talk.handle.describe()).run_id != first.first_execution_run_id


# A summary in place of what is old


async def test_what_is_old_gives_way_to_a_summary_when_the_context_is_full(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [text("a" * 900), text("b", tokens=1_001)]
    talk = rehearsal.conversation("1.0")
    await talk.ask("1.0", "first " + "x" * 900)
    await talk.ask("1.1", "second")

    await talk.ask("1.2", "third")

    assert [request.end for request in rehearsal.cast.summarised] == [2]
    summary, *recent = lines(rehearsal.cast.read[-1])
    assert "They said hello." in summary
    assert recent == ["anna: second", "b", "anna: third"]


async def test_a_summary_that_cannot_be_made_does_not_end_the_conversation(rehearsal: Rehearsal) -> None:
    rehearsal.cast.summary = errors.final(errors.BLOCKED_PROMPT, "summary")
    rehearsal.cast.answers += [text("a" * 900), text("b", tokens=1_001)]
    talk = rehearsal.conversation("1.0")
    await talk.ask("1.0", "first " + "x" * 900)
    await talk.ask("1.1", "second")

    assert await talk.ask("1.2", "third") == "yes"
    assert "left out" in lines(rehearsal.cast.read[-1])[0]


async def test_a_long_talk_in_short_messages_is_summarised_and_goes_on(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation("1.0")
    carried = Conversation(thread=talk.thread, transcript=Transcript(epoch="before"))
    while carried.transcript.size <= LARGEST_TRANSCRIPT:
        carried.add_messages([message("0.1", "x" * 200)])
        carried.transcript.add_answer(text("y" * 200).content or {})
    await talk.say("1.0", "first", run=Run(thread=talk.thread, carried=carried))
    await talk.answered()

    await talk.say("1.1", "second")

    await talk.answered(2, seconds=10)
    assert len(rehearsal.cast.summarised) == 1


async def test_a_turn_with_many_large_results_leaves_a_conversation_that_can_go_on(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["look_up"] = {"output": "x" * 63_000}
    rehearsal.cast.answers += [*[calls(*["look_up"] * 6)] * 11, text("done")]  # 4 MB: Temporal suggests a new run
    talk = rehearsal.conversation("1.0")
    await talk.say("1.0", "look everything up")
    await talk.answered()

    await talk.say("1.1", "and now?")

    assert (await talk.answered(2, seconds=10))[-1] == "yes"


# What it costs and whether it can be replayed


async def test_a_turn_costs_the_same_however_long_the_conversation_is(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation("1.0")
    for turn in range(32):
        rehearsal.cast.answers += [calls("look_up"), text("y" * 500)]
        await talk.ask(f"1.{turn:02d}", "x" * 500)

    costs = bytes_between_messages(await talk.handle.fetch_history())

    assert sum(costs[28:31]) < 1.2 * sum(costs[4:7])


async def test_a_conversation_that_was_lived_through_is_replayed_the_same(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        held = Held({"output": 1})
        rehearsal.cast.tools["slow"] = held
        script: list[Any] = [calls("slow", "look_up"), text("one"), errors.final(errors.TOO_LONG, "HTTP 400")]
        rehearsal.cast.answers += [*script, text("two", tokens=2_000), text("three")]
        talk = rehearsal.conversation("1.0")
        first = await talk.say("1.0")
        await held.reached()
        await talk.say("1.1", "faster, <@U7>")
        held.release()
        await talk.answered()
        for ts in ("1.2", "1.3", "1.4"):
            await talk.ask(ts)
        await result_of(first)

        history = await first.fetch_history()

    assert len(rehearsal.cast.summarised) == 1
    await replay(history)
