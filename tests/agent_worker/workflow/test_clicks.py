"""Promises to people who press something below an answer: it is kept, it can be changed, and it starts no turn."""

from __future__ import annotations

from typing import Any, Literal

from agent_worker.contract.messages import Feedback, Renamed, TryAgain
from agent_worker.contract.names import FEEDBACK, MEMO_FEEDBACK, MEMO_TITLE, RENAMED, TRY_AGAIN
from agent_worker.payloads import errors
from agent_worker.payloads.model import ModelReply
from agent_worker.workflow.agent import NOT_THE_LAST, STILL_AT_IT, THANKS
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, Talk, calls, lines, result_of, text


def clicked(value: Literal["good", "bad"], at: str = "1.5", user: str = "U1", turn: str = "1.0") -> Feedback:
    return Feedback(turn=turn, user=user, value=value, at=at)


async def kept(talk: Talk, key: str = MEMO_FEEDBACK) -> Any:
    return (await (await talk.handle.describe()).memo()).get(key)


def told(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(request.user, request.text) for request in rehearsal.cast.told]


# Feedback


async def test_feedback_is_kept_with_the_conversation_and_answered_with_thanks_once(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    for feedback in (clicked("good"), clicked("good"), clicked("bad", at="1.7"), clicked("good", user="U2")):
        await talk.click(FEEDBACK, feedback)
    await rehearsal.until(lambda: len(rehearsal.cast.told) >= 2)

    assert told(rehearsal) == [("U1", THANKS), ("U2", THANKS)]
    assert await kept(talk) == [
        {"turn": "1.0", "user": "U1", "value": "bad", "at": "1.7"},
        {"turn": "1.0", "user": "U2", "value": "good", "at": "1.5"},
    ]
    assert len(rehearsal.cast.asked) == 1


async def test_of_two_clicks_the_later_one_counts_in_whatever_order_they_arrive(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await talk.click(FEEDBACK, clicked("bad", at="1.7"))
    await talk.click(FEEDBACK, clicked("good", at="1.6"))
    await talk.ask("2.0")

    assert [one["value"] for one in await kept(talk)] == ["bad"]


async def test_a_click_while_the_agent_thinks_does_not_disturb_it(rehearsal: Rehearsal) -> None:
    held = Held(text("second"))
    rehearsal.cast.answers += [text("first"), held]
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    await talk.say("2.0")
    await held.reached()

    await talk.click(FEEDBACK, clicked("good"))
    await rehearsal.until(lambda: rehearsal.cast.told)
    held.release()

    assert await talk.answered(2) == ["first", "second"]


async def test_a_click_in_a_closed_conversation_is_kept_and_closes_it_again(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        await result_of(talk.handle)

        await talk.click(FEEDBACK, clicked("good"))
        await result_of(talk.handle)

        assert told(rehearsal) == [("U1", THANKS)]
        assert [one["value"] for one in await kept(talk)] == ["good"]
        assert rehearsal.cast.said == ["yes"]


# Try Again


async def test_trying_again_answers_the_last_question_anew_as_if_it_had_not_been_answered(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.cast.answers += [text("first"), calls("find"), text("second"), text("third")]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "before")
    await talk.ask("2.0", "question")

    await talk.click(TRY_AGAIN, TryAgain(turn="2.0", user="U1", at="2.5"))

    assert await talk.answered(3) == ["first", "second", "third"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: before", "first", "anna: question"]
    again = talk.answers[-1]
    assert (again.key, again.answers, again.may_mention) == ("2.0:again1:answer", ["2.0"], ["U1"])


async def test_an_answer_can_be_tried_again_more_than_once(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.5"))
    await talk.answered(2)
    await talk.click(TRY_AGAIN, TryAgain(turn="1.0:again1", user="U1", at="1.6"))

    await talk.answered(3)
    assert [request.key for request in talk.answers] == ["1.0:answer", "1.0:again1:answer", "1.0:again2:answer"]


async def test_a_failed_turn_can_be_tried_again_unless_its_question_was_the_cause(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [ModelReply(failed=errors.BLOCKED_ANSWER), text("now it works")]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    assert talk.answers[0].offers_again

    await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.5"))
    assert (await talk.answered(2))[-1] == "now it works"
    assert lines(rehearsal.cast.read[-1]) == ["anna: first"]

    rehearsal.cast.answers.append(ModelReply(failed=errors.BLOCKED_PROMPT))
    await talk.ask("2.0", "second")
    assert not talk.answers[-1].offers_again


async def test_only_the_last_answer_can_be_tried_again(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    await talk.ask("2.0")

    await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U2", at="2.5"))
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert told(rehearsal) == [("U2", NOT_THE_LAST)]
    assert len(rehearsal.cast.asked) == 2


async def test_nothing_is_tried_again_while_the_agent_works(rehearsal: Rehearsal) -> None:
    held = Held(text("second"))
    rehearsal.cast.answers += [text("first"), held]
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    await talk.say("2.0")
    await held.reached()

    await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="2.5"))
    await rehearsal.until(lambda: rehearsal.cast.told)
    held.release()

    assert told(rehearsal) == [("U1", STILL_AT_IT)]
    assert await talk.answered(2) == ["first", "second"]


async def test_a_closed_conversation_is_not_tried_again_and_says_so(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = rehearsal.conversation()

        await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.5"))
        await result_of(talk.handle)

        assert told(rehearsal) == [("U1", NOT_THE_LAST)]


# Titles


async def test_the_title_that_the_model_finds_is_kept_where_it_can_be_listed(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_titles="model") as rehearsal:
        rehearsal.cast.answers += [ModelReply(text="yes", title="A heron")]
        talk = rehearsal.conversation()

        await talk.ask("1.0", "write about a heron")
        await talk.ask("2.0", "another one")

        assert await kept(talk, MEMO_TITLE) == "A heron"
        assert [request.untitled for request in rehearsal.cast.asked] == ["write about a heron", ""]


async def test_a_title_that_a_person_gives_counts(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await talk.signal(RENAMED, Renamed(title="Mine", user="U1"))
    await talk.ask("2.0")

    assert await kept(talk, MEMO_TITLE) == "Mine"
