"""Promises to people who press the agent's buttons: Temporal stores the click, or they are asked to press again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import pytest

from agent_worker.contract.messages import Feedback, StopRequest, Thread, TryAgain, UserMessage
from agent_worker.contract.names import FEEDBACK, FEEDBACK_BUTTONS, STOP, STOP_BUTTON, TRY_AGAIN, TRY_AGAIN_BUTTON
from agent_worker.payloads.thread import Progress, ShownStep
from agent_worker.slack.blocks.buttons import below_answer
from agent_worker.slack.blocks.task_cards import plan
from slackbot.listeners.buttons import PRESS_AGAIN, STORE_TIMEOUT, TELL_TIMEOUT, Click, read
from tests.slackbot.events.test_messages import BOT, NOW, ROOT
from tests.support.slackbot.stored_signals import SignalStage, signal_stage

STEPS = Progress(key="1.1:progress", steps=[ShownStep(title="Looks it up", state="in_progress")])
BUTTONS = [(STOP_BUTTON, "{}"), (FEEDBACK_BUTTONS, "good:{}"), (FEEDBACK_BUTTONS, "bad:{}"), (TRY_AGAIN_BUTTON, "{}")]


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[SignalStage]:
    async with signal_stage(temporal_address) as stage:
        yield stage


async def working(stage: SignalStage) -> tuple[str, str]:
    """Begins a conversation; returns its thread and the message that shows its steps."""
    root = await stage.ask()
    return root, await stage.post(root, plan(STEPS, root, is_over=False).blocks)


async def answered(stage: SignalStage, turn: str = "{}") -> tuple[str, str]:
    """Begins a conversation; returns its thread and its answer."""
    root = await stage.ask()
    return root, await stage.post(root, below_answer(turn.format(root), offers_again=True))


async def press(
    stage: SignalStage, ts: str, button: str, value: str | None = None, user: str = "", *, twice: bool = False
) -> None:
    stage.slack.press_button(user or stage.anna, stage.channel, ts, button, value, twice=twice)
    await stage.heard()


def without_moments(stored: list[Any]) -> list[dict[str, Any]]:
    return [one.model_dump(exclude={"at"}, exclude_unset=True) for one in stored if not isinstance(one, UserMessage)]


# Each button


async def test_stop_stops_what_was_asked_before_the_click(stage: SignalStage) -> None:
    root, ts = await working(stage)

    await press(stage, ts, STOP_BUTTON, user=stage.ben)

    (request,) = (await stage.stored(root))[1:]
    assert isinstance(request, StopRequest)
    assert (request.user, request.said) == (stage.ben, "")
    assert float(request.at) > float(ts)


async def test_stop_does_not_open_a_closed_conversation(stage: SignalStage) -> None:
    root, ts = await working(stage)
    await stage.close(root)
    before = await stage.stored(root)

    await press(stage, ts, STOP_BUTTON)

    assert await stage.stored(root) == before
    assert stage.slack.ephemerals(stage.channel) == []


@pytest.mark.parametrize("value", ["good", "bad"])
async def test_feedback_reaches_the_conversation_with_the_turn_that_it_is_about(stage: SignalStage, value: str) -> None:
    root, ts = await answered(stage, "{}:again2")

    await press(stage, ts, FEEDBACK_BUTTONS, f"{value}:{root}:again2")

    assert without_moments(await stage.stored(root)) == [{"turn": f"{root}:again2", "user": stage.anna, "value": value}]


async def test_feedback_opens_a_closed_conversation(stage: SignalStage) -> None:
    root, ts = await answered(stage)
    await stage.close(root)

    await press(stage, ts, FEEDBACK_BUTTONS, f"bad:{root}")

    assert without_moments(await stage.stored(root)) == [{"turn": root, "user": stage.anna, "value": "bad"}]
    assert await (await stage.conversation(root).describe()).memo() == {}  # the new run has no owner


async def test_try_again_reaches_the_conversation_whether_it_is_open_or_closed(stage: SignalStage) -> None:
    root, ts = await answered(stage)
    await press(stage, ts, TRY_AGAIN_BUTTON)
    opened = without_moments(await stage.stored(root))
    await stage.close(root)

    await press(stage, ts, TRY_AGAIN_BUTTON)

    assert without_moments(await stage.stored(root)) == opened == [{"turn": root, "user": stage.anna}]


async def test_buttons_work_in_direct_messages(stage: SignalStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = stage.slack.say(stage.anna, direct, "hello")
    await stage.heard()
    ts = await stage.post(root, below_answer(root, offers_again=True), direct)

    stage.slack.press_button(stage.anna, direct, ts, FEEDBACK_BUTTONS, f"good:{root}")
    await stage.heard()

    assert isinstance((await stage.stored(root, direct))[-1], Feedback)


# How it is handed over


@pytest.mark.parametrize(("button", "value"), BUTTONS)
async def test_a_click_that_slack_sends_twice_is_handed_over_once(stage: SignalStage, button: str, value: str) -> None:
    root, ts = await answered(stage) if button != STOP_BUTTON else await working(stage)

    await press(stage, ts, button, value.format(root), twice=True)

    assert len(await stage.stored(root)) == 2


async def test_two_clicks_of_one_person_are_two(stage: SignalStage) -> None:
    root, ts = await answered(stage)

    await press(stage, ts, FEEDBACK_BUTTONS, f"good:{root}")
    await press(stage, ts, FEEDBACK_BUTTONS, f"bad:{root}")

    assert [one["value"] for one in without_moments(await stage.stored(root))] == ["good", "bad"]


@pytest.mark.parametrize(("button", "value"), BUTTONS)
async def test_while_temporal_is_away_the_person_alone_is_asked_to_press_again(
    stage: SignalStage, button: str, value: str
) -> None:
    root, ts = await answered(stage) if button != STOP_BUTTON else await working(stage)
    stage.line.is_dead = True
    await press(stage, ts, button, value.format(root), stage.ben)
    before = await stage.stored(root)
    told = [(one.to, one.text, one.thread_ts) for one in stage.slack.ephemerals(stage.channel)]

    stage.line.is_dead = False
    await press(stage, ts, button, value.format(root), stage.ben)

    assert told == [(stage.ben, PRESS_AGAIN, root)]
    assert len(before) == 1
    assert len(await stage.stored(root)) == 2


async def test_if_temporal_does_not_answer_the_click_is_acknowledged_within_slacks_three_seconds(
    temporal_address: str,
) -> None:
    assert STORE_TIMEOUT + TELL_TIMEOUT < 3
    async with signal_stage(temporal_address, timeout=0.01) as stage:
        _, ts = await answered(stage)
        stage.line.passable.clear()

        await press(stage, ts, TRY_AGAIN_BUTTON)

        assert [one.text for one in stage.slack.ephemerals(stage.channel, stage.anna)] == [PRESS_AGAIN]
        stage.line.passable.set()


async def test_a_click_is_acknowledged_even_if_the_person_cannot_be_told_that_it_is_lost(stage: SignalStage) -> None:
    _, ts = await answered(stage)
    stage.line.is_dead = True
    stage.slack.faults.add(method="chat.postEphemeral", kind="error", error="user_not_in_channel")

    await press(stage, ts, TRY_AGAIN_BUTTON)

    assert stage.slack.ephemerals(stage.channel) == []


async def test_a_click_on_a_button_of_an_older_version_is_acknowledged_and_does_nothing(stage: SignalStage) -> None:
    root = await stage.ask()
    button = {"type": "button", "action_id": "of_old", "text": {"type": "plain_text", "text": "Old"}, "value": root}
    ts = await stage.post(root, [{"type": "actions", "elements": [button]}])

    await press(stage, ts, "of_old")

    assert len(await stage.stored(root)) == 1


# Reading a click

PRESSED: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "username": "anna", "name": "anna", "team_id": "T1"},
    "container": {"type": "message", "message_ts": NOW, "channel_id": "C1", "is_ephemeral": False, "thread_ts": ROOT},
    "team": {"id": "T1", "domain": "d"},
    "channel": {"id": "C1", "name": "general"},
    "message": {"type": "message", "user": "UBOT", "bot_id": "B1", "ts": NOW, "thread_ts": ROOT, "blocks": []},
    "actions": [{"type": "button", "action_id": STOP_BUTTON, "block_id": "b", "value": ROOT, "action_ts": NOW}],
}
THREAD = Thread(team="T1", channel="C1", thread_ts=ROOT)


def pressed(**fields: Any) -> dict[str, Any]:
    """PRESSED with other fields: of its action, or for `message__bot_id=…` of its part `message`."""
    body = deepcopy(PRESSED)
    for name, value in fields.items():
        part, _, within = name.partition("__")
        if within:
            body[part][within] = value
        elif part in body:
            body[part] = value
        else:
            body["actions"][0][part] = value
    return body


@pytest.mark.parametrize(
    ("action_id", "value", "signal", "content"),
    [
        (STOP_BUTTON, ROOT, STOP, StopRequest(at=NOW, user="U1")),
        (TRY_AGAIN_BUTTON, f"{ROOT}:again3", TRY_AGAIN, TryAgain(turn=f"{ROOT}:again3", user="U1", at=NOW)),
        (FEEDBACK_BUTTONS, f"good:{ROOT}", FEEDBACK, Feedback(turn=ROOT, user="U1", value="good", at=NOW)),
        (FEEDBACK_BUTTONS, f"bad:{ROOT}", FEEDBACK, Feedback(turn=ROOT, user="U1", value="bad", at=NOW)),
    ],
)
def test_a_click_is_read_as_a_signal_to_its_thread(action_id: str, value: str, signal: str, content: Any) -> None:
    assert read(pressed(action_id=action_id, value=value), BOT) == Click(THREAD, "U1", signal, content, at=NOW)


NO_CLICKS = [
    pytest.param(pressed(message__bot_id="B2"), id="another app's message"),
    pytest.param(pressed(message__thread_ts=None), id="a message outside a thread"),
    pytest.param(pressed(message=None), id="no message: a page, or one that only one person sees"),
    pytest.param(pressed(channel=None), id="no channel"),
    pytest.param(pressed(channel__id="general"), id="a channel's name"),
    pytest.param(pressed(user__id="B2"), id="nobody"),
    pytest.param(pressed(user=["U1"]), id="a list of people"),
    pytest.param(pressed(action_ts="now"), id="no moment"),
    pytest.param(pressed(action_id="other"), id="another button"),
    pytest.param(pressed(action_id=[STOP_BUTTON]), id="a list of buttons"),
    *(pytest.param(pressed(value=value), id=f"the value {value}") for value in (None, "", 5, "x", "1", f"{ROOT}:more")),
    pytest.param(pressed(value=f"good:{ROOT}"), id="an opinion of Stop"),
    pytest.param(pressed(action_id=FEEDBACK_BUTTONS), id="feedback without an opinion"),
    pytest.param(pressed(action_id=FEEDBACK_BUTTONS, value=f"great:{ROOT}"), id="an unknown opinion"),
    pytest.param(pressed(action_id=TRY_AGAIN_BUTTON, value=f"bad:{ROOT}"), id="an opinion of Try Again"),
    pytest.param({}, id="nothing"),
    pytest.param(pressed(actions=[]), id="no action"),
]


@pytest.mark.parametrize("body", NO_CLICKS)
def test_anything_else_that_is_pressed_is_ignored(body: dict[str, Any]) -> None:
    assert read(body, BOT) is None
