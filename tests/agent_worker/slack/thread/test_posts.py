"""Promises of what the agent says in a thread: each post once, whatever became of the reply to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE
from agent_worker.slack.blocks import posts
from agent_worker.slack.thread.history import EVENT_TYPE
from emulators.slack.web_api.faults import FaultKind
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

HI = posts.notice("Hi there.")
POST = "chat.postMessage"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def said(stage: SlackStage) -> list[str]:
    return [stage.slack.visible_text(post) for post in stage.slack.bot_posts(stage.channel, stage.root)]


async def test_a_post_stands_in_its_thread_under_its_key(stage: SlackStage) -> None:
    ts = await stage.replies.post(stage.thread, f"{stage.root}:answer:0", HI, answers=[stage.root])

    (post,) = stage.slack.bot_posts(stage.channel, stage.root)
    assert post.ts == ts
    assert said(stage) == ["Hi there."]
    assert post.metadata == {
        "event_type": EVENT_TYPE,
        "event_payload": {"key": f"{stage.root}:answer:0", "answers": [stage.root]},
    }


async def test_a_first_attempt_does_not_look_into_the_thread(stage: SlackStage) -> None:
    await stage.replies.post_once(stage.thread, f"{stage.root}:answer:0", HI, maybe_posted=False)

    assert stage.calls("conversations.replies") == 0


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit"])
async def test_a_post_whose_reply_was_lost_is_found_and_not_made_again(stage: SlackStage, kind: FaultKind) -> None:
    key = f"{stage.root}:answer:0"
    stage.slack.faults.add(method=POST, kind=kind)
    with pytest.raises(ApplicationError) as lost:
        await stage.replies.post_once(stage.thread, key, HI, maybe_posted=False)

    ts = await stage.replies.post_once(stage.thread, key, HI, maybe_posted=True)

    assert lost.value.type == SLACK_UNAVAILABLE
    assert [post.ts for post in stage.slack.bot_posts(stage.channel, stage.root)] == [ts]


@pytest.mark.parametrize("kind", ["refused", "internal_error", "rate_limited"])
async def test_a_post_that_never_arrived_is_made_when_it_is_tried_again(stage: SlackStage, kind: FaultKind) -> None:
    key = f"{stage.root}:answer:0"
    stage.slack.faults.add(method=POST, kind=kind)
    with pytest.raises(ApplicationError):
        await stage.replies.post_once(stage.thread, key, HI, maybe_posted=False)

    await stage.replies.post_once(stage.thread, key, HI, maybe_posted=True)

    assert said(stage) == ["Hi there."]


async def test_a_post_with_another_key_is_another_post(stage: SlackStage) -> None:
    await stage.replies.post_once(stage.thread, f"{stage.root}:answer:0", HI, maybe_posted=True)

    await stage.replies.post_once(stage.thread, f"{stage.root}:answer:1", HI, maybe_posted=True)

    assert said(stage) == ["Hi there.", "Hi there."]


async def test_another_apps_post_with_the_same_metadata_is_not_taken_for_ours(stage: SlackStage) -> None:
    key = f"{stage.root}:answer:0"
    stage.another_app_forges({"key": key, "answers": []})

    await stage.replies.post_once(stage.thread, key, HI, maybe_posted=True)

    assert said(stage) == ["Hi there."]


async def test_a_post_is_found_behind_a_long_talk(stage: SlackStage) -> None:
    key = f"{stage.root}:answer:0"
    first = await stage.replies.post_once(stage.thread, key, HI, maybe_posted=False)
    stage.people_say(*[str(number) for number in range(420)])

    assert await stage.replies.post_once(stage.thread, key, HI, maybe_posted=True) == first
    late = await stage.replies.post_once(stage.thread, f"{stage.root}:answer:1", HI, maybe_posted=True)
    assert await stage.replies.post_once(stage.thread, f"{stage.root}:answer:1", HI, maybe_posted=True) == late


async def test_an_update_changes_the_text_and_keeps_the_key(stage: SlackStage) -> None:
    ts = await stage.replies.post(stage.thread, f"{stage.root}:progress", HI)

    await stage.replies.update(stage.thread, ts, posts.notice("Done."))

    assert said(stage) == ["Done."]
    assert await stage.replies.posted(stage.thread, stage.root) == {f"{stage.root}:progress": ts}


async def test_a_post_that_slack_refuses_is_not_tried_again(stage: SlackStage) -> None:
    stage.slack.archive(stage.channel)

    with pytest.raises(ApplicationError) as refused:
        await stage.replies.post(stage.thread, f"{stage.root}:answer:0", HI)

    assert (refused.value.type, refused.value.non_retryable) == (SLACK_REFUSED, True)


async def test_an_update_with_a_key_makes_the_message_the_post_of_that_key(stage: SlackStage) -> None:
    ts = await stage.replies.post(stage.thread, f"{stage.root}:draft:0", HI)

    await stage.replies.update(stage.thread, ts, HI, f"{stage.root}:answer:0", [stage.root])

    assert await stage.replies.posted(stage.thread, stage.root) == {f"{stage.root}:answer:0": ts}


async def test_what_is_gone_already_can_be_taken_away_again(stage: SlackStage) -> None:
    ts = await stage.replies.post(stage.thread, f"{stage.root}:draft:0", HI)

    await stage.replies.delete(stage.thread, ts)
    await stage.replies.delete(stage.thread, ts)

    assert said(stage) == []


async def test_a_word_to_one_person_is_seen_by_nobody_else(stage: SlackStage) -> None:
    await stage.replies.whisper(stage.thread, stage.anna, "Not you.", in_channel=True)  # the thread has no reply yet
    stage.people_say("hello?")
    await stage.replies.whisper(stage.thread, stage.anna, "Thank you.")

    words = stage.slack.ephemerals(stage.channel, stage.anna)
    assert [(word.text, word.thread_ts) for word in words] == [("Not you.", None), ("Thank you.", stage.root)]
    assert said(stage) == []
