"""Promises of the attempts of a delivery: what one has done, the next one knows, and it looks only where it must."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.payloads.thread import Deliver, Draft, Progress, ShownStep
from agent_worker.slack.blocks.posts import notice
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.settling import ANSWER, DELETE, POST, STOP, UPDATE, asked_to, posted, posts, streamed
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

READ = "conversations.replies"
UNSURE = Draft(unsure=True)


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage(hurried=True) as stage:
        yield stage


async def deliver(stage: SlackStage, request: Deliver, *, is_killed: bool = False) -> int:
    """Delivers as Temporal would: what an attempt hands on, the next one gets. How many attempts it took.

    `is_killed`: an attempt before these was killed, so that it has handed nothing on.
    """
    activities = activities_on(stage.ours)
    details: tuple[Any, ...] = ()
    for attempt in range(2 if is_killed else 1, 7):
        handed_on: list[tuple[Any, ...]] = [()]
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, attempt=attempt, heartbeat_details=details)
        environment.on_heartbeat = lambda *given, to=handed_on: to.append(given)
        try:
            await environment.run(activities.deliver, request)
        except ApplicationError as error:
            if error.non_retryable:
                raise
            details = handed_on[-1]
        else:
            return attempt
    raise AssertionError("never delivered")


def without_looks(stage: SlackStage) -> None:
    """The rate limits leave no look for a while."""
    stage.ours.posts._api.budget.pause("conversations_replies", 30)


def calls(stage: SlackStage, *methods: str) -> list[str]:
    return [call.method for call in stage.slack.calls if call.method in methods]


def session(stage: SlackStage) -> str:
    """What Slack shows of it: "processing" says that the agent is at work."""
    return getattr(stage.slack.session(stage.channel, stage.root), "status", "")


async def draft_for(stage: SlackStage, method: str) -> Draft:
    """What the thread shows of an answer, so that its delivery calls the method."""
    if method == UPDATE:
        return await posted(stage, ANSWER[:9])
    return await streamed(stage, ANSWER[:9]) if method == STOP else Draft()


async def test_an_answer_of_which_nothing_is_in_doubt_takes_no_look(stage: SlackStage) -> None:
    await deliver(stage, asked_to(stage))

    assert calls(stage, READ) == []


@pytest.mark.parametrize("method", [POST, UPDATE, STOP])
@pytest.mark.parametrize("times", [1, 3])
async def test_after_a_clean_refusal_the_next_attempt_takes_no_look(stage: SlackStage, method: str, times: int) -> None:
    draft = await draft_for(stage, method)
    stage.slack.faults.add(method=method, kind="rate_limited", times=times)

    assert await deliver(stage, asked_to(stage, draft=draft)) > 1
    assert calls(stage, READ) == []
    assert len(posts(stage)) == 1


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", "refused", "internal_error"])
@pytest.mark.parametrize("method", [UPDATE, STOP])
async def test_what_can_be_done_twice_is_done_twice_without_a_look(
    stage: SlackStage, method: str, kind: FaultKind
) -> None:
    draft = await draft_for(stage, method)
    stage.slack.faults.add(method=method, kind=kind)

    await deliver(stage, asked_to(stage, draft=draft))

    assert calls(stage, READ) == []
    assert ["and warm." in stage.slack.visible_text(post) for post in posts(stage)] == [True]


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", "refused", "internal_error"])
async def test_a_post_of_which_it_is_not_known_whether_it_is_there_is_looked_for_once(
    stage: SlackStage, kind: FaultKind
) -> None:
    stage.slack.faults.add(method=POST, kind=kind)

    await deliver(stage, asked_to(stage))

    assert len(calls(stage, READ)) == 1
    assert len(posts(stage)) == 1


async def test_after_a_kill_it_looks_before_it_posts(stage: SlackStage) -> None:
    await deliver(stage, asked_to(stage))
    before = len(stage.slack.calls)

    await deliver(stage, asked_to(stage), is_killed=True)

    assert calls(stage, READ) == [READ]
    assert stage.slack.calls[before].method == READ
    assert len(posts(stage)) == 1


async def test_a_delivery_that_follows_a_failed_one_looks_before_it_posts(stage: SlackStage) -> None:
    await deliver(stage, asked_to(stage))

    await deliver(stage, asked_to(stage).in_doubt())

    assert len(posts(stage)) == 1


async def test_where_no_look_is_left_the_answer_comes_first_and_drafts_are_deleted_after_it(stage: SlackStage) -> None:
    unknown = await posted(stage, "half an ans")
    without_looks(stage)

    await deliver(stage, asked_to(stage, draft=UNSURE))

    assert calls(stage, POST, READ, DELETE)[1:] == [POST, READ, DELETE]
    assert unknown.messages[0] not in [post.ts for post in posts(stage)]
    assert len(posts(stage)) == 1


async def test_steps_that_are_perhaps_shown_are_ended_after_the_answer(stage: SlackStage) -> None:
    key = f"{stage.root}:progress"
    await stage.posts.post(stage.thread, key, notice("Working…"))
    progress = Progress(key=key, steps=[ShownStep(title="Look", state="complete")], unsure=True)
    without_looks(stage)

    await deliver(stage, asked_to(stage, progress=progress))

    assert calls(stage, POST, READ, UPDATE)[1:] == [POST, READ, UPDATE]
    assert "✓ Look" in stage.slack.visible_text(posts(stage)[0])


@pytest.mark.parametrize(("text", "status"), [(ANSWER, "active"), ("Which town?", "suspended")])
async def test_tidying_does_not_say_that_the_agent_is_at_work_again(stage: SlackStage, text: str, status: str) -> None:
    await streamed(stage, "half an ans")
    without_looks(stage)

    await deliver(stage, asked_to(stage, text, draft=UNSURE))

    assert len(posts(stage)) == 1
    assert session(stage) == status


async def test_an_attempt_that_was_killed_when_it_had_named_the_session_leaves_no_status(stage: SlackStage) -> None:
    """Its answer was complete, and the next attempt has nothing to do in the thread."""
    request = asked_to(stage, draft=await streamed(stage, ANSWER[:9]), title="Weather")
    await deliver(stage, request)
    await stage.client.agents_sessions_setStatus(
        channel_id=stage.channel, thread_ts=stage.root, status="processing", title="Weather"
    )

    await deliver(stage, request, is_killed=True)

    assert len(posts(stage)) == 1
    assert session(stage) == "active"


@pytest.mark.parametrize("method", [READ, DELETE])
async def test_tidying_that_fails_is_tried_again_and_posts_nothing(stage: SlackStage, method: str) -> None:
    await posted(stage, "half an ans")
    without_looks(stage)
    stage.slack.faults.add(method=method, kind="internal_error", times=2)

    assert await deliver(stage, asked_to(stage, draft=UNSURE)) == 3
    assert len(posts(stage)) == 1
    assert len(calls(stage, POST)) == 2, "the draft and the answer"


@pytest.mark.parametrize("error", ["method_not_supported_for_channel_type", "missing_scope"])
async def test_an_answer_counts_as_delivered_where_the_agent_may_not_tidy_up(stage: SlackStage, error: str) -> None:
    without_looks(stage)
    stage.slack.faults.add(method=READ, kind="error", error=error, times=None)

    assert await deliver(stage, asked_to(stage, draft=UNSURE)) == 1
    assert len(posts(stage)) == 1


@pytest.mark.parametrize("error", ["restricted_action", "is_archived", "messages_tab_disabled"])
async def test_the_status_goes_when_slack_refuses_the_answer_for_good(stage: SlackStage, error: str) -> None:
    await stage.ours.status.set_status(stage.thread, "is thinking…")
    stage.slack.faults.add(method=POST, kind="error", error=error, times=None)

    with pytest.raises(ApplicationError):
        await deliver(stage, asked_to(stage))

    assert stage.slack.status(stage.channel, stage.root) == ""


async def test_a_notice_beside_a_turn_that_is_refused_leaves_the_turns_status(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, "is thinking…")
    stage.slack.faults.add(method=POST, kind="error", error="restricted_action", times=None)

    with pytest.raises(ApplicationError):
        await deliver(stage, asked_to(stage, turn="", key=f"{stage.root}:stop", is_notice=True))

    assert stage.slack.status(stage.channel, stage.root) == "is thinking…"
