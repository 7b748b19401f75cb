"""Promises of a turn in progress: what it answers, what it shows, and when asking again is over."""

from __future__ import annotations

import pytest

from agent_worker.contract import UserMessage
from agent_worker.errors import UNUSABLE_ANSWER, TurnFailed
from agent_worker.requests import CUT_OFF, TOO_MANY_TOOL_CALLS, ShownStep, ToolCall
from agent_worker.turn import UNUSABLE_ANSWERS, Turn

LOOK_UP = ToolCall(name="look_up", args={}, title="Looks it up")
NAMELESS = ToolCall(name="look_up", args={})


def turn_about(*messages: tuple[str, str]) -> Turn:
    return Turn(messages=[UserMessage(ts=ts, user=user, text="hi") for ts, user in messages])


def test_a_turn_is_named_after_its_first_message_whatever_steers_it_later() -> None:
    turn = turn_about(("1.1", "U1"))

    turn.messages += turn_about(("1.0", "U2")).messages

    assert turn.key == "1.1"
    assert turn.answers == ["1.1", "1.0"]


def test_those_who_speak_in_it_may_be_mentioned_each_once() -> None:
    assert turn_about(("1.1", "U1"), ("1.2", "U2"), ("1.3", "U1")).may_mention == ["U1", "U2"]


def test_a_turn_without_tools_has_no_progress_to_show() -> None:
    assert turn_about(("1.1", "U1")).progress is None


def test_its_progress_shows_all_steps_so_far_under_the_turns_key() -> None:
    turn = turn_about(("1.1", "U1"))
    first = turn.add_steps([LOOK_UP])
    second = turn.add_steps([LOOK_UP, NAMELESS])

    turn.end_step(first, failed=False)
    turn.end_step(second, failed=True)

    assert turn.progress is not None
    assert turn.progress.key == "1.1:progress"
    assert turn.progress.steps == [
        ShownStep(title="Looks it up", state="complete"),
        ShownStep(title="Looks it up", state="error"),
        ShownStep(title="look_up", state="in_progress"),
    ]


def test_progress_that_was_asked_for_does_not_change_with_the_turn() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.add_steps([LOOK_UP])
    asked = turn.progress

    turn.end_step(0, failed=False)

    assert asked is not None
    assert asked.steps[0].state == "in_progress"


def test_it_knows_whether_a_step_still_runs() -> None:
    turn = turn_about(("1.1", "U1"))
    before = turn.is_running_steps
    turn.add_steps([LOOK_UP, LOOK_UP])
    turn.end_step(0, failed=False)
    during = turn.is_running_steps
    turn.end_step(1, failed=True)

    assert (before, during, turn.is_running_steps) == (False, True, False)


def test_a_turn_that_ends_leaves_no_step_that_looks_as_if_it_still_ran() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.add_steps([LOOK_UP, LOOK_UP])
    turn.end_step(0, failed=False)

    turn.end_open_steps()

    assert [step.state for step in turn.steps] == ["complete", "error"]


def test_the_model_is_asked_again_so_often_and_no_more() -> None:
    turn = turn_about(("1.1", "U1"))
    for _ in range(UNUSABLE_ANSWERS):
        turn.note_unusable("empty")

    with pytest.raises(TurnFailed) as failed:
        turn.note_unusable("empty")

    assert failed.value.code == UNUSABLE_ANSWER


@pytest.mark.parametrize(
    ("reasons", "more_room", "must_answer"),
    [
        (["empty"], False, False),
        ([CUT_OFF, "empty"], True, False),
        ([TOO_MANY_TOOL_CALLS, "empty"], False, True),
        ([CUT_OFF, TOO_MANY_TOOL_CALLS], True, True),
    ],
)
def test_why_an_answer_was_unusable_decides_how_the_model_is_asked_from_then_on(
    *, reasons: list[str], more_room: bool, must_answer: bool
) -> None:
    turn = turn_about(("1.1", "U1"))

    for reason in reasons:
        turn.note_unusable(reason)

    assert (turn.needs_more_room, turn.must_answer) == (more_room, must_answer)
