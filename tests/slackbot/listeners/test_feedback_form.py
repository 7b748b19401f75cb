"""Promises to whoever presses Bad: they may say why, need not, and what they wrote is not lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.messages import Feedback, Thread
from agent_worker.contract.names import FEEDBACK_BUTTONS, LONGEST_REASON
from agent_worker.slack.blocks.buttons import below_answer
from slackbot.listeners.buttons import PRESS_AGAIN
from slackbot.listeners.feedback_form import REASON, SEND_AGAIN, STORE_TIMEOUT, read
from tests.slackbot.events.test_messages import BOT, NOW, ROOT
from tests.support.slackbot.stored_signals import SignalStage, signal_stage


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[SignalStage]:
    async with signal_stage(temporal_address) as stage:
        yield stage


async def pressed(stage: SignalStage, *, twice: bool = False, opens: bool = True) -> str:
    """Anna presses Bad below an answer. Returns the thread."""
    root = await stage.ask()
    ts = await stage.post(root, below_answer(root, offers_again=True))
    await press(stage, ts, root, twice=twice)
    assert (stage.slack.modal(stage.anna) is not None) is opens
    return root


async def press(stage: SignalStage, ts: str, root: str, *, twice: bool = False) -> None:
    stage.slack.press_button(stage.anna, stage.channel, ts, FEEDBACK_BUTTONS, f"bad:{root}", twice=twice)
    await stage.heard()


async def send(stage: SignalStage, reason: str) -> None:
    stage.slack.submit_modal(stage.anna, {REASON: {REASON: reason}} if reason else {})
    await stage.heard()


async def opinions(stage: SignalStage, root: str) -> list[Feedback]:
    return [one for one in await stage.stored(root) if isinstance(one, Feedback)]


async def test_the_reason_is_stored_with_the_click_that_it_belongs_to(stage: SignalStage) -> None:
    root = await pressed(stage)

    await send(stage, "  It is no haiku.\n")

    click, reason = await opinions(stage, root)
    assert (click.value, click.reason) == ("bad", "")
    assert reason == click.model_copy(update={"reason": "It is no haiku."})
    assert stage.slack.modal(stage.anna) is None


async def test_an_empty_form_and_a_closed_one_leave_the_judgement_as_it_is(stage: SignalStage) -> None:
    root = await pressed(stage)
    await send(stage, "")
    assert len(await opinions(stage, root)) == 1

    root = await pressed(stage)
    stage.slack.close_modal(stage.anna)
    await stage.heard()

    (kept,) = await opinions(stage, root)
    assert (kept.value, kept.reason) == ("bad", "")


async def test_good_asks_for_no_reason(stage: SignalStage) -> None:
    root = await stage.ask()
    ts = await stage.post(root, below_answer(root, offers_again=True))

    stage.slack.press_button(stage.anna, stage.channel, ts, FEEDBACK_BUTTONS, f"good:{root}")
    await stage.heard()

    assert stage.slack.modal(stage.anna) is None


async def test_a_click_that_slack_sends_twice_opens_one_form(stage: SignalStage) -> None:
    await pressed(stage, twice=True)

    assert [call.method for call in stage.slack.calls].count("views.open") == 1


async def test_while_temporal_is_away_the_form_stays_open_with_what_was_written(stage: SignalStage) -> None:
    stage.line.is_dead = False
    root = await pressed(stage)
    stage.line.is_dead = True

    await send(stage, "It is no haiku.")
    assert stage.slack.modal_errors(stage.anna) == {REASON: SEND_AGAIN}
    stage.line.is_dead = False
    await send(stage, "It is no haiku.")

    assert [one.reason for one in await opinions(stage, root)] == ["", "It is no haiku."]


async def test_a_reason_carries_the_judgement_whose_click_was_lost(stage: SignalStage) -> None:
    root = await stage.ask()
    ts = await stage.post(root, below_answer(root, offers_again=True))
    stage.line.is_dead = True
    await press(stage, ts, root)
    told = [one.text for one in stage.slack.ephemerals(stage.channel, stage.anna)]
    stage.line.is_dead = False

    await send(stage, "It is no haiku.")

    assert told == [PRESS_AGAIN]
    assert [(one.value, one.reason) for one in await opinions(stage, root)] == [("bad", "It is no haiku.")]


async def test_the_form_opens_although_temporal_does_not_answer(temporal_address: str) -> None:
    assert STORE_TIMEOUT < 3
    async with signal_stage(temporal_address, timeout=0.01) as stage:
        root = await stage.ask()
        ts = await stage.post(root, below_answer(root, offers_again=True))
        stage.line.passable.clear()

        await press(stage, ts, root)

        assert stage.slack.modal(stage.anna) is not None
        stage.line.passable.set()


async def test_a_form_that_slack_does_not_open_costs_no_judgement(stage: SignalStage) -> None:
    stage.slack.faults.add(method="views.open", kind="error", error="expired_trigger_id")

    root = await pressed(stage, opens=False)

    assert [one.value for one in await opinions(stage, root)] == ["bad"]


# Reading what was sent

PACKED = {"channel": "C1", "thread_ts": ROOT, "turn": f"{ROOT}:again2", "at": NOW}


def sent(reason: Any = "Why.", user: Any = "U1", **packed: Any) -> dict[str, Any]:
    state = {"values": {REASON: {REASON: {"type": "plain_text_input", "value": reason}}}}
    view = {"private_metadata": json.dumps(PACKED | packed), "state": state}
    return {"user": {"id": user, "team_id": "T1"}, "view": view}


def test_what_was_sent_is_the_click_with_a_reason() -> None:
    feedback = Feedback(turn=f"{ROOT}:again2", user="U1", value="bad", at=NOW, reason="Why.")

    assert read(sent(), BOT) == (Thread(team="T1", channel="C1", thread_ts=ROOT), feedback)


def test_a_reason_is_cut_to_what_the_form_takes() -> None:
    found = read(sent("x" * 2 * LONGEST_REASON), BOT)

    assert found is not None
    assert len(found[1].reason) == LONGEST_REASON


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"view": {"private_metadata": "no JSON"}, "user": {"id": "U1"}},
        {"view": {"private_metadata": "[" * 100_000}, "user": {"id": "U1"}},
        sent(user="nobody"),
        *(sent(**{name: None}) for name in PACKED),
        sent(turn=f"{ROOT}:more"),
    ],
)
def test_anything_else_that_is_sent_is_ignored(body: dict[str, Any]) -> None:
    assert read(body, BOT) is None
