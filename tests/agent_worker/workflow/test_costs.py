"""Promises of a conversation about its costs: each turn keeps its own, however it ends, and tells the budgets of it."""

from __future__ import annotations

import asyncio

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import SlackFile, StopRequest, TryAgain
from agent_worker.contract.names import STOP, TRY_AGAIN
from agent_worker.payloads.costs import COSTS, CostLog, CostRecord, Spent
from agent_worker.payloads.errors import BAD_API_KEY, BLOCKED_ANSWER, MODEL_FAILED
from agent_worker.payloads.model import ModelReply, Summary
from agent_worker.payloads.quotas import Hold, OverQuota
from tests.support.agent_worker.rehearsal import Deaf, Held, Rehearsal, Talk, calls, result_of, text

MODEL = "gemini-3.8-flash"
HOLD = Hold(person="U1", dollars=2.0)
USED_UP = OverQuota(scope="person_budget", dollars=5.0, minutes=300, is_told=False)
SENTENCE = (
    "I can't answer, because your budget for today ($5.00) is used up:",
    "a new day begins in 5 hours, at midnight UTC.",
)


def costing(reply: ModelReply, dollars: float, hold: Hold | None = None) -> ModelReply:
    spent = [Spent(model=MODEL, given=100, dollars=dollars)]
    return reply.model_copy(update={"spent": spent} | ({"hold": hold} if hold else {}))


async def kept(talk: Talk, count: int = 1) -> list[CostRecord]:
    """The records, once there are so many: a turn is noted just after its answer."""
    while True:
        log: CostLog = await talk.handle.query(COSTS, result_type=CostLog)
        if len(log.records) >= count:
            return log.records
        await asyncio.sleep(0)


async def test_a_turn_keeps_what_all_its_calls_have_cost_and_who_has_asked(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.answers += [costing(calls("look"), 0.25), costing(text("one"), 0.5), costing(text("two"), 1)]

    await talk.ask("1.0")
    await talk.ask("1.1", user="U2")

    first, second = await kept(talk, 2)
    assert (first.turn, first.person, first.turns) == ("1.0", "U1", 1)
    assert [(one.requests, one.given, one.dollars) for one in first.spent] == [(2, 200, 0.75)]
    assert (second.turn, second.person, second.spent[0].dollars) == ("1.1", "U2", 1)
    assert [one.spent for one in talk.answers] == [first.spent, second.spent]
    assert [one.settled for one in talk.answers] == [None, None], "no money was set aside"


async def test_a_turn_with_money_tells_each_call_of_it_and_is_settled_at_its_end(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(hold=HOLD)
    more = Hold(person="U1", dollars=7.0)
    rehearsal.cast.answers += [costing(calls("look"), 0.25, HOLD), costing(text("one"), 0.5, more)]

    await talk.ask("1.0")

    claims = [asked.claim for asked in rehearsal.cast.asked]
    assert [(one.hold, one.spent) for one in claims if one] == [(HOLD, 0), (HOLD, 0.25)]
    assert all(asked.size > 0 for asked in rehearsal.cast.asked)
    (settled,) = [one.settled for one in talk.answers]
    assert settled is not None
    assert (settled.turn, settled.person, settled.dollars) == (f"{talk.thread.channel}:1.0", "U1", 0.75)


async def test_the_files_of_a_question_are_part_of_what_a_call_is_said_to_be_given(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(hold=HOLD)
    await talk.ask("1.0")

    await talk.ask("1.1", files=[SlackFile(id="F1", name="long.txt", mimetype="text/plain", size=90_000)])

    without, with_file = [asked.size for asked in rehearsal.cast.asked]
    assert 90_000 < with_file < without + 91_000


async def test_where_money_runs_out_in_the_middle_what_was_done_is_told_and_settled(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(hold=HOLD)
    rehearsal.cast.answers += [costing(calls("look", title="Look"), 0.25, HOLD), ModelReply(over_quota=USED_UP)]

    said = await talk.ask("1.0")

    assert said.startswith(SENTENCE[0])
    assert said.endswith(SENTENCE[1])
    (answer,) = talk.answers
    assert (answer.is_notice, answer.settled and answer.settled.dollars) == (True, 0.25)
    rehearsal.cast.answers.append(text("go on"))
    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.2"))
    assert (await talk.answered(2))[-1] == "go on"


async def test_a_refusal_at_the_beginning_is_one_sentence(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(over_quota=USED_UP.model_copy(update={"is_told": True}))

    assert await talk.ask("1.0") == " ".join(SENTENCE)


async def test_a_call_that_is_stopped_is_said_to_be_untold(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(hold=HOLD)
    rehearsal.cast.answers += [costing(calls("look"), 0.25, HOLD), held := Held(text("never"))]
    await talk.say("1.0")
    await held.reached()
    await talk.signal(STOP, StopRequest(at="1.1", user="U1"))
    await talk.answered()

    (record,) = await kept(talk)

    assert [(one.requests, one.untold, one.dollars) for one in record.spent] == [(2, 1, 0.25)]
    assert talk.answers[0].settled is not None


async def test_a_call_that_fails_for_good_tells_what_it_has_cost(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    spent = Spent(model=MODEL, given=40, dollars=0.5).model_dump(exclude_unset=True)
    rehearsal.cast.answers += [
        ApplicationError("often", [spent], type=MODEL_FAILED, non_retryable=True),
        ApplicationError("refused", type=BAD_API_KEY, non_retryable=True),
        costing(ModelReply(failed=BLOCKED_ANSWER), 0.125),
    ]

    for number in range(3):
        await talk.ask(f"1.{number}")

    records = await kept(talk, 2)
    assert [(one.turn, one.spent[0].dollars) for one in records] == [("1.0", 0.5), ("1.2", 0.125)]


async def test_a_turn_that_is_stopped_in_its_first_call_gives_back_what_was_set_aside_for_it(
    rehearsal: Rehearsal,
) -> None:
    """The reply would have told who pays; the budget knows it."""
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    rehearsal.cast.answers.append(held := Held(text("never")))
    await talk.say("1.1")
    await held.reached()
    await talk.signal(STOP, StopRequest(at="1.2", user="U1"))
    await talk.answered(2)

    first, stopped = [one.settled for one in talk.answers]
    assert first is None
    assert stopped is not None
    assert (stopped.turn, stopped.person, stopped.dollars) == (f"{talk.thread.channel}:1.1", "", 0)


async def test_a_turn_whose_first_call_fails_for_good_is_settled_too(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    spent = Spent(model=MODEL, given=40, dollars=0.5).model_dump(exclude_unset=True)
    await talk.ask("1.0")
    rehearsal.cast.answers.append(ApplicationError("often", [spent], type=MODEL_FAILED, non_retryable=True))

    await talk.ask("1.1")

    settled = talk.answers[1].settled
    assert settled is not None
    assert (settled.turn, settled.person, settled.dollars) == (f"{talk.thread.channel}:1.1", "", 0.5)


async def test_a_turn_that_is_refused_before_it_has_cost_anything_is_not_settled(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    rehearsal.cast.answers += [
        ModelReply(over_quota=USED_UP.model_copy(update={"is_told": True})),
        costing(ModelReply(over_quota=USED_UP.model_copy(update={"is_told": True})), 0.5),
    ]

    await talk.ask("1.1")
    await talk.ask("1.2")

    refused, refused_later = [one.settled for one in talk.answers[1:]]
    assert refused is None
    assert refused_later is not None
    assert (refused_later.person, refused_later.dollars) == ("", 0.5)


async def test_a_reply_that_comes_just_as_it_is_stopped_is_paid_for(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.learn(hold=HOLD)
    rehearsal.cast.answers.append(deaf := Deaf(costing(text("too late"), 0.75, HOLD)))
    await talk.say("1.0")
    await deaf.reached()
    await talk.signal(STOP, StopRequest(at="1.1", user="U1"))
    await talk.answered()

    (record,) = await kept(talk)
    assert [(one.requests, one.untold, one.dollars) for one in record.spent] == [(1, 0, 0.75)]
    assert [one.settled and one.settled.dollars for one in talk.answers] == [0.75]


async def test_a_request_without_a_price_counts_as_what_was_set_aside_for_it(rehearsal: Rehearsal) -> None:
    """Only its answer told that it was longer than the known price holds for."""
    talk = rehearsal.conversation()
    rehearsal.cast.learn(hold=HOLD)
    unpriced = [Spent(model=MODEL, given=300_000, unpriced=1)]
    rehearsal.cast.answers.append(text("one").model_copy(update={"spent": unpriced}))

    await talk.ask("1.0")

    assert [one.settled and one.settled.dollars for one in talk.answers] == [HOLD.dollars]


async def test_a_summary_that_fails_is_kept_with_what_it_has_cost(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_context_tokens=1_000) as rehearsal:
        talk = rehearsal.conversation()
        spent = Spent(model=MODEL, given=9, dollars=0.25).model_dump(exclude_unset=True)
        rehearsal.cast.summary = ApplicationError("often", [spent], type=MODEL_FAILED, non_retryable=True)
        rehearsal.cast.answers += [costing(text(f"{number}", tokens=2_000), 1) for number in range(2)]
        for turn in ("1.0", "1.1", "1.2"):
            await talk.ask(turn)

        records = await kept(talk, 3)

        assert [(one.person, one.spent[0].dollars) for one in records if not one.turns] == [("U1", 0.25)]


async def test_a_summary_is_kept_beside_the_turns_for_who_asked_last(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_context_tokens=1_000) as rehearsal:
        talk = rehearsal.conversation()
        summary = Summary(text="They talked.", spent=[Spent(model=MODEL, given=9, dollars=0.0625)])
        rehearsal.cast.summary = summary
        rehearsal.cast.answers += [costing(text(f"{number}", tokens=2_000), 1) for number in range(2)]
        await talk.ask("1.0")
        await talk.ask("1.1", user="U2")
        await talk.ask("1.2")

        records = await kept(talk, 3)

        (made,) = [one for one in records if not one.turns]
        assert (made.person, made.spent) == ("U2", summary.spent)
        assert [one.payer for one in rehearsal.cast.summarised] == ["U2"]


async def test_a_terminal_keeps_its_costs_for_nobody(rehearsal: Rehearsal) -> None:
    talk = rehearsal.terminal()
    rehearsal.cast.answers.append(costing(text("yes"), 0.5))
    handle = await talk.say("1")
    await result_of(handle)

    (record,) = (await handle.query(COSTS, result_type=CostLog)).records

    assert record.spent[0].dollars == 0.5
