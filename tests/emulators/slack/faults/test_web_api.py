"""Faults of Web API calls, as the real client meets them."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from emulators.slack.faults.web_api import FaultKind
from tests.support.emulators.posts import post
from tests.support.emulators.scene import Scene, refusal

POST = "chat.postMessage"


def _stored(stage: Scene) -> list[str]:
    return [message.text for message in stage.slack.messages(stage.general)]


async def test_a_rate_limit_is_a_429_that_says_when_to_come_back(stage: Scene) -> None:
    stage.slack.faults.add(method=POST, kind="rate_limited", retry_after=7)

    with pytest.raises(SlackApiError) as caught:
        await post(stage)
    await post(stage)

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert caught.value.response["error"] == "ratelimited"
    assert _stored(stage) == ["hello"]


@pytest.mark.parametrize(("kind", "stored"), [("internal_error", []), ("internal_error_after_commit", ["hello"])])
async def test_an_internal_error_comes_before_or_after_the_post(
    stage: Scene, kind: FaultKind, stored: list[str]
) -> None:
    stage.slack.faults.add(method=POST, kind=kind)

    with pytest.raises(SlackApiError) as caught:
        await post(stage)

    assert (caught.value.response.status_code, caught.value.response["error"]) == (500, "internal_error")
    assert _stored(stage) == stored
    assert [call.outcome for call in stage.slack.calls] == [kind]


@pytest.mark.parametrize(("kind", "stored"), [("refused", []), ("lost_reply", ["hello"])])
async def test_a_cut_connection_hides_whether_the_post_was_stored(
    stage: Scene, kind: FaultKind, stored: list[str]
) -> None:
    stage.slack.faults.add(method=POST, kind=kind)

    with pytest.raises(aiohttp.ClientError):
        await post(stage)

    assert _stored(stage) == stored
    assert [call.outcome for call in stage.slack.calls] == [kind]


async def test_a_slow_call_is_answered_when_the_clock_has_moved_on(still: Scene) -> None:
    still.slack.faults.add(method=POST, kind="slow", seconds=30.0)
    posting = asyncio.create_task(post(still))
    await still.slack.until(lambda: still.slack.calls_held_up == 1)
    assert _stored(still) == []

    still.slack.clock.advance(30.0)
    await posting

    assert _stored(still) == ["hello"]


async def test_a_fault_can_be_any_error_of_slack(stage: Scene) -> None:
    stage.slack.faults.add(method="*", kind="error", error="fatal_error")

    assert (await refusal(stage.client.auth_test()))["error"] == "fatal_error"
    assert stage.slack.calls[0].outcome == "error"


async def test_a_fault_happens_as_often_as_it_says_to_the_calls_it_names(stage: Scene) -> None:
    stage.slack.faults.add(
        method=POST, kind="error", error="fatal_error", times=2, when=lambda arguments: "bad" in arguments["text"]
    )

    for text in ("good", "bad one", "bad two", "bad three"):
        if text in ("bad one", "bad two"):
            await refusal(stage.client.chat_postMessage(channel=stage.general, text=text))
        else:
            await post(stage, text=text)
    await stage.client.auth_test()

    assert _stored(stage) == ["good", "bad three"]


async def test_faults_without_an_end_go_on_until_they_are_cleared(stage: Scene) -> None:
    stage.slack.faults.add(method=POST, kind="error", times=None)
    for _ in range(3):
        await refusal(stage.client.chat_postMessage(channel=stage.general, text="hello"))

    stage.slack.faults.clear()
    await post(stage)

    assert _stored(stage) == ["hello"]


async def test_an_unknown_kind_of_fault_is_refused(stage: Scene) -> None:
    with pytest.raises(ValueError, match="internal_error_after_commit"):
        stage.slack.faults.add(method=POST, kind="earthquake")  # type: ignore[arg-type]
