"""Promises of the status line and the session: true while the agent works, then gone; nobody waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent_worker.payloads.thread import Author
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.standing_status import StandingStatuses
from agent_worker.slack.thread.status import THINKING, WORKING, ThreadStatus
from agent_worker.slack.thread.streams import text_chunk
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

STATUS = "assistant.threads.setStatus"
SESSION = "agents.sessions.setStatus"
TURN = "1.000"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def session(stage: SlackStage) -> str:
    return getattr(stage.slack.session(stage.channel, stage.root), "status", "")


async def test_the_status_line_shows_and_disappears(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, THINKING)
    shown = (stage.slack.status(stage.channel, stage.root), session(stage))

    await stage.ours.status.set_status(stage.thread, "")

    assert shown == (THINKING, "processing")
    assert (stage.slack.status(stage.channel, stage.root), session(stage)) == ("", "active")


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "lost_reply", "refused", "error"])
async def test_a_status_that_cannot_be_shown_disturbs_nobody(stage: SlackStage, kind: FaultKind) -> None:
    stage.slack.faults.add(method=STATUS, kind=kind, error="method_not_supported_for_channel_type")

    await stage.ours.status.set_status(stage.thread, THINKING)

    assert stage.calls(STATUS) == 1


async def test_a_status_that_takes_long_is_not_waited_for(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_worker.slack.thread.status.DEADLINE", 0.05)
    stage.slack.faults.add(method=STATUS, kind="slow", seconds=3600)

    async with asyncio.timeout(5):
        await stage.ours.status.set_status(stage.thread, THINKING)
    stage.slack.clock.advance(3600)

    assert stage.slack.status(stage.channel, stage.root) == ""


async def test_a_status_is_shown_again_before_slack_takes_it_away(stage: SlackStage) -> None:
    status = ThreadStatus(stage.ours.status._api, refresh=0.01)

    async with status.thinking(stage.thread, TURN, anew=False):
        await stage.slack.until(lambda: stage.calls(STATUS) > 2)
    calls = stage.calls(STATUS)

    assert {status for _, status in stage.slack.status_log(stage.channel, stage.root)} == {THINKING}
    assert stage.calls(STATUS) == calls


async def test_a_status_that_stands_is_left_to_stand_for_the_whole_turn(stage: SlackStage) -> None:
    status = stage.ours.status
    await status.set_status(stage.thread, THINKING, TURN)

    async with status.thinking(stage.thread, TURN, anew=False), status.working(stage.thread):
        await status.stand(stage.thread, WORKING, TURN)

    assert stage.calls(STATUS) == 1
    assert stage.slack.status(stage.channel, stage.root) == THINKING


async def test_the_next_turn_does_not_rely_on_the_status_of_the_one_before(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, THINKING, TURN)

    await stage.ours.status.stand(stage.thread, THINKING, "2.000")

    assert stage.calls(STATUS) == 2


async def test_a_status_that_tells_of_a_tool_gives_way_when_the_model_thinks_again(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, "is working: Weather…", TURN)

    await stage.ours.status.stand(stage.thread, THINKING, TURN)

    assert stage.slack.status(stage.channel, stage.root) == THINKING


@pytest.mark.parametrize("what", ["a post", "a stream", "more of a stream"])
async def test_what_slack_takes_the_status_away_for_has_it_shown_again(stage: SlackStage, what: str) -> None:
    ours, chunks = stage.ours, [text_chunk("Yes.")]
    stream = await ours.streams.start(stage.thread, Author(id=stage.anna), chunks) if what == "more of a stream" else ""
    await ours.status.set_status(stage.thread, THINKING, TURN)
    if what == "a post":
        await ours.posts.post(stage.thread, f"{TURN}:answer", Post("Yes.", []))
    elif stream:
        await ours.streams.append(stage.thread, stream, chunks)
    else:
        await ours.streams.start(stage.thread, Author(id=stage.anna), chunks)
    taken_away = stage.slack.status(stage.channel, stage.root)

    await ours.status.stand(stage.thread, WORKING, TURN)

    assert (taken_away, stage.slack.status(stage.channel, stage.root)) == ("", WORKING)


async def test_a_status_of_which_slack_says_nothing_is_set_again(stage: SlackStage) -> None:
    stage.slack.faults.add(method=STATUS, kind="internal_error")
    await stage.ours.status.set_status(stage.thread, THINKING, TURN)

    await stage.ours.status.stand(stage.thread, THINKING, TURN)

    assert stage.slack.status(stage.channel, stage.root) == THINKING


async def test_a_model_call_that_is_tried_again_takes_no_status_for_granted(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, THINKING, TURN)

    async with stage.ours.status.thinking(stage.thread, TURN, anew=True):
        await stage.slack.until(lambda: stage.calls(STATUS) == 2)


async def test_a_tool_that_runs_for_long_keeps_the_status_that_stands_from_running_out(stage: SlackStage) -> None:
    now = 0.0
    status = ThreadStatus(stage.ours.status._api, StandingStatuses(lambda: now), refresh=60.0)
    await status.set_status(stage.thread, THINKING, TURN)
    now = 59.99  # it was set long before the tool began

    async with status.working(stage.thread):
        now = 60.0
        await stage.slack.until(lambda: stage.calls(STATUS) == 2)

    assert stage.slack.status(stage.channel, stage.root) == WORKING


async def test_an_activity_does_not_end_before_its_status_has_arrived(stage: SlackStage) -> None:
    held = stage.slack.hold(STATUS)

    async def activity() -> None:
        async with stage.ours.status.thinking(stage.thread, TURN, anew=False):
            await held.reached()

    running = asyncio.create_task(activity())
    await held.reached()
    assert not running.done()
    held.release()
    await running

    assert stage.slack.status(stage.channel, stage.root) == THINKING


async def test_who_waits_for_a_person_says_so_and_otherwise_nothing_is_left(stage: SlackStage) -> None:
    status = stage.ours.status
    await status.set_status(stage.thread, THINKING)
    await status.end(stage.thread, waits=True)
    waiting = (stage.slack.status(stage.channel, stage.root), session(stage))

    await status.set_status(stage.thread, THINKING)
    await status.end(stage.thread, waits=False)

    assert waiting == ("", "suspended")
    assert (stage.slack.status(stage.channel, stage.root), session(stage)) == ("", "active")


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "lost_reply"])
async def test_a_status_is_taken_away_also_if_slack_fails_at_first(stage: SlackStage, kind: FaultKind) -> None:
    await stage.ours.status.set_status(stage.thread, THINKING)
    stage.slack.faults.add(method=STATUS, kind=kind)

    await stage.ours.status.end(stage.thread, waits=False)

    assert (stage.slack.status(stage.channel, stage.root), session(stage)) == ("", "active")


async def test_a_status_that_slack_refuses_to_take_away_is_not_tried_again(stage: SlackStage) -> None:
    stage.slack.faults.add(method=STATUS, kind="error", error="channel_not_found", times=None)

    await stage.ours.status.end(stage.thread, waits=False)

    assert stage.calls(STATUS) == 1


async def test_where_there_are_no_status_the_status_is_taken_away_all_the_same(stage: SlackStage) -> None:
    stage.slack.faults.add(method=SESSION, kind="error", error="feature_disabled", times=None)
    await stage.ours.status.set_status(stage.thread, THINKING)

    await stage.ours.status.end(stage.thread, waits=True)

    assert stage.slack.status(stage.channel, stage.root) == ""


async def test_a_title_is_given_to_the_session_that_there_is(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, THINKING)

    await stage.ours.status.rename(stage.thread, "Weather in New York")

    found = stage.slack.session(stage.channel, stage.root)
    assert found is not None
    assert found.title == "Weather in New York"


async def test_without_a_session_the_title_begins_one(stage: SlackStage) -> None:
    await stage.ours.status.rename(stage.thread, "Weather in New York")

    found = stage.slack.session(stage.channel, stage.root)
    assert found is not None
    assert (found.title, found.status) == ("Weather in New York", "processing")


async def test_where_there_are_no_status_a_direct_message_still_gets_its_title() -> None:
    async with slack_stage(direct=True) as stage:
        for method in (SESSION, "agents.sessions.rename"):
            stage.slack.faults.add(method=method, kind="error", error="unknown_method", times=None)

        await stage.ours.status.rename(stage.thread, "Weather in New York")

        assert stage.calls("assistant.threads.setTitle") == 1
        found = stage.slack.session(stage.channel, stage.root)
        assert found is not None
        assert found.title == "Weather in New York"
