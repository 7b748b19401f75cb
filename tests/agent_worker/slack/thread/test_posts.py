"""Promises of single messages in a thread: each is posted once, even if Slack's reply to the call is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE
from agent_worker.payloads.thread import Author
from agent_worker.slack.blocks import posts
from agent_worker.slack.thread.metadata import EVENT_TYPE
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

HI = posts.notice("Hi there.")
POST = "chat.postMessage"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def texts(stage: SlackStage) -> list[str]:
    return [stage.slack.visible_text(post) for post in stage.slack.bot_posts(stage.channel, stage.root)]


async def test_a_post_stands_in_its_thread_under_its_key(stage: SlackStage) -> None:
    ts = await stage.posts.post(stage.thread, f"{stage.root}:answer:0", HI, answers=[stage.root])

    (post,) = stage.slack.bot_posts(stage.channel, stage.root)
    assert post.ts == ts
    assert texts(stage) == ["Hi there."]
    assert post.metadata == {
        "event_type": EVENT_TYPE,
        "event_payload": {"key": f"{stage.root}:answer:0", "answers": [stage.root]},
    }


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit"])
async def test_a_post_whose_reply_was_lost_is_found_and_not_made_again(stage: SlackStage, kind: FaultKind) -> None:
    key = f"{stage.root}:answer:0"
    stage.slack.faults.add(method=POST, kind=kind)
    with pytest.raises(ApplicationError) as lost:
        await stage.posts.post(stage.thread, key, HI)

    ts = await stage.posts.post_once(stage.thread, key, HI)

    assert lost.value.type == SLACK_UNAVAILABLE
    assert [post.ts for post in stage.slack.bot_posts(stage.channel, stage.root)] == [ts]


@pytest.mark.parametrize("kind", ["refused", "internal_error", "rate_limited"])
async def test_a_post_that_never_arrived_is_made_when_it_is_tried_again(stage: SlackStage, kind: FaultKind) -> None:
    key = f"{stage.root}:answer:0"
    stage.slack.faults.add(method=POST, kind=kind)
    with pytest.raises(ApplicationError):
        await stage.posts.post(stage.thread, key, HI)

    await stage.posts.post_once(stage.thread, key, HI)

    assert texts(stage) == ["Hi there."]


async def test_a_post_with_another_key_is_another_post(stage: SlackStage) -> None:
    await stage.posts.post_once(stage.thread, f"{stage.root}:answer:0", HI)

    await stage.posts.post_once(stage.thread, f"{stage.root}:answer:1", HI)

    assert texts(stage) == ["Hi there.", "Hi there."]


async def test_another_apps_post_with_the_same_metadata_is_not_taken_for_ours(stage: SlackStage) -> None:
    key = f"{stage.root}:answer:0"
    stage.another_app_forges({"key": key, "answers": []})

    await stage.posts.post_once(stage.thread, key, HI)

    assert texts(stage) == ["Hi there."]


async def test_a_post_is_found_behind_a_long_talk(stage: SlackStage) -> None:
    key = f"{stage.root}:answer:0"
    first = await stage.posts.post(stage.thread, key, HI)
    stage.people_say(*[str(number) for number in range(420)])

    assert await stage.posts.post_once(stage.thread, key, HI) == first
    late = await stage.posts.post_once(stage.thread, f"{stage.root}:answer:1", HI)
    assert await stage.posts.post_once(stage.thread, f"{stage.root}:answer:1", HI) == late


async def test_an_update_changes_the_text_and_keeps_the_key(stage: SlackStage) -> None:
    ts = await stage.posts.post(stage.thread, f"{stage.root}:progress", HI)

    await stage.posts.update(stage.thread, ts, posts.notice("Done."))

    assert texts(stage) == ["Done."]
    assert await stage.posts.find(stage.thread, f"{stage.root}:progress") == ts


async def test_a_post_that_slack_refuses_is_not_tried_again(stage: SlackStage) -> None:
    stage.slack.archive(stage.channel)

    with pytest.raises(ApplicationError) as refused:
        await stage.posts.post(stage.thread, f"{stage.root}:answer:0", HI)

    assert (refused.value.type, refused.value.non_retryable) == (SLACK_REFUSED, True)


async def test_an_update_with_a_key_makes_the_message_the_post_of_that_key(stage: SlackStage) -> None:
    ts = await stage.posts.post(stage.thread, f"{stage.root}:draft:0", HI)

    await stage.posts.update(stage.thread, ts, HI, f"{stage.root}:answer:0", [stage.root])

    assert await stage.posts.find(stage.thread, f"{stage.root}:answer:0") == ts
    assert await stage.posts.find(stage.thread, f"{stage.root}:draft:0") is None


async def test_what_is_gone_already_can_be_taken_away_again(stage: SlackStage) -> None:
    ts = await stage.posts.post(stage.thread, f"{stage.root}:draft:0", HI)

    await stage.posts.delete(stage.thread, ts)
    await stage.posts.delete(stage.thread, ts)

    assert texts(stage) == []


async def test_a_word_to_one_person_is_seen_by_nobody_else(stage: SlackStage) -> None:
    await stage.posts.whisper(stage.thread, stage.anna, "Not you.", in_channel=True)  # the thread has no reply yet
    stage.people_say("hello?")
    await stage.posts.whisper(stage.thread, stage.anna, "Thank you.")

    words = stage.slack.ephemerals(stage.channel, stage.anna)
    assert [(word.text, word.thread_ts) for word in words] == [("Not you.", None), ("Thank you.", stage.root)]
    assert texts(stage) == []


async def test_a_post_that_slack_takes_outside_of_its_thread_is_taken_back() -> None:
    async with slack_stage(takes_orphans=True) as stage:
        stage.slack.delete(stage.channel, stage.root)

        with pytest.raises(ApplicationError) as refused:
            await stage.posts.post(stage.thread, f"{stage.root}:answer:0", HI)

        assert (refused.value.type, refused.value.message) == (SLACK_REFUSED, "thread_not_found")
        assert stage.slack.messages(stage.channel) == []


async def test_a_stream_that_slack_takes_outside_of_its_thread_is_taken_back() -> None:
    async with slack_stage(takes_orphans=True) as stage:
        stage.slack.delete(stage.channel, stage.root)
        streams = stage.ours.streams
        ts = await streams.start(stage.thread, Author(id=stage.anna), [])
        assert ts is not None

        with pytest.raises(ApplicationError) as refused:
            await streams.stop(stage.thread, ts, f"{stage.root}:answer:streamed")

        assert (refused.value.type, refused.value.message) == (SLACK_REFUSED, "thread_not_found")
        assert stage.slack.messages(stage.channel) == []
