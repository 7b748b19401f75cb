"""Promises to a conversation whose worker is restarted around a press: every later worker can go on with it."""

from __future__ import annotations

from agent_worker.contract.questions import ANSWER_QUESTION
from agent_worker.payloads.decisions import DECISIONS, DecisionLog
from playground.processes import ROOT
from tests.agent_worker.workflow.test_life import replay
from tests.support.agent_worker.guests import GUEST, NO_GUESTS, Expire
from tests.support.agent_worker.question_talk import an_answer, asked, filing, give, nothing_is_under_way
from tests.support.agent_worker.rehearsal import Rehearsal, Talk, text
from tests.support.slackbot.conversations import eventually


async def refused_twice(rehearsal: Rehearsal) -> Talk:
    """A card is open, and the workflow has just been told two things one after the other that change nothing.

    For temporalio, two workflow tasks without a command are one if an update follows on them, unless it has the
    workflow in its memory. So a restarted worker would judge the guest anew, at the moment of the update.
    """
    rehearsal.cast.refused[GUEST] = NO_GUESTS
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    await talk.say("2.0", "let me in", user=GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)
    for ts in ("3.0", "4.0"):
        await eventually(lambda: nothing_is_under_way(talk))
        await talk.say(ts, "let me in", user=GUEST)
    await eventually(lambda: nothing_is_under_way(talk))
    return talk


async def test_after_a_press_that_a_restarted_worker_took_the_next_worker_goes_on_with_the_conversation(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk = await refused_twice(rehearsal)
    await rehearsal.leave()
    expire()
    await rehearsal.come_back()

    await give(talk, an_answer(rehearsal))
    await talk.answered(2)
    await rehearsal.leave()
    await rehearsal.come_back()

    log: DecisionLog = await talk.handle.query(DECISIONS, result_type=DecisionLog)
    assert [record.outcome for record in log.records] == ["approved"]
    await replay(await talk.handle.fetch_history())


async def test_a_press_that_came_while_no_worker_ran_leaves_a_conversation_that_can_be_replayed(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk = await refused_twice(rehearsal)
    press = an_answer(rehearsal)
    await rehearsal.leave()
    expire()
    await talk.signal(ANSWER_QUESTION, press)
    await rehearsal.come_back()

    await talk.answered(2)
    await replay(await talk.handle.fetch_history())


def test_nothing_reaches_a_conversation_as_an_update() -> None:
    sources = (ROOT / "agent_worker" / "workflow").rglob("*.py")

    assert [path.name for path in sources if "workflow.update(" in path.read_text(encoding="utf-8")] == []
