"""Promises of the activities themselves, beside what their parts promise."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.agent_activities import Activities
from agent_worker.payloads import post_keys
from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.payloads.opening import LookUpNames, OpenConversation
from agent_worker.payloads.thread import Author, Deliver, Draft, Progress, ShownStep, TellPerson
from agent_worker.slack.blocks.posts import notice
from agent_worker.slack.rate_limits import CALLS_PER_MINUTE
from agent_worker.slack.refusals import UNTIL_REPAIRED
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import gate
from tests.support.agent_worker.refusals import PASSING, errors_of
from tests.support.agent_worker.rehearsal import POLICY
from tests.support.agent_worker.settling import (
    ANSWER,
    POST,
    STOP,
    UPDATE,
    asked_to,
    kinds,
    posts,
    standing,
    streamed,
)
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

READ, STATUS, WHISPER = "conversations.replies", "assistant.threads.setStatus", "chat.postEphemeral"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage(hurried=True) as stage:
        yield stage


async def deliver(stage: SlackStage, request: Deliver, attempt: int = 1) -> None:
    activities = activities_on(stage.ours)
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, attempt=attempt)
    await environment.run(activities.deliver, request)


def session(stage: SlackStage) -> str:
    return getattr(stage.slack.session(stage.channel, stage.root), "status", "")


async def with_progress(stage: SlackStage, **more: Any) -> Progress:
    """Steps in a message of their own."""
    key = f"{stage.root}:progress"
    steps = [ShownStep(title="Look", state="complete")]
    ts = await stage.posts.post(stage.thread, key, notice("Looking."))
    return Progress(key=key, steps=steps, **{"ts": ts, **more})


async def tried(do: Callable[[Activities], Awaitable[Any]], stage: SlackStage) -> str:
    """Twice, as Temporal would. "" if it is done, otherwise the reason of the last failure."""
    activities = activities_on(stage.ours, policy=POLICY, gate=gate(Toolbox([])))
    reason = ""
    for _ in range(2):
        try:
            await ActivityEnvironment().run(lambda: do(activities))
        except ApplicationError as failed:
            reason = failed.message
            if failed.non_retryable:
                break
        else:
            return ""
    return reason


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize(
    ("method", "error"),
    [(method, error) for method in (READ, "users.info", "conversations.info", STATUS) for error in errors_of(method)],
)
async def test_whatever_slack_refuses_to_tell_a_conversation_opens(
    stage: SlackStage, method: str, error: str, times: int | None
) -> None:
    """Only what passes, and what somebody has to repair in the app's settings, is waited for: no question is lost."""
    stage.slack.faults.add(method=method, kind="error", error=error, times=times)
    (ts,) = stage.people_say("hello")
    request = OpenConversation(
        thread=stage.thread, ids=[stage.anna, stage.channel], earlier_than=ts, authors=[Author(id=stage.anna)]
    )

    waits_for = await tried(lambda activities: activities.open_conversation(request), stage)

    assert waits_for in ({""} if times else {"", *PASSING, *UNTIL_REPAIRED})


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize("error", errors_of(WHISPER))
async def test_whatever_slack_answers_a_line_for_one_person_is_shown_once_or_given_up(
    stage: SlackStage, error: str, times: int | None
) -> None:
    stage.people_say("hello")  # Slack shows such a line only in a thread that has a reply
    stage.slack.faults.add(method=WHISPER, kind="error", error=error, times=times)
    request = TellPerson(thread=stage.thread, user=stage.anna, text="You may not.")

    outcome = await tried(lambda activities: activities.tell_person(request), stage)

    shown = [stage.slack.visible_text(line) for line in stage.slack.ephemerals(stage.channel, stage.anna)]
    passes = error in {*PASSING, *UNTIL_REPAIRED}
    assert shown == (["You may not."] if passes and times else [])
    assert outcome == ("" if passes and times else error)


async def test_nobodys_judgement_waits_for_the_names_that_another_person_mentions() -> None:
    """Slack tells of so many people a minute, for all conversations together."""
    async with slack_stage() as stage:
        activities = activities_on(stage.ours, policy=POLICY)
        crowd = [stage.slack.add_user(f"person-{number}") for number in range(200)]
        ben = stage.slack.add_user("ben")
        look_up = ActivityEnvironment().run

        flood = await look_up(activities.look_up_names, LookUpNames(ids=crowd, thread=stage.thread))
        async with asyncio.timeout(1):
            judged = await look_up(
                activities.look_up_names, LookUpNames(ids=[ben], authors=[Author(id=ben)], thread=stage.thread)
            )

        assert judged.names == {ben: "ben"}
        assert 0 < len(flood.names) < CALLS_PER_MINUTE["users_info"] / 4
        assert {*flood.names, *flood.nameless} == set(crowd)


@pytest.mark.parametrize("method", [POST, UPDATE])
async def test_a_delivery_that_slack_does_not_take_is_tried_again_for_ever(stage: SlackStage, method: str) -> None:
    answer = asked_to(stage, progress=await with_progress(stage))
    stage.slack.faults.add(method=method, kind="internal_error")

    with pytest.raises(ApplicationError) as failed:
        await deliver(stage, answer)

    assert (failed.value.type, failed.value.non_retryable) == (SLACK_UNAVAILABLE, False)


async def test_where_slack_takes_no_answer_the_status_goes_all_the_same(stage: SlackStage) -> None:
    await stage.ours.status.set_status(stage.thread, "is thinking…")
    stage.slack.faults.add(method=POST, kind="error", error="not_in_channel", times=None)

    with pytest.raises(ApplicationError) as failed:
        await deliver(stage, asked_to(stage))

    assert failed.value.non_retryable
    assert stage.slack.status(stage.channel, stage.root) == ""


async def test_a_streamed_answer_its_steps_and_the_status_end_with_two_calls_and_without_a_look(
    stage: SlackStage,
) -> None:
    answer = asked_to(stage, progress=await with_progress(stage), draft=await streamed(stage, ANSWER[:10]))
    await stage.ours.status.set_status(stage.thread, "is working…")
    before = len(stage.slack.calls)

    await deliver(stage, answer)

    assert sorted(call.method for call in stage.slack.calls[before:]) == [STOP, UPDATE]
    assert standing(stage)[1] == ANSWER
    assert (stage.slack.status(stage.channel, stage.root), session(stage)) == ("", "active")


async def test_a_title_that_begins_a_session_while_the_stream_ends_leaves_no_session_at_work(stage: SlackStage) -> None:
    draft = await streamed(stage, ANSWER[:10])
    stage.slack.faults.add(method="agents.sessions.rename", kind="error", error="session_not_found")

    await deliver(stage, asked_to(stage, draft=draft).model_copy(update={"title": "Ponds"}))

    assert (stage.slack.status(stage.channel, stage.root), session(stage)) == ("", "active")


async def test_a_streamed_answer_before_a_question_to_people_waits_for_them_without_another_call(
    stage: SlackStage,
) -> None:
    answer = asked_to(stage, draft=await streamed(stage, ANSWER[:10])).model_copy(update={"asks_people": True})
    before = len(stage.slack.calls)

    await deliver(stage, answer)

    assert [call.method for call in stage.slack.calls[before:]] == [STOP]
    assert session(stage) == "suspended"


async def test_an_answer_written_into_a_draft_leaves_no_status_if_slack_fails_to_take_it_away(
    stage: SlackStage,
) -> None:
    draft = await stage.posts.post(stage.thread, post_keys.draft(stage.root, 0), notice("It is"))
    await stage.ours.status.set_status(stage.thread, "is thinking…")
    stage.slack.faults.add(method=STATUS, kind="internal_error")

    await deliver(stage, asked_to(stage, draft=Draft(messages=[draft])))

    assert [post.ts for post in posts(stage)] == [draft]
    assert (stage.slack.status(stage.channel, stage.root), session(stage)) == ("", "active")


async def test_a_retry_looks_once_for_the_answer_the_file_and_the_steps(stage: SlackStage) -> None:
    text = "word " * 9_000
    answer = asked_to(stage, text, progress=await with_progress(stage, ts=None, unsure=True))
    stage.slack.faults.add(method="files.completeUploadExternal", kind="lost_reply")
    with pytest.raises(ApplicationError):
        await deliver(stage, answer)
    before = stage.calls(READ)

    await deliver(stage, answer, attempt=2)
    await deliver(stage, answer, attempt=3)

    assert stage.calls(READ) - before == 2
    assert kinds(posts(stage)[0]) == ["plan"]
    assert len([post for post in posts(stage) if post.files]) == 1


async def test_steps_that_may_have_been_posted_are_found_and_the_answer_still_ends_in_one_call(
    stage: SlackStage,
) -> None:
    progress = await with_progress(stage, ts=None, unsure=True)
    draft = await streamed(stage, ANSWER[:10])
    before = len(stage.slack.calls)

    await deliver(stage, asked_to(stage, progress=progress, draft=draft))

    assert sorted(call.method for call in stage.slack.calls[before:]) == [STOP, UPDATE, READ]
    assert (kinds(posts(stage)[0]), standing(stage)[1]) == (["plan"], ANSWER)


async def test_an_answer_does_not_depend_on_steps_that_cannot_be_looked_for(stage: SlackStage) -> None:
    progress = await with_progress(stage, ts=None, unsure=True)
    draft = await streamed(stage, ANSWER[:10])
    stage.slack.faults.add(method=READ, kind="error", error="not_in_channel", times=None)

    await deliver(stage, asked_to(stage, progress=progress, draft=draft))

    assert standing(stage) == ["Looking.", ANSWER]


async def test_when_the_steps_cannot_be_ended_the_answer_stands_all_the_same(stage: SlackStage) -> None:
    answer = asked_to(stage, progress=await with_progress(stage), draft=await streamed(stage, ANSWER[:10]))
    stage.slack.faults.add(method=UPDATE, kind="internal_error")

    with pytest.raises(ApplicationError):
        await deliver(stage, answer)

    assert standing(stage) == ["Looking.", ANSWER]
