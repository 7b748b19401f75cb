"""Promises about words that are taken back: they leave the transcript, and what is left is what Gemini takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.messages import MessageChange, UserMessage
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.transcript.taken_back import LEFT_OUT
from agent_worker.conversation.transcript.transcript import SUMMARISED_BYTES, Transcript
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads.opening import Before
from tests.support.agent_worker.rehearsal import OPENED, lines
from tests.support.agent_worker.talks import begun, calling, message, refuse_what_gemini_refuses, said, unhurried

SECRET = "hunter2"
HIDDEN = f"my password is {SECRET}"


def turn(conversation: Conversation, *asked: UserMessage, tools: int = 0, answer: str = f"It is {SECRET}.") -> None:
    """One turn: its messages, of which all but the first steer it, with tool calls before each, and the answer."""
    conversation.transcript.start_turn()
    for one in asked:
        conversation.add_messages([one])
        for _ in range(tools):
            content, calls = calling("look_up")
            conversation.transcript.add_tool_results(content, calls, [{"output": SECRET}])
    conversation.transcript.add_answer(said(answer))


def delete(conversation: Conversation, ts: str, *, is_running: bool = False) -> None:
    change = MessageChange(ts=ts, at="99.0", deleted=True)
    if conversation.has_read(change):
        conversation.take_back(change, is_running=is_running, epoch="second")


def stored(conversation: Conversation) -> str:
    """All that the next run would begin with."""
    return Run(thread=conversation.thread, carried=conversation).model_dump_json()


def texts(conversation: Conversation) -> list[str]:
    return lines(conversation.transcript.entries)


def test_nothing_of_a_deleted_message_is_carried_into_the_next_run() -> None:
    conversation = begun()
    turn(conversation, message("1.0", "hello"), answer="Hello.")
    turn(conversation, message("2.0", HIDDEN), tools=2)
    turn(conversation, message("3.0", "what is it?"))

    delete(conversation, "2.0")

    assert texts(conversation) == ["anna: hello", "Hello.", "anna: what is it?", LEFT_OUT]
    assert SECRET not in stored(conversation)


def test_the_first_question_is_no_longer_what_a_title_is_made_of() -> None:
    conversation = begun()
    turn(conversation, message("1.0", HIDDEN), answer="Noted.")

    delete(conversation, "1.0")
    turn(conversation, message("2.0", "hello"))

    assert conversation.first_words == "hello"


def test_the_rest_of_a_turn_stays_when_one_of_its_messages_goes() -> None:
    conversation = begun()
    turn(conversation, message("1.0", HIDDEN), message("2.0", "log in", "U2"), tools=1)

    delete(conversation, "1.0")

    assert texts(conversation) == ["ben: log in", LEFT_OUT]


def test_what_a_running_turn_has_called_stays_until_it_ends() -> None:
    conversation = begun()
    turn(conversation, message("1.0", HIDDEN))
    conversation.transcript.start_turn()
    conversation.add_messages([message("2.0", "log in", "U2")])
    content, calls = calling("log_in")
    conversation.transcript.add_tool_results(content, calls, [{"output": SECRET}])

    delete(conversation, "1.0", is_running=True)
    assert [entry["role"] for entry in conversation.transcript.entries] == ["user", "model", "user"]

    conversation.transcript.add_answer(said(SECRET))
    conversation.transcript.forget_turn("third")
    assert texts(conversation) == ["ben: log in", LEFT_OUT]


def test_the_question_of_a_running_turn_leaves_a_place_that_its_calls_can_follow() -> None:
    conversation = begun()
    turn(conversation, message("1.0", "hello"), answer="Hello.")
    conversation.transcript.start_turn()
    conversation.add_messages([message("2.0", HIDDEN)])
    content, calls = calling("look_up")
    conversation.transcript.add_tool_results(content, calls, [{"output": "x"}])

    delete(conversation, "2.0", is_running=True)

    assert not conversation.transcript.has_question
    assert SECRET not in stored(conversation)
    refuse_what_gemini_refuses(conversation.transcript.entries)


def test_a_line_of_the_threads_past_goes_with_its_message_read_or_not() -> None:
    for is_read in (False, True):
        conversation = begun()
        past = [
            Before(ts="0.1", line='{"from":"ben","text":"hi"}'),
            Before(ts="0.2", line=json.dumps({"text": HIDDEN})),
        ]
        conversation.open(OPENED.model_copy(update={"before": past}))
        if is_read:
            turn(conversation, message("1.0", "hello"))

        delete(conversation, "0.2")
        turn(conversation, message("2.0", "what is it?"), answer="I do not know.")

        assert SECRET not in stored(conversation)
        assert "ben: hi" in texts(conversation)


def test_what_a_line_of_the_threads_past_quotes_goes_with_its_message_read_or_not() -> None:
    for is_read in (False, True):
        conversation = begun()
        line = json.dumps({"from": "ben", "text": "look", "attached": [{"text": HIDDEN}]})
        conversation.open(OPENED.model_copy(update={"before": [Before(ts="0.2", line=line, quotes=["0.1"])]}))
        if is_read:
            turn(conversation, message("1.0", "hello"))

        delete(conversation, "0.1")
        turn(conversation, message("2.0", "what is it?"), answer="I do not know.")

        assert SECRET not in stored(conversation)
        assert "ben: look" in texts(conversation)


def test_a_line_that_was_deleted_while_the_thread_was_read_is_not_read() -> None:
    conversation = begun()
    change = MessageChange(ts="0.2", at="0.3", deleted=True)
    conversation.inbox.is_news(change)
    conversation.inbox.change(change)

    conversation.open(OPENED.model_copy(update={"before": [Before(ts="0.2", line=HIDDEN)]}))

    assert SECRET not in stored(conversation)


def test_of_what_a_summary_was_made_of_so_much_is_kept_and_what_is_older_takes_the_summary_with_it() -> None:
    conversation = begun()
    for number in range(1, 6):
        turn(conversation, message(f"{number}.0", f"{number} " + "x" * (SUMMARISED_BYTES // 3)), answer="ok")
    transcript = conversation.transcript
    transcript.replace_older(8, f"They said {SECRET}.", "second")
    assert 0 < sum(len(json.dumps(entry)) for entry in transcript.summarised) < SUMMARISED_BYTES * 1.1

    delete(conversation, "1.0")

    assert SECRET not in stored(conversation)
    assert [text[:7] for text in texts(conversation) if text.startswith("anna")] == ["anna: 3", "anna: 4", "anna: 5"]


def test_a_conversation_of_release_0_2_does_not_know_which_words_are_whose_and_forgets_them_all() -> None:
    old = [{"role": "user", "parts": [{"text": HIDDEN}]}, said(SECRET)]
    conversation = begun()
    conversation.transcript = Transcript(epoch="first", entries=old)
    turn(conversation, message("5.0", "hello"), answer="Hello.")

    delete(conversation, "6.0")
    assert SECRET in stored(conversation)
    delete(conversation, "1.0")

    assert SECRET not in stored(conversation)
    assert texts(conversation) == ["anna: hello", LEFT_OUT]


messages = st.integers(1, 3)


@given(
    turns=st.lists(st.tuples(messages, st.integers(0, 2), st.booleans()), min_size=1, max_size=6),
    deleted=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=4),
    cut=st.booleans(),
    tail=st.booleans(),
)
@unhurried
def test_whatever_is_deleted_gemini_takes_what_is_left_and_nothing_of_it_is_there(
    turns: list[tuple[int, int, bool]], deleted: list[tuple[int, int]], *, cut: bool, tail: bool
) -> None:
    conversation = begun()
    for number, (count, tools, fails) in enumerate(turns):
        asked = [message(f"{number}.{index}1", f"word-{number}-{index}") for index in range(count)]
        turn(conversation, *asked, tools=tools, answer=" ".join(one.text for one in asked))
        if fails:
            conversation.transcript.end_failed_turn("failed", poisoned=False, epoch="e")
        if cut and (at := conversation.transcript.cut()):
            conversation.transcript.replace_older(at, str(turns), "e")
    if tail:
        conversation.transcript.rewind("e")

    for number, index in deleted:
        delete(conversation, f"{number}.{index}1")

    for number, index in deleted:
        assert f"word-{number}-{index}" not in stored(conversation)
    if conversation.transcript.entries and conversation.transcript.entries[-1]["role"] == "model":
        refuse_what_gemini_refuses(conversation.transcript.entries)
    assert len(conversation.transcript.origins) <= len(conversation.transcript.entries)
    assert 0 <= conversation.transcript.turn_start <= len(conversation.transcript.entries)


def test_an_edit_keeps_the_files_of_a_message() -> None:
    conversation = begun()
    file: dict[str, Any] = {"id": "F1", "name": "plan.pdf"}
    turn(conversation, UserMessage(ts="1.0", user="U1", text=HIDDEN, files=[file]), answer="ok")

    change = MessageChange(ts="1.0", at="2.0", text="read this", user="U1")
    conversation.take_back(change, is_running=False, epoch="second")

    assert SECRET not in stored(conversation)
    assert "plan.pdf" in str(conversation.transcript.entries[0])
    delete(conversation, "1.0")
    assert "plan.pdf" not in stored(conversation)
