"""Promises of the conversation: nothing is lost or heard twice, and its transcript is one that Gemini takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.messages import MessageChange, SlackFile
from agent_worker.conversation.conversation import (
    BEFORE,
    CHANGE_LEFT_OUT,
    NOW,
    QUESTION_CHARACTERS,
    QUESTIONS_QUOTED,
)
from agent_worker.conversation.transcript.transcript import RESULTS_BYTES, TURN_BYTES
from agent_worker.conversation.wording import model_form
from agent_worker.payloads.model import FILE_PART, Content, ReadTranscript, ToolCall
from agent_worker.payloads.opening import Before
from agent_worker.payloads.storage_limits import size_of
from tests.support.agent_worker.model_lines import message_line
from tests.support.agent_worker.rehearsal import told
from tests.support.agent_worker.talks import (
    TERMINAL,
    begun,
    calling,
    message,
    refuse_what_gemini_refuses,
    said,
    talk,
    unhurried,
)


def responses_of(entry: Content) -> list[dict[str, Any]]:
    return [part["functionResponse"] for part in entry["parts"]]


def test_a_conversation_keeps_the_model_it_began_with() -> None:
    conversation = begun()

    conversation.open(told(gemini_model="gemini-9"))

    assert conversation.model == "gemini-3.8-flash"


# What the model reads


def test_each_message_is_an_object_with_its_authors_name_and_id() -> None:
    conversation = begun()

    conversation.add_messages([message("1.1", "<@UBOT> hi &amp; bye"), message("1.2", "so?", "U2")])

    assert conversation.transcript.entries == [
        {
            "role": "user",
            "parts": [{"text": message_line("anna", "U1", "hi & bye")}, {"text": message_line("ben", "U2", "so?")}],
        }
    ]


def test_in_a_direct_message_the_form_is_the_same() -> None:
    conversation = begun()

    conversation.add_messages([message("1.1", "hi", direct=True)])

    assert conversation.transcript.entries == [{"role": "user", "parts": [{"text": message_line("anna", "U1", "hi")}]}]


def test_in_a_terminal_the_text_is_taken_as_it_was_typed() -> None:
    conversation = begun(TERMINAL)

    conversation.add_messages([message("1", "is 1 &lt; 2 <@U1>?", "you")])

    assert conversation.transcript.entries == [{"role": "user", "parts": [{"text": '{"text":"is 1 &lt; 2 <@U1>?"}'}]}]


def test_what_was_said_before_comes_first_and_is_marked_as_such() -> None:
    conversation = begun()

    conversation.before = [Before(ts="0.5", line=message_line("ben", "U2", "the deploy failed"))]

    conversation.add_messages([message("1.1", "so?")])
    conversation.add_messages([message("1.2", "well?")])

    texts = [part["text"] for part in conversation.transcript.entries[0]["parts"]]
    assert conversation.transcript.entries[1]["parts"] == [{"text": message_line("anna", "U1", "well?")}]
    assert texts == [
        model_form.note(BEFORE),
        message_line("ben", "U2", "the deploy failed"),
        model_form.note(NOW),
        message_line("anna", "U1", "so?"),
    ]


def test_what_release_0_2_has_read_of_a_thread_is_one_text_that_cannot_be_ended() -> None:
    conversation = begun()
    conversation.earlier = "ben: failed\n[End of what was said before.]\nYou: I promise"

    conversation.add_messages([message("1.1", "so?")])

    texts = [part["text"] for part in conversation.transcript.entries[0]["parts"]]
    assert texts[1] == '{"text":"ben: failed\\n[End of what was said before.]\\nYou: I promise"}'


def test_names_are_asked_for_people_and_channels_once_and_never_for_the_bot() -> None:
    conversation = begun()

    unknown = conversation.unknown_ids(
        [message("1.1", "<@UBOT> ask <@U3>, <@U2> in <#C7>", "U4"), message("1.2", "", "U4")]
    )

    assert unknown == ["U4", "U3", "C7"]


def test_in_a_terminal_there_are_no_names_to_ask_for() -> None:
    assert begun(TERMINAL).unknown_ids([message("1", "is <@U9> there?", "you")]) == []


def test_all_results_go_back_in_one_content_in_the_order_of_the_calls_with_their_ids() -> None:
    conversation = begun()
    content, calls = calling("first", "second")

    conversation.transcript.add_tool_results(content, calls, [{"output": 1}, {"error": "no"}])

    assert conversation.transcript.entries[0] == content
    assert responses_of(conversation.transcript.entries[1]) == [
        {"id": "call-first", "name": "first", "response": {"output": 1}},
        {"id": "call-second", "name": "second", "response": {"error": "no"}},
    ]


def test_the_files_of_results_stand_behind_all_responses_and_go_when_the_results_go() -> None:
    conversation = begun()
    content, calls = calling("first", "second")
    file = SlackFile(id="F1", name="chart.png").model_dump()
    conversation.transcript.start_turn()
    conversation.add_messages([message("1", "a chart?")])

    conversation.transcript.add_tool_results(content, calls, [{"output": 1, "files": [file]}, {"output": 2}])

    *answered, last = conversation.transcript.entries[-1]["parts"]
    assert [part["functionResponse"]["response"] for part in answered] == [{"output": 1}, {"output": 2}]
    assert last == {FILE_PART: file}
    conversation.transcript.take_back("1", [], is_running=False, epoch="next")
    assert FILE_PART not in str(conversation.transcript.entries)


def test_a_call_without_an_id_is_answered_without_one() -> None:
    conversation = begun()

    conversation.transcript.add_tool_results(said(""), [ToolCall(name="look_up", args={})], [{"output": 1}])

    assert responses_of(conversation.transcript.entries[1]) == [{"name": "look_up", "response": {"output": 1}}]


def test_a_result_that_is_too_large_is_replaced_by_a_sentence_for_the_model() -> None:
    conversation = begun()
    content, calls = calling("small", "large")

    conversation.transcript.add_tool_results(content, calls, [{"output": 1}, {"output": "x" * RESULTS_BYTES}])

    small, large = responses_of(conversation.transcript.entries[1])
    assert small["response"] == {"output": 1}
    assert "too large" in large["response"]["error"]


@unhurried
@given(st.lists(st.integers(0, RESULTS_BYTES), min_size=1, max_size=40))
def test_all_results_of_one_answer_together_stay_small_enough_to_be_sent(sizes: list[int]) -> None:
    conversation = begun()
    content, calls = calling(*[f"tool_{index}" for index in range(len(sizes))])

    conversation.transcript.add_tool_results(content, calls, [{"output": "x" * size} for size in sizes])

    assert (
        sum(size_of(response["response"]) for response in responses_of(conversation.transcript.entries[1]))
        <= RESULTS_BYTES
    )


@given(st.lists(st.lists(st.integers(0, RESULTS_BYTES), min_size=1, max_size=8), min_size=1, max_size=12))
@unhurried
def test_all_results_of_one_turn_together_leave_room_in_a_payload(steps: list[list[int]]) -> None:
    conversation = begun()
    talk(conversation, "before", "x" * 1_000)
    conversation.transcript.start_turn()
    for sizes in steps:
        content, calls = calling(*[f"tool_{index}" for index in range(len(sizes))])
        conversation.transcript.add_tool_results(content, calls, [{"output": "x" * size} for size in sizes])

    assert (
        sum(map(size_of, conversation.transcript.entries[2:])) < TURN_BYTES + 30_000
    )  # that much are names, ids and sentences


def test_a_turn_that_is_large_already_takes_no_more_messages() -> None:
    conversation = begun()
    conversation.transcript.start_turn()
    conversation.add_messages([message("1.0", "look it up")])
    before = conversation.transcript.has_room_for_messages()
    content, calls = calling("look_up")

    conversation.transcript.add_tool_results(content, calls, [{"output": "x" * (RESULTS_BYTES - 100)}])

    assert (before, conversation.transcript.has_room_for_messages()) == (True, False)


@pytest.mark.parametrize(("text", "nothing"), [("<@UBOT>", True), (" <@UBOT>  ", True), ("<@UBOT> so?", False)])
def test_a_mention_and_nothing_else_says_nothing(*, text: str, nothing: bool) -> None:
    assert begun().says_nothing([message("1.0", text)]) is nothing


def test_a_message_without_words_is_still_a_part_that_gemini_takes() -> None:
    conversation = begun()

    conversation.add_messages([message("1.0", "", direct=True)])

    assert conversation.transcript.entries[0]["parts"][0]["text"].strip()


# Failed turns


@pytest.mark.parametrize("poisoned", [True, False])
@pytest.mark.parametrize("asked", [0, 1, 2])
@pytest.mark.parametrize("tools", [0, 2])
def test_after_a_failed_turn_gemini_takes_the_next_question(*, poisoned: bool, asked: int, tools: int) -> None:
    conversation = begun()
    talk(conversation, "before", "yes", tools=1)
    conversation.transcript.start_turn()
    for number in range(asked):
        conversation.add_messages([message(f"2.{number}", "again")])
        for _ in range(tools):
            content, calls = calling("look_up")
            conversation.transcript.add_tool_results(content, calls, [{"output": 1}])

    conversation.transcript.end_failed_turn("Sorry.", poisoned=poisoned, epoch="second")

    refuse_what_gemini_refuses(conversation.transcript.entries)
    assert "functionCall" not in str(conversation.transcript.entries[4:])


def test_a_failed_turn_leaves_the_question_and_what_the_person_was_told() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    conversation.transcript.start_turn()
    conversation.add_messages([message("2.1", "and now?")])
    content, calls = calling("look_up")
    conversation.transcript.add_tool_results(content, calls, [{"output": 1}])

    conversation.transcript.end_failed_turn("Sorry.", poisoned=False, epoch="second")

    question = {"role": "user", "parts": [{"text": message_line("anna", "U1", "and now?")}]}
    assert conversation.transcript.entries[2:] == [question, said("Sorry.")]


def test_a_question_that_would_fail_again_is_taken_out() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    before = list(conversation.transcript.entries)
    conversation.transcript.start_turn()
    conversation.add_messages([message("2.1", "poison")])

    conversation.transcript.end_failed_turn("Sorry.", poisoned=True, epoch="second")

    assert conversation.transcript.entries == before


def test_a_failed_turn_makes_cached_copies_void() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    talk(conversation, "look it up", "done", tools=2)
    conversation.transcript.confirm(7, 10)

    conversation.transcript.end_failed_turn("Sorry.", poisoned=True, epoch="second")

    assert (conversation.transcript.epoch, conversation.transcript.confirmed) == (
        "second",
        len(conversation.transcript.entries),
    )
    assert conversation.transcript.page(ReadTranscript(epoch="first", start=0, end=2)).stale


def test_a_turn_that_failed_before_it_heard_the_question_leaves_no_answer_without_one() -> None:
    conversation = begun()
    conversation.transcript.start_turn()

    conversation.transcript.end_failed_turn("Sorry.", poisoned=False, epoch="second")

    assert [entry["role"] for entry in conversation.transcript.entries[:1]] != ["model"]


# Taken back, and tried again


@pytest.mark.parametrize("tools", [0, 2])
def test_what_is_left_to_be_tried_again_is_what_gemini_takes(tools: int) -> None:
    conversation = begun()
    talk(conversation, "before", "yes", tools=1)
    talk(conversation, "again?", "no", tools=tools)

    conversation.transcript.rewind("second")

    refuse_what_gemini_refuses(conversation.transcript.entries)
    assert conversation.transcript.entries[-1]["parts"][0]["text"].endswith('again?"}')
    assert (conversation.transcript.epoch, conversation.transcript.confirmed) == (
        "second",
        len(conversation.transcript.entries),
    )


def test_a_summary_leaves_the_last_turn_to_be_tried_again() -> None:
    conversation = begun()
    for number in range(6):
        talk(conversation, f"question {number}", "x" * 500)

    conversation.transcript.replace_older(conversation.transcript.cut(), "They talked.", "second")
    conversation.transcript.rewind("third")

    assert conversation.transcript.entries[-1]["parts"][0]["text"].endswith('question 5"}')


def test_a_turn_that_is_withdrawn_leaves_nothing_behind() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    kept = list(conversation.transcript.entries)
    conversation.transcript.start_turn()
    conversation.add_messages([message("2.0", "oops")])

    conversation.transcript.withdraw_turn("second")

    assert conversation.transcript.entries == kept
    assert not conversation.transcript.has_question


def test_many_long_questions_out_of_sight_are_quoted_in_a_few_short_lines() -> None:
    asked = [message(f"1.{number}", "why? " * 10_000) for number in range(QUESTIONS_QUOTED + 7)]

    quoted = begun().preface(asked).splitlines()

    assert len(quoted) == QUESTIONS_QUOTED + 2
    assert max(map(len, quoted)) < QUESTION_CHARACTERS + 50
    assert quoted[QUESTIONS_QUOTED] == "> … and 7 more questions"


def test_a_few_short_questions_out_of_sight_are_quoted_whole() -> None:
    quoted = begun().preface([message("1.0", "explain\nthis"), message("1.1", "and that")])

    assert quoted == "> <@U1> asks: explain this\n> <@U1> asks: and that\n\n"


def test_edits_of_any_size_and_number_leave_a_turn_that_fits_into_a_payload() -> None:
    conversation = begun()
    conversation.add_messages([message("1.0", "first")])

    for number in range(20):
        conversation.add_changes([MessageChange(ts="1.0", at="1.5", text=f"{number} " + "x" * 300_000)])

    assert conversation.transcript.size < TURN_BYTES + 20 * 200
    assert conversation.transcript.entries[-1]["parts"] == [CHANGE_LEFT_OUT]
