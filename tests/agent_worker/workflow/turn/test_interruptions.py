"""Promises to people who change their minds: stop stops, an edited question is answered as it now reads."""

from __future__ import annotations

import pytest

from agent_worker.contract.messages import MessageChange, SlackFile, StopRequest
from agent_worker.contract.names import MESSAGE_CHANGED, STOP
from agent_worker.payloads import errors
from agent_worker.payloads.model import FILE_PART
from agent_worker.payloads.thread import Draft, Shown
from agent_worker.workflow.agent import NOTHING_TO_STOP
from tests.support.agent_worker.rehearsal import Deaf, Held, Rehearsal, Talk, calls, lines, text

BEFORE_ANYTHING = errors.sentence(errors.STOPPED)


def stop(at: str, *, said: str = "") -> StopRequest:
    return StopRequest(at=at, user="U1", said=said)


async def working(rehearsal: Rehearsal, held: Held) -> Talk:
    """A conversation whose first turn waits in its model call."""
    rehearsal.cast.answers.append(held)
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await held.reached()
    return talk


# Stop


async def test_a_stop_ends_a_turn_that_thinks_and_the_conversation_goes_on(rehearsal: Rehearsal) -> None:
    talk = await working(rehearsal, Held(text("never said")))

    await talk.signal(STOP, stop("1.5"))

    assert await talk.answered() == [BEFORE_ANYTHING]
    assert talk.answers[0].is_notice
    assert await talk.ask("2.0", "second") == "yes"
    assert lines(rehearsal.cast.read[-1]) == ["anna: first", BEFORE_ANYTHING, "anna: second"]


@pytest.mark.parametrize("step", ["opening", "looking_up"])
async def test_a_stop_is_heard_though_the_step_under_way_is_done_before_it_hears_of_it(
    rehearsal: Rehearsal, step: str
) -> None:
    deaf = Deaf(None)
    setattr(rehearsal.cast, step, deaf)
    talk = rehearsal.conversation()
    await talk.say("1.0", "first <@U9>", user="U7")
    await deaf.reached()
    rehearsal.cast.looking_up = None  # the one who stops it may have to be judged

    await talk.signal(STOP, stop("1.5"))

    assert await talk.answered() == [BEFORE_ANYTHING]
    assert rehearsal.cast.asked == []


async def test_after_a_stop_late_in_a_turn_the_cards_say_what_was_done_and_the_model_hears_it(
    rehearsal: Rehearsal,
) -> None:
    held = Held({"output": "never heard"})
    rehearsal.cast.tools["count"] = held
    rehearsal.cast.answers += [calls("find", title="Finds it"), calls("count", title="Counts it")]
    talk = rehearsal.conversation()
    await talk.say("1.0")
    await held.reached()

    await talk.signal(STOP, stop("1.5"))

    assert await talk.answered() == [errors.sentence(errors.STOPPED)]
    shown = talk.answers[0].progress
    assert shown is not None
    steps = [(step.state, step.outcome) for step in shown.steps]
    assert (shown.ending, steps) == ("stopped", [("complete", "Took 1 s"), ("error", "Not finished")])
    await talk.ask("2.0", "and now?")
    between = ["Done before that:", "• Finds it", "Not finished:", "• Counts it"]
    assert errors.sentence(errors.STOPPED, *between) in lines(rehearsal.cast.read[-1])


async def test_where_the_steps_could_not_be_shown_the_notice_says_what_was_done_and_what_was_not(
    rehearsal: Rehearsal,
) -> None:
    held = Held({"output": "never heard"})
    rehearsal.cast.shown_at = ""
    rehearsal.cast.tools["count"] = held
    rehearsal.cast.answers += [calls("find", title="Finds it"), calls("count", title="Counts it")]
    talk = rehearsal.conversation()
    await talk.say("1.0")
    await held.reached()

    await talk.signal(STOP, stop("1.5"))

    between = ["Done before that:", "• Finds it", "Not finished:", "• Counts it"]
    assert await talk.answered() == [errors.sentence(errors.STOPPED, *between)]


async def test_a_stop_while_no_worker_is_up_is_kept_and_the_turn_never_begins(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await rehearsal.leave()
    await talk.say("1.0", "first")
    await talk.signal(STOP, stop("1.5"))

    await rehearsal.come_back()

    assert await talk.answered() == [BEFORE_ANYTHING]
    assert talk.answers[0].answers == ["1.0"]
    assert rehearsal.cast.asked == []


async def test_what_was_asked_after_the_stop_is_answered_and_what_waited_before_it_is_not(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    await rehearsal.leave()
    for ts, said in (("1.0", "first"), ("1.1", "second"), ("2.0", "third")):
        await talk.say(ts, said)
    await talk.signal(STOP, stop("1.5"))

    await rehearsal.come_back()

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[0]) == ["anna: third"]
    assert sorted(talk.answers[0].answers) == ["1.0", "1.1", "2.0"]


async def test_the_word_stop_is_told_when_there_is_nothing_to_stop_and_said_once(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    for _ in range(2):
        await talk.signal(STOP, stop("1.5", said="1.5"))
    await talk.say("2.0")

    assert sorted(await talk.answered(3)) == sorted(["yes", NOTHING_TO_STOP, "yes"])


async def test_the_word_stop_that_may_be_meant_for_another_person_is_not_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await talk.signal(STOP, StopRequest(at="1.5", user="U2", said="1.5", addressed=False))

    assert await talk.ask("2.0") == "yes"
    assert rehearsal.cast.said == ["yes", "yes"]


async def test_a_button_that_comes_too_late_says_nothing(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await talk.signal(STOP, stop("1.5"))
    await talk.ask("2.0")

    assert rehearsal.cast.said == ["yes", "yes"]


async def test_an_answer_that_is_being_delivered_is_delivered(rehearsal: Rehearsal) -> None:
    held = Held(None)
    rehearsal.cast.delivering = held
    talk = rehearsal.conversation()
    await talk.say("1.0")
    await held.reached()

    await talk.signal(STOP, stop("1.5"))
    held.release()

    assert await talk.answered() == ["yes"]


async def test_after_a_stop_nobody_relies_on_what_the_thread_shows(rehearsal: Rehearsal) -> None:
    rehearsal.cast.shown_at = Shown(draft=Draft(messages=["5.5"], streaming_since=1.0))
    rehearsal.cast.answers.append(calls("find"))
    talk = await working(rehearsal, Held(text("never said")))

    await talk.signal(STOP, stop("1.5"))
    await talk.answered()

    assert talk.answers[0].draft == Draft(messages=["5.5"], streaming_since=1.0, unsure=True)


# Edits


async def test_an_edit_of_what_waits_replaces_it(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await rehearsal.leave()
    await talk.say("1.0", "frist")
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", text="first"))

    await rehearsal.come_back()
    await talk.answered()

    assert lines(rehearsal.cast.read[0]) == ["anna: first"]


async def test_an_edit_of_what_is_being_answered_asks_the_model_anew(rehearsal: Rehearsal) -> None:
    talk = await working(rehearsal, Held(text("never said")))

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", text="second"))

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: second"]
    assert rehearsal.cast.asked[-1].draft.unsure


async def test_an_edit_while_tools_run_lets_them_finish(rehearsal: Rehearsal) -> None:
    held = Held({"output": "found"})
    rehearsal.cast.tools["find"] = held
    rehearsal.cast.answers.append(calls("find"))
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await held.reached()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", text="second"))
    held.release()

    await talk.answered()
    assert rehearsal.cast.ran == ["find"]
    assert lines(rehearsal.cast.read[-1])[-1].endswith("second")


# Deletions


async def test_a_question_that_is_deleted_while_it_is_answered_is_withdrawn(rehearsal: Rehearsal) -> None:
    talk = await working(rehearsal, Held(text("never said")))

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", deleted=True))
    await talk.answered()

    assert talk.answers[0].withdrawn
    assert await talk.ask("2.0", "second") == "yes"
    assert lines(rehearsal.cast.read[-1]) == ["anna: second"]


async def test_a_message_that_is_deleted_before_it_is_read_is_never_read(rehearsal: Rehearsal) -> None:
    talk = await working(rehearsal, Held(text("done")))
    held = rehearsal.cast.answers_given[-1]
    await talk.say("1.1", "oops")
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.1", at="1.5", deleted=True))
    await talk.say("1.1", "oops")  # Slack delivers it again

    held.release()
    await talk.ask("2.0", "second")

    assert "oops" not in str(rehearsal.cast.read)


async def test_of_two_messages_one_is_deleted_and_the_other_is_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await rehearsal.leave()
    await talk.say("1.0", "first")
    await talk.say("1.1", "second", "U2")
    held = Held(text("never said"))
    rehearsal.cast.answers.append(held)
    await rehearsal.come_back()
    await held.reached()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.1", at="1.5", deleted=True))

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: first"]
    assert talk.answers[0].answers == ["1.0"]


# Files that come late


async def test_the_files_of_a_mention_that_came_without_them_reach_the_model(rehearsal: Rehearsal) -> None:
    picture = SlackFile(id="F1", name="chart.png", mimetype="image/png", size=10)
    talk = await working(rehearsal, Held(text("never said")))

    await talk.say("1.0", "first", files=[picture])

    assert await talk.answered() == ["yes"]
    assert {FILE_PART: picture.model_dump()} in rehearsal.cast.read[-1][-1]["parts"]


async def test_files_that_come_before_the_message_is_read_are_read_with_it(rehearsal: Rehearsal) -> None:
    picture = SlackFile(id="F1", name="chart.png", mimetype="image/png", size=10)
    talk = rehearsal.conversation()
    await rehearsal.leave()
    await talk.say("1.0", "first")
    await talk.say("1.0", "first", files=[picture])

    await rehearsal.come_back()
    await talk.answered()

    assert [part for part in rehearsal.cast.read[0][0]["parts"] if FILE_PART in part] == [
        {FILE_PART: picture.model_dump()}
    ]
