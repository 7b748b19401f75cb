"""Web API calls that are held."""

from __future__ import annotations

import asyncio

from tests.support.emulators.scene import Scene

POST = "chat.postMessage"


def post(stage: Scene, text: str = "hello") -> asyncio.Task[object]:
    return asyncio.ensure_future(stage.client.chat_postMessage(channel=stage.general, text=text))


def stored(stage: Scene) -> list[str]:
    return [message.text for message in stage.slack.messages(stage.general)]


async def test_a_call_held_before_it_is_carried_out_leaves_no_trace_until_it_is_released(stage: Scene) -> None:
    held = stage.slack.hold(POST)
    posting = post(stage)
    await held.reached()
    assert stored(stage) == []

    held.release()
    await posting

    assert stored(stage) == ["hello"]


async def test_a_call_held_after_it_was_carried_out_is_stored_and_not_answered_until_it_is_released(
    stage: Scene,
) -> None:
    held = stage.slack.hold(POST, after_commit=True)
    posting = post(stage)
    await held.reached()
    assert (stored(stage), posting.done()) == (["hello"], False)

    held.release()
    await posting


async def test_a_held_call_whose_caller_hangs_up_is_not_carried_out(stage: Scene) -> None:
    held = stage.slack.hold(POST)
    posting = post(stage)
    await held.reached()

    posting.cancel()
    await asyncio.wait([posting])
    held.release()
    await stage.slack.until(lambda: stage.slack.calls)

    assert (stage.slack.calls[-1].outcome, stored(stage)) == ("abandoned", [])


async def test_a_hold_is_for_one_call_that_fits_and_all_others_pass(stage: Scene) -> None:
    held = stage.slack.hold(POST, when=lambda arguments: arguments["text"] == "wait")
    await post(stage, "pass")
    waiting = post(stage, "wait")
    await held.reached()
    await post(stage, "wait")

    assert stored(stage) == ["pass", "wait"]
    held.release()
    await waiting
