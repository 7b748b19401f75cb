"""Promises of the record of decisions: each call that people were asked about is in it once, whatever happens."""

from __future__ import annotations

from agent_worker.contract.messages import StopRequest
from agent_worker.contract.names import STOP
from agent_worker.payloads.decisions import DayCount
from agent_worker.payloads.questions import Approvers, FoundGrants
from tests.support.agent_worker.deciding import ask, decide, decided, filing, log, wondering
from tests.support.agent_worker.rehearsal import Rehearsal, Talk, text


async def outcomes(talk: Talk) -> list[str]:
    return [record.outcome for record in (await log(talk)).records]


async def test_what_was_asked_decided_and_returned_is_in_the_record(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["file"] = {"output": {"ticket": 7}, "sources": [{"text": "a", "url": "https://a.example"}]}
    talk = await ask(rehearsal, filing("A", password="hunter2"))
    await decide(rehearsal, talk)

    (record,) = (await log(talk)).records

    assert (record.team, record.channel, record.thread_ts) == ("T1", talk.thread.channel, "1.0")
    assert (record.turn, record.tool, record.outcome, record.edited) == ("1.0", "file", "approved", False)
    assert (record.asked_by, record.decided_by, record.grant) == (["U1"], ["U1"], "")
    assert (record.result, record.is_error) == ({"output": {"ticket": 7}}, False)
    assert record.executed_at is not None
    assert 0 < record.asked_at <= record.decided_at <= record.executed_at
    assert record.arguments["title"] == "A"
    assert "hunter2" not in (await log(talk)).model_dump_json()


async def test_each_way_in_which_a_question_ends_is_recorded(rehearsal: Rehearsal) -> None:
    rejected = await decided(rehearsal, decision="reject")
    expired = await ask(rehearsal, filing("A", rule=Approvers(expires_seconds=1)))
    await expired.answered(2)
    stopped = await ask(rehearsal, filing("A", "B"))
    await stopped.signal(STOP, StopRequest(at="7.0", user="U1"))
    await rehearsal.until(lambda: rehearsal.cast.cards[-1].card.items[1].outcome == "cancelled")

    assert await outcomes(rejected) == ["rejected"]
    assert await outcomes(expired) == ["expired"]
    assert await outcomes(stopped) == ["cancelled", "cancelled"]
    (none_decided,) = (await log(expired)).records
    assert (none_decided.decided_by, none_decided.executed_at, none_decided.result) == ([], None, None)


async def test_an_edited_call_is_recorded_as_it_ran(rehearsal: Rehearsal) -> None:
    talk = await ask(rehearsal, filing("A"))
    await decide(rehearsal, talk, item=0, arguments={"title": "B"})

    (record,) = (await log(talk)).records

    assert (record.arguments, record.edited) == ({"title": "B"}, True)


async def test_a_failed_call_is_recorded_as_failed(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["file"] = {"error": "the helpdesk is closed"}

    (record,) = (await log(await decided(rehearsal))).records

    assert (record.outcome, record.result, record.is_error) == ("approved", {"error": "the helpdesk is closed"}, True)


async def test_an_answer_to_the_models_own_question_is_recorded(rehearsal: Rehearsal) -> None:
    talk = await ask(rehearsal, wondering("Which one?", "red", "blue"))
    await decide(rehearsal, talk, "choose", option=1)

    (record,) = (await log(talk)).records

    assert (record.kind, record.decided_by, record.executed_at) == ("choose", ["U1"], None)
    assert record.result == {"output": {"answer": "blue", "by": "U1"}}


async def test_a_call_that_a_grant_allows_is_recorded_and_is_no_question(rehearsal: Rehearsal) -> None:
    rehearsal.cast.grants = FoundGrants(ids=["", "G1"])
    talk = await ask(rehearsal, filing("A", "B"))
    granted_alone = (await log(talk)).records
    await decide(rehearsal, talk)

    first, second = (await log(talk)).records

    assert [one.arguments["title"] for one in granted_alone] == ["B"]
    assert (first.grant, first.outcome, first.decided_by, first.result) == ("G1", "approved", [], {"output": "file"})
    assert (second.arguments, second.grant, second.decided_by) == ({"title": "A"}, "", ["U1"])
    assert first.id != second.id
    assert list((await log(talk)).days.values()) == [DayCount(turns=1, questions=1)]


async def test_turns_and_questions_are_counted_and_what_goes_on_after_a_decision_is_no_turn(
    rehearsal: Rehearsal,
) -> None:
    talk = await decided(rehearsal)
    rehearsal.cast.answers.append(text("noon"))
    await talk.ask("9.0", "what time is it?")

    assert list((await log(talk)).days.values()) == [DayCount(turns=2, questions=1)]


async def test_the_record_survives_a_worker_that_is_gone_and_a_new_run(rehearsal: Rehearsal) -> None:
    talk = await decided(rehearsal)
    before = await log(talk)
    first = (await talk.handle.describe()).run_id
    await rehearsal.leave()
    await rehearsal.come_back()
    assert await log(talk) == before

    number = 10
    while (await talk.handle.describe()).run_id == first:
        number += 1
        await talk.ask(f"{number}.0", "x" * 200_000)

    assert (await log(talk)).records == before.records
