"""Promises about who is answered: one person always, several only when they mean the agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from agent_worker.contract.messages import SaidToOthers
from agent_worker.conversation import participants
from agent_worker.conversation.participants import Participants, asks_back
from agent_worker.payloads.agent_policy import ThreadReplies
from agent_worker.payloads.opening import Judgement
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


def test_who_keeps_the_only_person_from_being_answered_is_judged_once() -> None:
    them, said = people(), [message("2.0", user=user).model_copy(update={"addressed": False}) for user in (BEN, ANNA)]
    for each in (message("1.0", user=ANNA), *said):
        them.hear(each)
    them.learn([Author(id=ANNA)], Judgement(judged=[ANNA]), 0)
    assert them.silencers(said, 1) == [Author(id=BEN)]

    them.learn([Author(id=BEN)], Judgement(judged=[BEN]), 1)

    long_after = 1 + 10 * participants.VERDICT_LASTS
    assert them.silencers(said, long_after) == []


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


# Who may talk to the agent

NOW = 1_000.0
BY_BEN = message("1.1", user=BEN).model_copy(update={"team": "T2"})
BY_AN_APP = message("1.2", user="B5").model_copy(update={"from_app": True})
SAID = [message("1.0", user=ANNA), BY_BEN, BY_AN_APP]


def judged(them: Participants, *users: str, here: str = "", refused: Mapping[str, str] | None = None) -> Participants:
    """After the worker has judged these people and the channel."""
    asked = [Author(id=user) for user in users]
    them.learn(asked, Judgement(judged=list(users), refused=dict(refused or {}), refused_here=here), NOW)
    return them


def admitted(them: Participants, now: float = NOW) -> list[str]:
    return [one.user for one in them.admitted(SAID, now)]


def test_nobody_is_admitted_without_a_verdict_and_an_app_needs_none_of_its_own() -> None:
    them = people()
    assert (admitted(them), them.must_ask([BY_AN_APP], NOW)) == ([], True)

    judged(them, ANNA)

    assert admitted(them) == [ANNA, "B5"]
    assert them.unjudged(SAID, NOW) == [Author(id=BEN, team="T2")]
    assert not them.must_ask([BY_AN_APP], NOW)


def test_a_person_for_whom_the_worker_has_no_verdict_is_not_admitted() -> None:
    them = people()

    them.learn([Author(id=ANNA)], Judgement(judged=[]), NOW)

    assert admitted(them) == ["B5"]


def test_who_was_admitted_once_is_known_after_the_verdict_and_strangers_are_not() -> None:
    them = judged(people(), ANNA, BEN, refused={BEN: "Guests may not."})
    written = [message("1.1", user=ANNA), message("1.2", user=BEN), message("1.3", user="U9")]

    assert [one.user for one in them.admitted_before(written)] == [ANNA]


def test_a_verdict_holds_for_five_minutes() -> None:
    them = judged(people(), ANNA, BEN)

    assert admitted(them, NOW + 299.9) == [ANNA, BEN, "B5"]
    assert admitted(them, NOW + 300) == []
    assert them.unjudged(SAID[:1], NOW + 300) == [Author(id=ANNA)]


def test_a_person_is_refused_until_the_worker_says_otherwise_and_told_anew_after_that() -> None:
    them = judged(people(), ANNA, BEN, refused={BEN: "Not you."})
    assert them.refusals(SAID, NOW) == {BEN: "Not you."}
    them.told.append(BEN)
    assert (admitted(them), them.refusals(SAID, NOW)) == ([ANNA, "B5"], {})

    judged(them, BEN)
    assert admitted(them) == [ANNA, BEN, "B5"]

    judged(them, BEN, refused={BEN: "Not any more."})
    assert them.refusals(SAID, NOW) == {BEN: "Not any more."}


def test_where_nobody_may_nobody_is_admitted_and_apps_are_not_told() -> None:
    them = judged(people(), ANNA, BEN, here="Not here.")

    assert admitted(them) == []
    assert them.refusals(SAID, NOW) == {ANNA: "Not here.", BEN: "Not here."}


def test_a_person_who_may_not_talk_to_the_agent_does_not_end_a_talk_of_two() -> None:
    them = people()
    hears(them, ANNA)
    hears(them, BEN)

    judged(them, BEN, refused={BEN: "Not you."})

    assert hears(them, ANNA)


def test_what_release_0_2_did_not_judge_it_admitted_and_its_refusals_stay() -> None:
    them = people()
    them.learn([], Judgement(refused={BEN: "Not you."}), NOW)

    them.learn([Author(id=ANNA), Author(id=BEN)], Judgement(), NOW + 900)

    assert admitted(them, NOW + 900) == [ANNA, "B5"]


def test_of_many_verdicts_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participants, "VERDICTS_KEPT", 2)

    them = judged(people(), ANNA, BEN, "U3")
    judged(them, BEN)

    assert list(them.verdicts) == ["U3", BEN]


# Exchanges with others


def test_who_answers_another_app_is_not_answered_by_the_agent_even_where_it_answers_everybody() -> None:
    them = people("all")
    them.hear_to_others(SaidToOthers(ts="1.5", by_app=True))

    assert not hears(them, ANNA)
    assert hears(them, ANNA, ts="1.4"), "it was written before the app has asked"


def test_a_word_to_somebody_else_ends_the_agents_own_question() -> None:
    them = people(people=[ANNA, BEN])
    them.has_answered("Which of the two?")
    them.hear_to_others(SaidToOthers(ts="1.5"))

    assert not hears(them, ANNA)


def test_where_the_agent_answers_everybody_a_word_to_another_person_changes_nothing() -> None:
    them = people("all")
    them.hear_to_others(SaidToOthers(ts="1.5"))

    assert hears(them, ANNA)


def test_who_writes_to_the_agent_is_answered_from_then_on_whatever_arrives_late() -> None:
    them = people()
    them.hear_to_others(SaidToOthers(ts="1.5", by_app=True))

    assert hears(them, ANNA, addressed=True)
    them.hear_to_others(SaidToOthers(ts="1.6"))
    assert hears(them, ANNA, ts="2.1")
