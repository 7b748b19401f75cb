"""Promises of a turn in progress: what it answers, what it shows, and when asking again is over."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange, SlackFile, TryAgain, UserMessage
from agent_worker.conversation.turn.model_attempts import MOST_UNUSABLE
from agent_worker.conversation.turn.turn import Turn
from agent_worker.payloads.errors import STOPPED, UNUSABLE_ANSWER, WITHDRAWN, TurnFailed
from agent_worker.payloads.model import CUT_OFF, TOO_MANY_TOOL_CALLS, ToolCall
from agent_worker.payloads.thread import Author, Draft, Ending, Progress, Shown, ShownStep, Source

BEGAN = 1_000.0  # seconds since 1970
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


def asks(ts: str, user: str, **more: Any) -> UserMessage:
    return UserMessage(ts=ts, user=user, text="hi", **more)


def test_those_who_ask_are_the_people_who_have_addressed_the_agent_each_once_the_last_one_last() -> None:
    turn = Turn(messages=[asks("1.1", "U2"), asks("1.3", "U1", team="T2"), asks("1.4", "U2")])
    turn.messages += [asks("1.5", "U3", addressed=False), asks("1.6", "B1", from_app=True), asks("1.2", "U4")]

    assert turn.askers == [Author(id="U4"), Author(id="U1", team="T2"), Author(id="U2")]


def test_a_turn_that_only_apps_have_asked_for_has_nobody_to_read_for() -> None:
    turn = Turn(messages=[asks("1.1", "B1", from_app=True, action_token="1-token")])

    assert (turn.askers, turn.action_token) == ([], "")


def test_who_presses_try_again_asks_and_so_do_those_who_write_meanwhile_but_not_who_has_asked_before() -> None:
    again = TryAgain(turn="1.1", user="U2", at="2.0", team="T2")
    turn = Turn(messages=[], earlier=turn_about(("1.1", "U1")).answered, again=again)

    turn.add([asks("2.1", "U3")])

    assert turn.askers == [Author(id="U2", team="T2"), Author(id="U3")]
    assert turn.action_token == ""


@pytest.mark.parametrize(
    ("messages", "token"),
    [
        ([asks("1.1", "U1", action_token="1"), asks("1.2", "U2", action_token="2")], "2"),
        ([asks("1.2", "U2", action_token="2"), asks("1.1", "U1", action_token="1")], "2"),
        ([asks("1.1", "U1", action_token="1"), asks("1.2", "U2")], "1"),
        ([asks("1.1", "U1", action_token="1"), asks("1.2", "U2", action_token="2", addressed=False)], "1"),
        ([asks("1.1", "U1", action_token="1"), asks("1.2", "B1", action_token="2", from_app=True)], "1"),
        ([asks("1.1", "U1")], ""),
    ],
    ids=["newest", "newest, though it came first", "the only one", "not of an aside", "not of an app", "none"],
)
def test_the_permission_to_search_is_that_of_the_person_who_has_asked_last(
    messages: list[UserMessage], token: str
) -> None:
    assert Turn(messages=messages).action_token == token


def test_a_turn_without_tools_has_no_progress_to_show() -> None:
    assert turn_about(("1.1", "U1")).display.progress is None


def test_its_progress_shows_all_steps_so_far_under_the_turns_key() -> None:
    turn = turn_about(("1.1", "U1"))
    first = turn.display.add_steps([LOOK_UP], BEGAN)
    second = turn.display.add_steps([LOOK_UP, NAMELESS], BEGAN)

    turn.display.end_step(first, BEGAN + 2, failed=False)
    turn.display.end_step(second, BEGAN + 2, failed=True)

    assert turn.display.progress is not None
    assert turn.display.progress.key == "1.1:progress"
    assert turn.display.progress.steps == [
        ShownStep(title="Looks it up", state="complete", outcome="Took 2 s"),
        ShownStep(title="Looks it up", state="error", outcome="Failed"),
        ShownStep(title="look_up", state="in_progress"),
    ]


def test_progress_that_was_asked_for_does_not_change_with_the_turn() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.display.add_steps([LOOK_UP], BEGAN)
    asked = turn.display.progress

    turn.display.end_step(0, BEGAN + 2, failed=False)

    assert asked is not None
    assert asked.steps[0].state == "in_progress"


def test_it_knows_whether_a_step_still_runs() -> None:
    turn = turn_about(("1.1", "U1"))
    before = turn.display.has_running_steps
    turn.display.add_steps([LOOK_UP, LOOK_UP], BEGAN)
    turn.display.end_step(0, BEGAN + 2, failed=False)
    during = turn.display.has_running_steps
    turn.display.end_step(1, BEGAN + 2, failed=True)

    assert (before, during, turn.display.has_running_steps) == (False, True, False)


def test_a_turn_that_ends_leaves_no_step_that_looks_as_if_it_still_ran() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.display.add_steps([LOOK_UP, LOOK_UP], BEGAN)
    turn.display.end_step(0, BEGAN + 2, failed=False)

    turn.display.end("stopped", BEGAN + 3)

    assert [(step.state, step.outcome) for step in turn.display.steps] == [
        ("complete", "Took 2 s"),
        ("error", "Not finished"),
    ]


def ended(*batches: list[bool], ending: Ending = "worked") -> Progress:
    """A turn that has begun these steps, one batch after the other; True: the step has failed."""
    display = turn_about(("1.1", "U1")).display
    display.began_at = BEGAN
    for batch in batches:
        first = display.add_steps([LOOK_UP] * len(batch), BEGAN)
        for at, failed in enumerate(batch, first):
            display.end_step(at, BEGAN + 1, failed=failed)
    display.end(ending, BEGAN + 12.3)
    display.end("error", BEGAN + 99)  # the delivery is tried again, much later
    assert display.progress is not None
    return display.progress


@pytest.mark.parametrize(
    ("batches", "ending"),
    [
        ([[False]], "worked"),
        ([[True], [False]], "worked"),
        ([[True, False]], "worked"),
        ([[False], [True]], "error"),
        ([[True, True]], "error"),
    ],
    ids=["done", "made up for", "done in part", "in vain at last", "all in vain"],
)
def test_an_answered_turn_ends_with_an_error_if_nothing_came_of_its_last_steps(
    batches: list[list[bool]], ending: str
) -> None:
    assert ended(*batches).ending == ending


def test_how_a_turn_has_ended_and_after_how_long_is_said_once() -> None:
    stopped = ended([False], ending="stopped")

    assert (stopped.ending, round(stopped.seconds, 1)) == ("stopped", 12.3)


def test_what_was_written_above_the_steps_is_no_draft_of_the_answer_any_more() -> None:
    display = turn_about(("1.1", "U1")).display
    display.add_steps([LOOK_UP], BEGAN)
    display.draft = Draft(messages=["2.0"], streaming_since=1.0, characters=5)

    display.take_shown(Shown(ts="3.0"))

    assert display.draft == Draft(above=["2.0"])


def test_what_was_written_below_the_steps_may_become_the_answer() -> None:
    display = turn_about(("1.1", "U1")).display
    display.add_steps([LOOK_UP], BEGAN)
    display.take_shown(Shown(ts="3.0"))
    display.draft = Draft(messages=["4.0"])

    display.take_shown(Shown(ts="3.0"))

    assert display.draft == Draft(messages=["4.0"])


def test_the_model_is_asked_again_so_often_and_no_more() -> None:
    turn = turn_about(("1.1", "U1"))
    for _ in range(MOST_UNUSABLE):
        turn.attempts.note_unusable("empty")

    with pytest.raises(TurnFailed) as failed:
        turn.attempts.note_unusable("empty")

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
        turn.attempts.note_unusable(reason)

    assert (turn.attempts.needs_more_room, turn.attempts.must_answer) == (more_room, must_answer)


# What comes in between


def edited(ts: str, text: str = "new") -> MessageChange:
    return MessageChange(ts=ts, at="9.0", text=text)


def deleted(ts: str) -> MessageChange:
    return MessageChange(ts=ts, at="9.0", deleted=True)


def test_an_edit_before_the_model_has_read_the_message_is_simply_what_it_reads() -> None:
    turn = turn_about(("1.1", "U1"))

    assert turn.change(edited("1.1"))

    assert [message.text for message in turn.unheard] == ["new"]
    assert turn.take_changes() == []


def test_an_edit_of_what_the_model_has_read_is_told_to_it_once() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.hear(turn.unheard)

    turn.change(edited("1.1"))

    assert turn.take_changes() == [edited("1.1")]
    assert turn.take_changes() == []


def test_a_change_of_another_turns_message_is_none_of_its_business() -> None:
    turn = turn_about(("1.1", "U1"))

    assert not turn.change(edited("1.0"))
    assert not turn.is_withdrawn


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_turn_is_withdrawn_when_all_that_it_answers_is_deleted(*, is_heard: bool) -> None:
    turn = turn_about(("1.1", "U1"), ("1.2", "U2"))
    if is_heard:
        turn.hear(turn.unheard)

    turn.change(deleted("1.1"))
    assert turn.ending(0.0) == ""
    turn.change(deleted("1.2"))

    assert turn.ending(0.0) == WITHDRAWN
    assert turn.answers == []


def test_what_is_read_and_what_is_not_stay_apart_when_something_is_deleted() -> None:
    turn = turn_about(("1.1", "U1"), ("1.2", "U2"))
    turn.hear(turn.unheard)
    turn.messages += turn_about(("1.3", "U3")).messages

    turn.change(deleted("1.1"))

    assert [message.ts for message in turn.unheard] == ["1.3"]
    assert turn.answers == ["1.2", "1.3"]


def test_a_stop_ends_what_was_asked_before_it_and_nothing_that_was_asked_after() -> None:
    turn = turn_about(("1.1", "U1"))

    assert turn.ending(stopped_at=1.0) == ""
    assert turn.ending(stopped_at=1.2) == STOPPED

    turn.messages += turn_about(("1.3", "U1")).messages
    assert turn.ending(stopped_at=1.2) == ""


def test_nothing_ends_a_turn_whose_answer_is_on_its_way() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.is_delivering = True
    turn.change(deleted("1.1"))

    assert turn.ending(stopped_at=9.0) == ""


def test_a_turn_that_is_tried_again_answers_the_same_under_another_name() -> None:
    first = turn_about(("1.1", "U1"), ("1.2", "U2"))
    again = Turn(messages=[], earlier=first.answered, again=TryAgain(turn="1.1", user="U3", at="5.0"))
    twice = Turn(messages=[], earlier=again.answered, again=TryAgain(turn="1.1:again1", user="U3", at="6.0"))

    assert [turn.key for turn in (first, again, twice)] == ["1.1", "1.1:again1", "1.1:again2"]
    assert twice.answers == first.answers
    assert twice.may_mention == first.may_mention
    assert again.audience == Author(id="U2")
    assert again.ending(stopped_at=4.0) == ""
    assert again.ending(stopped_at=5.5) == STOPPED


def test_an_answer_to_an_app_is_streamed_to_nobody() -> None:
    turn = Turn(messages=[UserMessage(ts="1.1", user="B5", text="beep", from_app=True)])

    assert turn.audience is None


def test_what_was_done_and_what_was_not_is_listed_by_its_titles() -> None:
    turn = turn_about(("1.1", "U1"))
    turn.display.add_steps([LOOK_UP, NAMELESS], BEGAN)
    turn.display.end_step(0, BEGAN + 2, failed=False, sources=[Source(text="A page", url="https://example.com/")])

    assert turn.display.done == ["Done before that:", "• Looks it up"]
    assert turn.display.undone == ["Not finished:", "• look_up"]
    assert turn.display.steps[0].sources[0].text == "A page"


def test_the_permission_to_search_may_come_with_the_second_event_and_the_model_is_not_told_of_it() -> None:
    turn = Turn(messages=[asks("1.1", "U1"), asks("1.2", "U2", action_token="2-token")])
    turn.hear(turn.unheard)

    for ts, token in (("1.1", "1-token"), ("1.2", "3-token")):
        turn.complete(asks(ts, "U1", action_token=token))

    assert [message.action_token for message in turn.messages] == ["1-token", "2-token"]
    assert turn.take_changes() == []


def test_files_complete_the_message_they_belong_to_once() -> None:
    turn = turn_about(("1.1", "U1"))
    with_file = turn.messages[0].model_copy(update={"files": [SlackFile(id="F1", name="a.txt")]})

    turn.complete(with_file)
    turn.hear(turn.unheard)
    turn.complete(with_file)

    assert turn.messages == [with_file]
    assert turn.take_changes() == []
