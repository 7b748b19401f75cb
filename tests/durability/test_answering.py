"""The model that answers by rule: each question once, by its name, with the tools it asks for."""

from __future__ import annotations

from agent_worker.conversation.questions import outcomes
from emulators.gemini.answers import Answer, calls, text
from emulators.gemini.request import Content, ModelRequest
from tests.support.durability.answering import (
    FILE_TICKET,
    TOOL,
    ByRule,
    Question,
    answer_to,
    answered_by,
    questions_in,
    results_given,
    ticket,
)

FIRST, SECOND = ("ipaddress", "11.0.0.1"), ("ipaddress", "11.0.0.2")
CHAIN = Question("q1", ("11.0.0.1", "11.0.0.2"))


def asked(*questions: Question) -> Content:
    return {"role": "user", "parts": [{"text": f"anna: {question.words}"} for question in questions]}


def said(words: str) -> Content:
    return {"role": "model", "parts": [{"text": words}]}


def called(*arguments: tuple[str, str]) -> list[Content]:
    """The calls with these arguments, and their results."""
    parts = [{"functionCall": {"name": TOOL, "args": dict([argument])}} for argument in arguments]
    results = [{"functionResponse": {"name": TOOL, "response": {}}} for _ in arguments]
    return [{"role": "model", "parts": parts}, {"role": "user", "parts": results}]


def request(*contents: Content, mode: str = "AUTO") -> ModelRequest:
    config = {"functionCallingConfig": {"mode": mode}}
    return ModelRequest("gemini", "v1", streamed=False, body={"contents": list(contents), "toolConfig": config})


def answer(*contents: Content, mode: str = "AUTO") -> Answer:
    return ByRule().answer(request(*contents, mode=mode))


def test_a_question_reads_as_it_was_written() -> None:
    questions = [CHAIN, Question("q2", CHAIN.addresses, at_once=True), Question("q3", slowly=True)]
    questions += [Question("q4", CHAIN.addresses, through_mcp=True), Question("q5", files_ticket=True)]

    assert questions_in(" ".join(question.words for question in questions)) == questions


def test_only_a_complete_answer_counts_as_one() -> None:
    assert answered_by(answer_to("q1", "q2")) == ["q1", "q2"]
    assert answered_by(answer_to("q1")[:-4]) == []
    assert answered_by("Something went wrong.") == []


def test_a_chain_asks_for_one_tool_after_the_other_and_then_answers() -> None:
    assert answer(asked(CHAIN)) == calls((TOOL, dict([FIRST])))
    assert answer(asked(CHAIN), *called(FIRST)) == calls((TOOL, dict([SECOND])))
    assert answer(asked(CHAIN), *called(FIRST), *called(SECOND)) == text(answer_to("q1"))


def test_tools_at_once_are_asked_for_together() -> None:
    both = Question("q1", CHAIN.addresses, at_once=True)

    assert answer(asked(both)) == calls((TOOL, dict([FIRST])), (TOOL, dict([SECOND])))


def test_all_that_waits_is_answered_together_and_nothing_that_was_answered_before() -> None:
    past = [asked(Question("q0")), said(answer_to("q0"))]

    assert answer(*past, asked(Question("q1"), Question("q2"))) == text(answer_to("q1", "q2"))


def test_a_question_that_is_seen_twice_is_answered_once() -> None:
    assert answer(asked(Question("q1"), Question("q1"))) == text(answer_to("q1"))


def test_what_was_said_in_the_thread_before_is_no_question() -> None:
    texts = ['{"note":"What was said in this thread before"}', CHAIN.words, '{"note":"End of what was said before"}']
    earlier = [{"text": text} for text in texts]

    assert answer({"role": "user", "parts": [*earlier, *asked(Question("q2"))["parts"]]}) == text(answer_to("q2"))


def test_without_tools_it_answers_at_once() -> None:
    assert answer(asked(CHAIN), mode="NONE") == text(answer_to("q1"))


def test_results_are_counted_over_the_whole_request() -> None:
    assert results_given(request(asked(CHAIN), *called(FIRST, SECOND))) == 2


TICKET = Question("q1", files_ticket=True)


def ticket_called(outcome: str, name: str = "q1") -> list[Content]:
    call = {"functionCall": {"name": FILE_TICKET, "args": ticket(name)}}
    result = {"functionResponse": {"name": FILE_TICKET, "response": {"outcome": outcome}}}
    return [{"role": "model", "parts": [call]}, {"role": "user", "parts": [result]}]


def test_a_ticket_is_asked_for_once_and_answered_when_it_is_decided() -> None:
    assert answer(asked(TICKET)) == calls((FILE_TICKET, ticket("q1")))
    assert answer(asked(TICKET), *ticket_called("approved")) == text(answer_to("q1"))
    assert answer(asked(TICKET), *ticket_called("waiting"), asked(Question("q2"))) == text(answer_to("q2"))


def test_a_ticket_that_was_decided_after_another_answer_is_answered_once() -> None:
    meanwhile = [*ticket_called("approved"), asked(Question("q2")), said(answer_to("q2"))]
    news = {"role": "user", "parts": [{"text": outcomes.news(["Ticket: q1"])}]}

    assert answer(asked(TICKET), *meanwhile, news) == text(answer_to("q1"))
    assert answer(asked(TICKET), *meanwhile, news, said(answer_to("q1")), asked(Question("q3"))) == text(
        answer_to("q3")
    )
    forgotten = said("An answer that had to be forgotten.")
    assert answer(asked(TICKET), *meanwhile, news, forgotten, asked(Question("q3"))) == text(answer_to("q3"))
    alone = {"role": "user", "parts": [{"text": outcomes.news_alone({"Ticket: q1": {}})}]}
    assert answer(alone) == text(answer_to("q1"))


def test_of_two_decided_tickets_only_the_one_that_the_news_name_is_answered() -> None:
    forgotten = said("An answer that had to be forgotten.")
    asked_before = [asked(TICKET), *ticket_called("rejected"), asked(Question("q2", files_ticket=True)), forgotten]
    news = {"role": "user", "parts": [{"text": outcomes.news(["Ticket: q2"])}]}

    assert answer(*asked_before, *ticket_called("rejected", "q2"), news) == text(answer_to("q2"))
