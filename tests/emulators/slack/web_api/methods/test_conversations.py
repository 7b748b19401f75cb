"""Reading conversations: threads, channels, and which of them there are."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support.emulators.scene import Scene, refusal, scene, still_clock
from tests.support.emulators.threads import replies, stamps, thread


async def test_a_thread_is_read_root_first_and_in_pages(stage: Scene) -> None:
    root, answers = thread(stage, 4)

    pages = [await replies(stage, root, limit=2)]
    while pages[-1]["has_more"]:
        cursor = pages[-1]["response_metadata"]["next_cursor"]
        pages.append(await replies(stage, root, limit=2, cursor=cursor))

    assert [stamps(page) for page in pages] == [[root, answers[0]], answers[1:3], answers[3:]]
    assert "response_metadata" not in pages[-1]


async def test_the_root_counts_its_replies(stage: Scene) -> None:
    root, answers = thread(stage, 2)

    first = (await replies(stage, root))["messages"][0]

    assert (first["thread_ts"], first["reply_count"], first["latest_reply"]) == (root, 2, answers[-1])


async def test_a_message_without_replies_is_read_alone_and_so_is_a_reply(stage: Scene) -> None:
    root, answers = thread(stage, 2)
    lonely = stage.slack.say(stage.anna, stage.general, "alone")

    assert stamps(await replies(stage, lonely)) == [lonely]
    assert stamps(await replies(stage, answers[0])) == [answers[0]]
    assert root not in stamps(await replies(stage, answers[0]))


@pytest.mark.parametrize("ts", ["1.000000", "not a ts"])
async def test_a_thread_that_is_not_there_is_not_found(stage: Scene, ts: str) -> None:
    body = await refusal(stage.client.conversations_replies(channel=stage.general, ts=ts))

    assert body["error"] == "thread_not_found"


async def test_history_is_newest_first_and_without_replies(stage: Scene) -> None:
    root, _ = thread(stage, 2)
    later = stage.slack.say(stage.anna, stage.general, "later")

    answer = await stage.client.conversations_history(channel=stage.general, limit=1)
    rest = await stage.client.conversations_history(
        channel=stage.general, limit=1, cursor=answer["response_metadata"]["next_cursor"]
    )

    assert [message["ts"] for message in answer["messages"]] == [later]
    assert [message["ts"] for message in rest["messages"]] == [root]
    assert not rest["has_more"]


async def test_history_since_a_moment_begins_with_the_messages_closest_to_it(stage: Scene) -> None:
    first, second, third = (stage.slack.say(stage.anna, stage.general, text) for text in ("1", "2", "3"))
    history = partial(stage.client.conversations_history, channel=stage.general, oldest="0")

    page = await history(limit=2)
    rest = await history(cursor=page["response_metadata"]["next_cursor"])
    both_ends = await history(limit=2, latest=f"{float(third) + 1:.6f}")

    assert [message["ts"] for message in page["messages"]] == [second, first]
    assert [message["ts"] for message in rest["messages"]] == [third]
    assert [message["ts"] for message in both_ends["messages"]] == [third, second]


async def test_the_pages_of_a_thread_can_begin_with_the_newest_replies_and_each_with_the_root() -> None:
    async with scene(newest_replies_first=True, root_on_every_page=True) as stage:
        root, answers = thread(stage, 3)

        first = await replies(stage, root, limit=2)
        rest = await replies(stage, root, limit=2, cursor=first["response_metadata"]["next_cursor"])

    assert stamps(first) == [root, *answers[1:]]
    assert stamps(rest) == [root, answers[0]]


async def test_reading_needs_membership(stage: Scene) -> None:
    other = stage.slack.add_channel("other", members=[stage.anna], bot_is_member=False)
    secret = stage.slack.add_channel("secret", members=[stage.anna], is_private=True, bot_is_member=False)
    ts = stage.slack.say(stage.anna, other, "hello")

    public = await refusal(stage.client.conversations_replies(channel=other, ts=ts))
    history = await refusal(stage.client.conversations_history(channel=other))
    private = await refusal(stage.client.conversations_info(channel=secret))

    assert [body["error"] for body in (public, history, private)] == ["not_in_channel"] * 2 + ["channel_not_found"]


async def test_reads_can_lag_behind_posts() -> None:
    async with scene(clock=still_clock(), read_lag=2.0) as stage:
        root = stage.slack.say(stage.anna, stage.general, "root")
        stage.slack.clock.advance(5.0)
        ts = (await stage.client.chat_postMessage(channel=stage.general, text="new", thread_ts=root))["ts"]

        before = stamps(await replies(stage, root))
        stage.slack.clock.advance(2.0)
        after = stamps(await replies(stage, root))

    assert (before, after) == ([root], [root, ts])


async def test_the_app_lists_the_channels_it_is_in(stage: Scene) -> None:
    stage.slack.add_channel("elsewhere", bot_is_member=False)
    secret = stage.slack.add_channel("secret", is_private=True)
    dm = stage.slack.open_dm(stage.anna)

    public = await stage.client.users_conversations()
    everything = await stage.client.users_conversations(types=["public_channel", "private_channel", "im"], limit=2)
    cursor = everything["response_metadata"]["next_cursor"]
    rest = await stage.client.users_conversations(types="public_channel,private_channel,im", limit=2, cursor=cursor)

    assert [channel["id"] for channel in public["channels"]] == [stage.general]
    assert [channel["id"] for channel in [*everything["channels"], *rest["channels"]]] == [stage.general, secret, dm]
    assert rest["response_metadata"]["next_cursor"] == ""
