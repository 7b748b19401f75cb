"""Promises of what the model hears of a question that people have settled."""

from __future__ import annotations

import pytest

from agent_worker.contract.messages import MessageChange, Thread
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.questions import outcomes
from agent_worker.conversation.questions.question import Question, of_calls
from agent_worker.conversation.transcript.transcript import RESULTS_BYTES, Transcript
from agent_worker.payloads.model import FILE_PART, FILES, ToolCall
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.thread import Answered
from tests.support.agent_worker.talks import calling, message, said


def settled(*titles: str) -> Question:
    """A question about calls with these titles; each has come to another result."""
    calls = [ToolCall(name="file", args={}, title=title) for title in titles]
    turn = Answered(key="1.0", answers=["1.0"], may_mention=[], audience=None)
    question = of_calls(calls, identity="1.0", turn=turn, askers=[], agent=("helper", ""), now=5.0)
    for at, item in enumerate(question.items):
        item.settle("approved", by="U1", at=6.0)
        item.result = {"output": f"ticket {at}"}
    return question


def conversation_about(question: Question) -> Conversation:
    """The question is open in it."""
    conversation = Conversation(
        thread=Thread(team="T1", channel="C1", thread_ts="1.0"), transcript=Transcript(epoch="e")
    )
    conversation.questions.add(question)
    return conversation


def ask(conversation: Conversation, question: Question) -> None:
    """The model calls what the question is about, hears that people were asked, and answers something else."""
    content, calls = calling(*(item.call.name for item in question.items))
    conversation.transcript.start_turn()
    conversation.add_messages([message("1.0", "file it")])
    waiting = [outcomes.waiting(question, at) for at in range(len(question.items))]
    conversation.transcript.add_tool_results(content, calls, waiting)
    conversation.transcript.start_turn()
    conversation.add_messages([message("2.0", "hello")])
    conversation.transcript.add_answer(said("Hello."))


def test_when_something_else_was_said_meanwhile_the_model_is_told_which_calls_are_decided() -> None:
    question = settled("Ticket: the door", "Ticket: the lamp")
    conversation = conversation_about(question)
    ask(conversation, question)

    conversation.settle(question, "another")

    told = conversation.transcript.entries[-1]["parts"][0]["text"]
    assert told == outcomes.news(["Ticket: the door", "Ticket: the lamp"])
    assert conversation.transcript.has_question  # it can be tried again


@pytest.mark.parametrize("is_summarised", [False, True])
def test_what_was_decided_about_words_that_are_taken_back_is_not_repeated(is_summarised: bool) -> None:  # noqa: FBT001
    question = settled("Ticket: the door")
    conversation = conversation_about(question)
    ask(conversation, question)
    conversation.settle(question, "another")
    conversation.transcript.add_answer(said("The ticket about the door is filed."))
    if is_summarised:
        conversation.transcript.replace_older(len(conversation.transcript.entries), "The door.", "summary")

    conversation.take_back(MessageChange(ts="1.0", at="99.0", deleted=True), is_running=False, epoch="third")

    left = conversation.transcript
    assert "the door" not in f"{left.entries} {left.summarised}"
    assert "hello" in f"{left.entries}"


@pytest.mark.parametrize("titles", [("Filing", "Filing", "Filing"), ("2. Filing", "Filing", "Filing"), ("A", "B", "C")])
def test_where_a_summary_has_taken_the_place_of_the_calls_each_result_is_told(titles: tuple[str, ...]) -> None:
    question = settled(*titles)
    conversation = conversation_about(question)

    conversation.settle(question, "another")

    told = conversation.transcript.entries[-1]["parts"][0]["text"]
    assert outcomes.NEWS_ALONE in told
    assert all(f"ticket {at}" in told for at in range(3))


def test_many_large_results_are_told_within_what_a_model_call_may_hold_and_files_are_shown() -> None:
    question = settled(*map(str, range(32)))
    for item in question.items:
        item.result = {"output": "x" * 60_000}
    question.items[0].result = {"output": "a page", FILES: [{"id": "F1"}]}
    conversation = conversation_about(question)

    conversation.settle(question, "another")

    remark, file = conversation.transcript.entries[-1]["parts"]
    assert size_of(remark) < 1.1 * RESULTS_BYTES
    assert "a page" in remark["text"]
    assert "F1" not in remark["text"]
    assert file == {FILE_PART: {"id": "F1"}}
