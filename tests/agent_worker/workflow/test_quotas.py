"""Promises of a turn that claims its place in the quotas: once, before it costs anything, for those who ask."""

from __future__ import annotations

from agent_worker.contract.messages import MessageChange, StopRequest, TryAgain
from agent_worker.contract.names import MESSAGE_CHANGED, STOP, TRY_AGAIN
from agent_worker.payloads.model import ModelReply
from agent_worker.payloads.quotas import Claim, OverQuota
from agent_worker.workflow.agent import NOT_THE_LAST
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, calls, lines, result_of, text
from tests.support.slackbot.conversations import eventually

TOLD = OverQuota(scope="person", turns=5, minutes=12, is_told=True)
UNTOLD = TOLD.model_copy(update={"is_told": False})
SENTENCE = (
    "You have had 5 answers from me within an hour, and one person gets no more. Please ask again in 12 minutes. "
    "Until then I may not say this in every thread."
)


def claim(talk: Talk, key: str, *people: str) -> Claim:
    return Claim(turn=f"{talk.thread.channel}:{key}", people=list(people))


async def is_over(talk: Talk) -> bool:
    """Whether the conversation has nothing left to do."""
    described = (await talk.handle.describe()).raw_description
    return not (described.pending_activities or described.HasField("pending_workflow_task"))


async def test_the_first_activity_of_a_turn_claims_its_place_and_no_later_one(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.answers += [calls("look"), text("one"), calls("look"), text("two")]

    await talk.ask("1.0")
    await talk.ask("1.1")

    (opening,) = rehearsal.cast.opens
    assert opening.claim == claim(talk, "1.0", "U1")
    assert [asked.claim for asked in rehearsal.cast.asked] == [None, None, claim(talk, "1.1", "U1"), None]


async def test_a_turn_without_a_place_is_told_so_and_the_next_one_is_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(over_quota=TOLD)

    assert await talk.ask("1.0", "first") == SENTENCE
    rehearsal.cast.learn(over_quota=None)
    assert await talk.ask("1.1", "second") == "yes"

    assert [request.claim for request in rehearsal.cast.opens] == [claim(talk, "1.0", "U1"), claim(talk, "1.1", "U1")]
    assert [request.is_notice for request in talk.answers] == [True, False]
    assert len(rehearsal.cast.asked) == 1


async def test_a_turn_whose_people_were_told_elsewhere_ends_in_silence(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(over_quota=UNTOLD)
    await talk.say("1.0", "first")
    await rehearsal.until(lambda: len(rehearsal.cast.opens) == 1)

    rehearsal.cast.learn(over_quota=None)
    await talk.say("1.1", "second")

    assert await talk.answered() == ["yes"]
    assert rehearsal.cast.begun == talk.answers


async def test_a_question_in_a_conversation_that_goes_on_can_be_tried_again_later(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    rehearsal.cast.answers.append(ModelReply(over_quota=TOLD))
    assert await talk.ask("1.1", "second") == SENTENCE
    assert talk.answers[-1].offers_again

    await talk.signal(TRY_AGAIN, TryAgain(turn="1.1", user="U2", at="1.2"))
    await talk.answered(3)

    assert lines(rehearsal.cast.read[-1])[-1] == "anna: second"
    assert rehearsal.cast.asked[-1].claim == claim(talk, "1.1:again1", "U2"), "it counts for who has pressed"


async def test_after_a_turn_in_silence_the_answer_before_it_is_not_the_last_one_any_more(rehearsal: Rehearsal) -> None:
    """Its Try Again would answer the question that got no answer."""
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    rehearsal.cast.answers.append(ModelReply(over_quota=UNTOLD))
    await talk.say("1.1", "second")
    await rehearsal.until(lambda: len(rehearsal.cast.answers_given) == 2)
    await eventually(lambda: is_over(talk))

    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.2"))
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert [told.text for told in rehearsal.cast.told] == [NOT_THE_LAST]
    assert len(rehearsal.cast.asked) == 2


async def test_a_turn_counts_for_those_who_address_the_agent(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, thread_replies="mention") as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        rehearsal.cast.answers.append(held := Held(text("two")))
        await talk.say("1.1")
        await held.reached()
        await talk.say("1.3", user="U2", addressed=False)
        await talk.say("1.4", user="U3")
        await talk.signal(STOP, StopRequest(at="1.2", user="U1"))

        await talk.answered(3)

        assert rehearsal.cast.asked[-1].claim == claim(talk, "1.3", "U3")


async def test_a_conversation_that_opens_for_a_reply_to_nobody_claims_nothing_yet(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, thread_replies="auto") as rehearsal:
        talk = rehearsal.conversation()
        await talk.say("1.5", addressed=False)
        await talk.answered()

        assert [request.claim for request in rehearsal.cast.opens] == [None]
        assert [request.claim for request in rehearsal.cast.asked] == [claim(talk, "1.5", "U1")]


async def test_a_question_that_is_edited_meanwhile_claims_the_same_place(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    rehearsal.cast.answers.append(held := Held(text("old")))
    await talk.say("1.1", "how are yuo?")
    await held.reached()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.1", at="1.2", text="how are you?"))
    await talk.answered(2)

    claims = [asked.claim for asked in rehearsal.cast.asked]
    assert claims == [None, claim(talk, "1.1", "U1"), claim(talk, "1.1", "U1")]


async def test_a_terminal_has_no_quotas(rehearsal: Rehearsal) -> None:
    talk = rehearsal.terminal()
    handle = await talk.say("1")

    assert await result_of(handle) == "yes"
    assert rehearsal.cast.opens[0].claim is None
    assert rehearsal.cast.asked[0].claim is None
