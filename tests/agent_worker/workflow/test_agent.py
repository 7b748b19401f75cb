"""Promises of a conversation: every message is answered once, in order, and no failure ends it."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from agent_worker.conversation.turn.model_attempts import MOST_UNUSABLE
from agent_worker.payloads import errors
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.model import CUT_OFF, TOO_MANY_TOOL_CALLS, Content, ModelReply
from agent_worker.payloads.thread import ShownStep
from tests.support.agent_worker.rehearsal import (
    Held,
    Rehearsal,
    Talk,
    calls,
    lines,
    refuse_as_gemini_would,
    result_of,
    text,
)


def roles(contents: list[Content]) -> list[str]:
    return [content["role"] for content in contents]


async def test_the_stand_in_for_the_model_refuses_what_gemini_refuses() -> None:
    question: Content = {"role": "user", "parts": [{"text": "hi"}]}
    unanswered = calls("look_up").content or {}

    refuse_as_gemini_would([question])
    for refused in ([], [question, {"role": "model", "parts": [{"text": "yes"}]}], [question, unanswered, question]):
        with pytest.raises(ApplicationError):
            refuse_as_gemini_would(refused)


# One turn


async def test_a_message_is_answered_with_what_the_model_says(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers.append(text("Good morning."))
    talk = rehearsal.conversation()

    await talk.say("1.0", "<@UBOT> good morning")

    assert await talk.answered() == ["Good morning."]
    (request,) = talk.answers
    assert (request.key, request.answers, request.may_mention) == ("1.0:answer", ["1.0"], ["U1"])
    assert (request.is_notice, request.progress) == (False, None)
    assert lines(rehearsal.cast.read[0]) == ["anna: good morning"]


async def test_a_conversation_goes_on_with_all_that_was_said(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")

    await talk.ask("1.1", "second", "U2")

    assert lines(rehearsal.cast.read[1]) == ["anna: first", "yes", "ben: second"]
    assert [len(request.new) for request in rehearsal.cast.asked] == [1, 2]


async def test_tools_run_and_all_their_results_go_back_together_in_order(rehearsal: Rehearsal) -> None:
    slow = Held({"output": "slow"})
    rehearsal.cast.tools |= {"slow": slow, "quick": {"output": "quick"}, "broken": {"error": "no"}}
    rehearsal.cast.answers += [calls("slow", "quick", "broken"), text("done")]
    talk = rehearsal.conversation()

    await talk.say("1.0")
    await rehearsal.until(lambda: {"slow", "quick", "broken"} <= set(rehearsal.cast.ran))
    slow.release()

    assert await talk.answered() == ["done"]
    responses = [part["functionResponse"] for part in rehearsal.cast.read[1][-1]["parts"]]
    assert [response["id"] for response in responses] == ["0", "1", "2"]
    assert [response["response"] for response in responses] == [
        {"output": "slow"},
        {"output": "quick"},
        {"error": "no"},
    ]


async def test_the_thread_shows_each_step_and_the_answer_brings_all_of_them_to_their_end(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["broken"] = {"error": "no"}
    rehearsal.cast.answers += [calls("look_up"), calls("broken"), text("done")]
    talk = rehearsal.conversation()

    await talk.ask("1.0")

    assert rehearsal.cast.shown[0].progress.steps == [ShownStep(title="look_up", state="in_progress")]
    progress = talk.answers[0].progress
    assert progress is not None
    assert [(step.title, step.state) for step in progress.steps] == [("look_up", "complete"), ("broken", "error")]
    assert progress.ts == "5.5"


async def test_steps_that_are_shown_already_are_shown_by_the_next_tool_itself(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [calls("first"), calls("second"), calls("third", "fourth"), text("done")]
    talk = rehearsal.conversation()

    await talk.ask("1.0")

    (by_a_step,) = rehearsal.cast.shown[:1]
    assert [step.title for step in by_a_step.progress.steps] == ["first"]
    assert [(name, len(shown.progress.steps), shown.progress.ts) for name, shown in rehearsal.cast.shown_by_tools] == [
        ("second", 2, "5.5"),
        ("third", 4, "5.5"),
    ]
    assert all(shown.progress.steps[-1].state == "in_progress" for _, shown in rehearsal.cast.shown_by_tools)


async def test_a_tool_that_is_not_run_shows_nothing(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [calls("first"), calls("unknown", refused="There is no such tool."), text("done")]
    talk = rehearsal.conversation()

    await talk.ask("1.0")

    assert rehearsal.cast.shown_by_tools == []
    assert [len(shown.progress.steps) for shown in rehearsal.cast.shown] == [1, 2]


async def test_a_progress_that_cannot_be_shown_costs_nobody_the_answer(rehearsal: Rehearsal) -> None:
    rehearsal.cast.shown_at = errors.retryable(errors.SLACK_UNAVAILABLE, "ratelimited")
    rehearsal.cast.answers += [calls("look_up"), text("done")]
    talk = rehearsal.conversation()

    assert await talk.ask("1.0") == "done"
    assert len(rehearsal.cast.shown) == 1
    assert talk.answers[0].progress is not None
    assert talk.answers[0].progress.unsure


async def test_the_next_model_call_knows_where_the_progress_is_shown(rehearsal: Rehearsal) -> None:
    showing = Held("5.5")
    rehearsal.cast.shown_at = showing
    rehearsal.cast.answers += [calls("look_up"), text("done")]
    talk = rehearsal.conversation()

    await talk.say("1.0")
    await rehearsal.until(lambda: rehearsal.cast.ran)
    await showing.reached()
    showing.release()
    await talk.answered()

    progress = rehearsal.cast.asked[1].progress
    assert progress is not None
    assert progress.ts == "5.5"


async def test_the_model_does_not_wait_for_a_display_and_the_answer_does(rehearsal: Rehearsal) -> None:
    last, running = Held("5.5"), Held({"output": "found"})

    async def shown_at(_: object) -> str:
        return "5.5" if len(rehearsal.cast.shown) == 1 else str(await last())

    rehearsal.cast.shown_at = shown_at
    rehearsal.cast.tools["second"] = running
    rehearsal.cast.answers += [calls("first", "second"), text("done")]
    talk = rehearsal.conversation()

    await talk.say("1.0")
    await last.reached()
    running.release()
    await rehearsal.until(lambda: len(rehearsal.cast.asked) == 2)
    last.release()
    await talk.answered()

    shown, delivery = await display_and_delivery(talk)
    assert shown < delivery


async def display_and_delivery(talk: Talk) -> tuple[int, int]:
    """The numbers of two events: the last display was done, and the delivery was begun."""
    events = (await talk.handle.fetch_history()).events
    names = {e.event_id: e.activity_task_scheduled_event_attributes.activity_type.name for e in events}
    done = {e.activity_task_completed_event_attributes.scheduled_event_id: e.event_id for e in events}
    last_shown = max(number for number, name in names.items() if name == ActivityName.SHOW_PROGRESS)
    (delivery,) = (number for number, name in names.items() if name == ActivityName.DELIVER)
    return done[last_shown], delivery


async def test_a_tool_that_fails_is_told_to_the_model_without_the_errors_own_words(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["look_up"] = ApplicationError("secret", type="KeyError", non_retryable=True)
    rehearsal.cast.answers += [calls("look_up"), text("done")]

    assert await rehearsal.conversation().ask("1.0") == "done"

    (part,) = rehearsal.cast.read[1][-1]["parts"]
    said = part["functionResponse"]["response"]["error"]
    assert "look_up did not work just now" in said
    assert "secret" not in said


async def test_a_tool_that_says_why_it_cannot_answer_now_is_quoted(rehearsal: Rehearsal) -> None:
    busy = ApplicationError("The service is busy.", type=errors.TOOL_UNAVAILABLE)
    rehearsal.cast.tools["look_up"] = busy
    rehearsal.cast.answers += [calls("look_up"), text("done")]

    assert await rehearsal.conversation().ask("1.0") == "done"

    (part,) = rehearsal.cast.read[1][-1]["parts"]
    assert part["functionResponse"]["response"] == {"error": "The service is busy."}


async def test_a_call_that_is_refused_is_answered_without_being_run(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [calls("deliver", "open_conversation", refused="There is no such tool."), text("done")]

    assert await rehearsal.conversation().ask("1.0") == "done"

    responses = [part["functionResponse"]["response"] for part in rehearsal.cast.read[1][-1]["parts"]]
    assert responses == [{"error": "There is no such tool."}] * 2
    assert rehearsal.cast.ran == []


async def test_more_calls_than_can_be_run_at_once_are_all_answered(rehearsal: Rehearsal) -> None:
    asked = calls(*["look_up"] * 40)
    refused = [call.model_copy(update={"refused": "Too many."}) for call in asked.calls[32:]]
    rehearsal.cast.answers += [asked.model_copy(update={"calls": asked.calls[:32] + refused}), text("done")]

    assert await rehearsal.conversation().ask("1.0") == "done"

    responses = [part["functionResponse"]["response"] for part in rehearsal.cast.read[1][-1]["parts"]]
    assert responses == [{"output": "look_up"}] * 32 + [{"error": "Too many."}] * 8


@pytest.mark.parametrize("letter", ["x", "語", "🌦"])
async def test_a_tools_title_may_be_as_long_as_titles_are_in_any_alphabet(rehearsal: Rehearsal, letter: str) -> None:
    rehearsal.cast.answers += [calls("look_up", title=letter * 120), text("done")]
    talk = rehearsal.conversation()

    await talk.say("1.0")

    assert await talk.answered(seconds=5) == ["done"]


async def test_the_last_model_call_of_a_turn_may_not_call_tools(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_max_model_calls=3) as rehearsal:
        rehearsal.cast.answers += [calls("look_up"), calls("look_up"), text("enough")]

        assert await rehearsal.conversation().ask("1.0") == "enough"

        assert [request.may_call_tools for request in rehearsal.cast.asked] == [True, True, False]


async def test_a_turn_that_takes_too_many_steps_says_so(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_max_model_calls=2) as rehearsal:
        rehearsal.cast.answers += [calls("look_up"), ModelReply(unusable="unexpected_tool_call")]
        talk = rehearsal.conversation()

        assert await talk.ask("1.0") == errors.sentence(errors.OUT_OF_STEPS)
        assert await talk.ask("1.1") == "yes"


async def test_an_answer_that_nothing_can_be_done_with_is_asked_for_again_twice(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [ModelReply(unusable="empty")] * MOST_UNUSABLE + [text("at last")]

    assert await rehearsal.conversation().ask("1.0") == "at last"


async def test_after_three_answers_that_nothing_can_be_done_with_the_turn_ends(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [ModelReply(unusable="empty")] * (MOST_UNUSABLE + 1)
    talk = rehearsal.conversation()

    assert await talk.ask("1.0") == errors.sentence(errors.UNUSABLE_ANSWER)
    assert len(rehearsal.cast.asked) == MOST_UNUSABLE + 1
    assert talk.answers[0].is_notice


async def test_an_answer_that_was_cut_off_is_asked_for_with_more_room(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [ModelReply(unusable=CUT_OFF), ModelReply(unusable=TOO_MANY_TOOL_CALLS), text("short")]

    await rehearsal.conversation().ask("1.0")

    asked = [(request.more_room, request.may_call_tools) for request in rehearsal.cast.asked]
    assert asked == [(False, True), (True, True), (True, False)]


async def test_a_mention_with_nothing_else_is_greeted_without_asking_the_model(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()

    assert await talk.ask("1.0", "<@UBOT>") == "Hello!"
    assert rehearsal.cast.asked == []
    assert await talk.ask("1.1", "so?") == "yes"


async def test_who_is_mentioned_for_the_first_time_is_looked_up_once(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hi")

    await talk.ask("1.1", "ask <@U7>")
    await talk.ask("1.2", "ask <@U7> again")

    assert rehearsal.cast.looked_up == [["U7"]]
    assert lines(rehearsal.cast.read[2])[-1] == "anna: ask @u7 again"


# What arrives meanwhile


async def test_a_message_that_arrives_while_tools_run_steers_the_turn(rehearsal: Rehearsal) -> None:
    held = Held({"output": 1})
    rehearsal.cast.tools["look_up"] = held
    rehearsal.cast.answers += [calls("look_up"), text("only that")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "all of it")
    await held.reached()

    await talk.say("1.1", "only that, please", "U2")
    held.release()

    assert await talk.answered() == ["only that"]
    assert lines(rehearsal.cast.read[1])[-1] == "ben: only that, please"
    assert (talk.answers[0].answers, talk.answers[0].may_mention) == (["1.0", "1.1"], ["U1", "U2"])


async def test_a_message_that_arrives_during_an_answer_nothing_can_be_done_with_steers_the_turn(
    rehearsal: Rehearsal,
) -> None:
    held = Held(ModelReply(unusable="empty"))
    rehearsal.cast.answers += [held, text("only that")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "all of it")
    await held.reached()

    await talk.say("1.1", "only that, please")
    held.release()

    assert await talk.answered() == ["only that"]
    assert talk.answers[0].answers == ["1.0", "1.1"]


async def test_messages_that_arrive_during_the_last_model_call_are_the_next_turn_together(rehearsal: Rehearsal) -> None:
    held = Held(text("one"))
    rehearsal.cast.answers += [held, text("two")]
    talk = rehearsal.conversation()
    await talk.say("1.0")
    await held.reached()

    await talk.say("1.2", "later")
    await talk.say("1.1", "sooner")
    held.release()

    assert await talk.answered(2) == ["one", "two"]
    assert [request.answers for request in talk.answers] == [["1.0"], ["1.1", "1.2"]]
    assert lines(rehearsal.cast.read[1])[-2:] == ["anna: sooner", "anna: later"]


async def test_a_message_that_comes_again_is_not_answered_again(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    for _ in range(3):
        await talk.say("1.0")
    await talk.answered()

    await talk.say("1.0")
    await talk.ask("1.1")

    assert [request.answers for request in talk.answers] == [["1.0"], ["1.1"]]


# A terminal


async def test_a_terminal_gets_its_one_answer_and_nothing_goes_to_slack(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [calls("look_up"), text("done")]
    talk = rehearsal.terminal()

    handle = await talk.say("1", "what is up?", "you")

    assert await result_of(handle) == "done"
    slack = (rehearsal.cast.delivered, rehearsal.cast.shown, rehearsal.cast.looked_up)
    assert slack == ([], [], [])
    assert lines(rehearsal.cast.read[0]) == ["what is up?"]


async def test_a_terminal_that_is_closed_ends_its_question(rehearsal: Rehearsal) -> None:
    held = Held(text("too late"))
    rehearsal.cast.answers.append(held)
    handle = await rehearsal.terminal().say("1", "what is up?", "you")
    await held.reached()

    await handle.cancel()

    with pytest.raises(WorkflowFailureError):
        await result_of(handle)
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED
