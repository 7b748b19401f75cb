"""Promises about what is read from a history: it is what people asked, what the agent did and what it answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agent_worker.turn_history import NO_RESULT, Talk, TalkReader
from tests.durability import record


async def talk_of(*shapes: str) -> Talk:
    """The conversation that was recorded under these names, a run each."""
    reader = TalkReader()
    for shape in shapes:
        await reader.read(_events(record.read(record.DIRECTORY / f"0.2.0.{shape}.json.gz").events))
    return reader.talk


async def _events(events: Any) -> AsyncIterator[Any]:
    for event in events:
        yield event


async def test_a_turn_has_its_question_its_steps_in_order_and_its_answer() -> None:
    talk = await talk_of("three_tool_chain")

    (turn,) = talk.turns.values()
    assert [step.tool for step in turn.steps] == ["get_ip_address", "get_location_info", "get_weather_alerts"]
    assert all(step.result and "output" in step.result for step in turn.steps)
    assert turn.is_over
    assert turn.answer
    assert [message.ts for message in talk.question(turn)] == turn.answers


async def test_calls_at_the_same_time_have_each_their_own_result() -> None:
    talk = await talk_of("parallel_tools")

    (turn,) = talk.turns.values()
    assert len(turn.steps) > 1
    assert [step.result for step in turn.steps] == [{"output": step.tool} for step in turn.steps]


async def test_a_message_reads_as_it_was_edited_last() -> None:
    talk = await talk_of("changed")

    said = [message.text for turn in talk.turns.values() for message in talk.question(turn)]
    assert said == ["hello", "is it warm?"]


async def test_a_question_that_was_deleted_is_left_out() -> None:
    talk = await talk_of("changed")

    assert talk.question(talk.turns["3.0"]) == []


async def test_a_tool_that_failed_and_one_that_there_is_not_have_errors() -> None:
    talk = await talk_of("failed_and_unknown_tools")

    failed, unknown = talk.turns["1.0"].steps
    assert failed.result == {"error": NO_RESULT}
    assert unknown.is_refused


async def test_a_turn_that_was_tried_again_is_one_turn_of_the_past() -> None:
    talk = await talk_of("judged_and_tried_again")

    *_, last = talk.turns.values()
    assert ":again" in last.key
    assert [turn.key for turn in talk.until(last)].count(last.key) == 1
    assert last.key.partition(":")[0] not in [turn.key for turn in talk.until(last)]


async def test_the_turns_of_several_runs_are_one_conversation() -> None:
    first = await talk_of("continued_as_new_1")
    both = await talk_of("continued_as_new_1", "continued_as_new_2")

    assert len(both.turns) > len(first.turns)
    assert all(both.question(turn) for turn in both.turns.values())
