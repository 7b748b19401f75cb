"""Promises about Good and Bad: the newest opinion of a person counts, and a reason belongs to its click."""

from __future__ import annotations

from agent_worker.contract.messages import Feedback, Thread
from agent_worker.conversation.conversation import REASONS_BYTES, Conversation
from agent_worker.conversation.transcript.transcript import Transcript


def conversation() -> Conversation:
    return Conversation(thread=Thread(team="T1", channel="C1", thread_ts="1.0"), transcript=Transcript(epoch="e"))


def opinion(value: str, at: str, reason: str = "", user: str = "U1") -> Feedback:
    return Feedback.model_validate({"turn": "1.0", "user": user, "value": value, "at": at, "reason": reason})


def kept(*opinions: Feedback) -> list[tuple[str, str, str]]:
    talk = conversation()
    for one in opinions:
        talk.note_feedback(one)
    return [(one.value, one.at, one.reason) for one in talk.feedback]


def test_a_reason_is_added_to_its_click() -> None:
    assert kept(opinion("bad", "1.5"), opinion("bad", "1.5", "Why.")) == [("bad", "1.5", "Why.")]


def test_a_click_that_arrives_after_its_reason_takes_nothing_away() -> None:
    assert kept(opinion("bad", "1.5", "Why."), opinion("bad", "1.5")) == [("bad", "1.5", "Why.")]


def test_a_reason_without_its_click_is_a_judgement() -> None:
    talk = conversation()

    assert talk.note_feedback(opinion("bad", "1.5", "Why."))
    assert not talk.note_feedback(opinion("bad", "1.5"))


def test_the_newest_reason_counts() -> None:
    first, second = opinion("bad", "1.5", "Why."), opinion("bad", "1.6", "Therefore.")

    assert kept(first, opinion("bad", "1.6"), second) == [("bad", "1.6", "Therefore.")]


def test_who_says_bad_once_more_without_a_reason_keeps_the_first_one() -> None:
    assert kept(opinion("bad", "1.5", "Why."), opinion("bad", "1.6")) == [("bad", "1.6", "Why.")]


def test_who_says_good_since_has_no_reason_any_more() -> None:
    changed = [opinion("bad", "1.5", "Why."), opinion("good", "1.6")]

    assert kept(*changed) == [("good", "1.6", "")]
    assert kept(*changed, opinion("bad", "1.5", "Too late.")) == [("good", "1.6", "")]
    assert kept(*changed, opinion("bad", "1.7")) == [("bad", "1.7", "")]


def test_of_too_many_reasons_the_newest_are_kept_and_every_judgement() -> None:
    long = "ä" * 500  # 1,000 bytes
    people = [f"U{number}" for number in range(40)]

    opinions = kept(*[opinion("bad", f"1.{number + 10}", long, user) for number, user in enumerate(people)])

    assert len(opinions) == len(people)
    assert sum(bool(reason) for _, _, reason in opinions) == REASONS_BYTES // 1_000
    assert opinions[-1][2] == long
    assert opinions[0][2] == ""
