"""What was carried out is known, whatever becomes of the turn that goes on from it."""

from __future__ import annotations

import time

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import StopRequest, TryAgain
from agent_worker.contract.names import STOP, TRY_AGAIN
from tests.support.agent_worker.question_talk import (
    an_answer,
    asked,
    filing,
    give,
    results,
)
from tests.support.agent_worker.rehearsal import Held, Rehearsal, text


@pytest.mark.parametrize("fails", [True, False])
async def test_what_was_carried_out_is_known_when_the_answer_is_tried_again(
    rehearsal: Rehearsal, *, fails: bool
) -> None:
    talk = await asked(rehearsal, filing("A"))
    failure = ApplicationError("away", type="gemini_refused", non_retryable=True)
    rehearsal.cast.answers += [failure if fails else text("Filed."), text("Filed, again.")]
    await give(talk, an_answer(rehearsal))
    await talk.answered(2)
    turn = talk.answers[-1].turn

    await talk.signal(TRY_AGAIN, TryAgain(turn=turn, at="30.0", user="U1"))

    assert (await talk.answered(3))[-1] == "Filed, again."
    assert [one["outcome"] for one in results(rehearsal)] == ["approved"]


async def test_what_was_carried_out_is_known_after_a_stop(rehearsal: Rehearsal) -> None:
    thinking = Held(text("Filed."))
    talk = await asked(rehearsal, filing("A"), thinking)
    await give(talk, an_answer(rehearsal))
    await thinking.reached()

    await talk.signal(STOP, StopRequest(at=f"{time.time() + 60:.6f}", user="U1"))
    await talk.answered(2)
    thinking.release()

    await talk.ask(f"{time.time() + 120:.6f}", "and?")
    assert [one["outcome"] for one in results(rehearsal)] == ["approved"]
