"""Promises about who is answered: one person always, several only when they mean the agent."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.conversation.participants import Participants, asks_back
from agent_worker.payloads.policy import ThreadReplies
from agent_worker.payloads.thread import Author
from tests.support.agent_worker.rehearsal import told
from tests.support.agent_worker.talks import message

ANNA, BEN = "U1", "U2"


def people(replies: ThreadReplies = "auto", **opened: Any) -> Participants:
    them = Participants()
    them.open(told(thread_replies=replies, **opened))
    return them


def hears(them: Participants, user: str, **more: object) -> bool:
    """Whether a reply of this person that mentions nobody is answered."""
    said = message("2.0", user=user).model_copy(update={"addressed": False, **more})
    return them.hear(said).addressed


def test_the_only_person_in_a_thread_is_answered_until_another_one_writes() -> None:
    them = people()

    assert hears(them, ANNA)
    assert not hears(them, BEN)
    assert not hears(them, ANNA)


def test_whoever_means_the_agent_is_answered_among_many() -> None:
    them = people(people=[ANNA, BEN, "U3"])

    assert hears(them, ANNA, addressed=True)


def test_an_app_that_is_allowed_is_answered_and_is_nobody() -> None:
    them = people()
    assert hears(them, ANNA)

    assert hears(them, "B5", from_app=True)
    assert hears(them, ANNA)


def test_the_first_reply_to_the_agents_own_question_is_answered_whoever_writes_it() -> None:
    them = people(people=[ANNA, BEN])
    them.has_answered("Which of the two?")

    assert hears(them, BEN)
    assert not hears(them, BEN)


def test_an_answer_that_asks_nothing_takes_an_older_question_back() -> None:
    them = people(people=[ANNA, BEN])
    them.has_answered("Which of the two?")
    them.has_answered("Never mind.")

    assert not hears(them, BEN)


@pytest.mark.parametrize(
    ("answer", "asks"),
    [
        ("Which one?", True),
        ("**Which one?**\n", True),
        ("「どれ？」ですか？", True),  # noqa: RUF001
        ("(which one?)", True),
        ("Which one? This one.", False),
        ("", False),
    ],
)
def test_what_counts_as_a_question_is_how_the_answer_ends(answer: str, *, asks: bool) -> None:
    assert asks_back(answer) is asks


def test_before_the_thread_is_known_nobody_is_judged() -> None:
    them = Participants()

    assert not hears(them, ANNA)
    assert them.is_asked([message("2.0").model_copy(update={"addressed": False})])


def test_only_people_whose_names_are_not_known_are_judged_and_apps_never() -> None:
    them = people()
    said = [
        message("1.0", user=ANNA),
        message("1.1", user=BEN).model_copy(update={"team": "T2"}),
        message("1.2", user="B5").model_copy(update={"from_app": True}),
    ]

    assert them.authors(said, {ANNA: "anna"}) == [Author(id=BEN, team="T2")]


def test_each_person_is_refused_once_and_the_same_reason_is_said_once() -> None:
    them = people(refused={ANNA: "Not you.", BEN: "Not you."})
    said = [message("1.0", user=ANNA), message("1.1", user=BEN), message("1.2", user="U3")]

    assert them.refusal(said) == "Not you."
    assert them.refusal(said) == ""
    assert [one.user for one in them.admitted(said)] == ["U3"]


def test_where_nobody_may_nobody_is_admitted() -> None:
    them = people(refused_here="Not here.")

    assert them.admitted([message("1.0")]) == []
    assert them.refusal([message("1.0")]) == "Not here."
