"""Reading conversations: threads, channels, and which of them there are."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from slack_sdk.web.async_slack_response import AsyncSlackResponse

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


async def test_all_public_channels_are_listed_and_of_the_others_those_of_the_app(stage: Scene) -> None:
    slack = stage.slack
    elsewhere = slack.add_channel("elsewhere", bot_is_member=False)
    secret = slack.add_channel("secret", is_private=True)
    slack.add_channel("hidden", is_private=True, bot_is_member=False)
    dm = slack.open_dm(stage.anna)
    slack.archive(elsewhere)
    every = partial(stage.client.conversations_list, types="public_channel,private_channel,im,mpim")

    assert _ids(await stage.client.conversations_list()) == [stage.general, elsewhere]
    assert _ids(await stage.client.conversations_list(exclude_archived=True)) == [stage.general]
    assert _ids(await every()) == [stage.general, elsewhere, secret, dm]
    first = await every(limit=3)
    rest = await every(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert (_ids(rest), rest["response_metadata"]["next_cursor"]) == ([dm], "")


async def test_of_somebody_elses_channels_the_app_sees_public_ones_and_its_own(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    elsewhere = slack.add_channel("elsewhere", members=[ben], bot_is_member=False)
    shared = slack.add_channel("shared", members=[ben, stage.anna], is_private=True)
    slack.add_channel("hidden", members=[ben], is_private=True, bot_is_member=False)
    dm, _ = slack.open_dm(ben), slack.open_dm(stage.anna)

    answer = await stage.client.users_conversations(user=ben, types="public_channel,private_channel,im")

    assert _ids(answer) == [elsewhere, shared, dm]
    assert _ids(await stage.client.users_conversations(user=ben)) == [elsewhere]
    assert (await refusal(stage.client.users_conversations(user="U-nobody")))["error"] == "user_not_found"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"types": "public_channel,everything"}, "invalid_types"),
        ({"cursor": "broken"}, "invalid_cursor"),
        ({"limit": 1_001}, "invalid_limit"),
        ({"limit": 0}, "invalid_limit"),
    ],
)
async def test_a_listing_that_asks_for_too_much_is_refused(stage: Scene, options: dict[str, Any], error: str) -> None:
    assert (await refusal(stage.client.conversations_list(**options)))["error"] == error
    assert (await refusal(stage.client.users_conversations(**options)))["error"] == error


async def test_each_kind_of_channel_is_listed_with_its_own_scope(stage: Scene) -> None:
    stage.slack.revoke("groups:read")

    body = await refusal(stage.client.conversations_list(types="public_channel,private_channel"))

    assert (body["error"], body["needed"]) == ("missing_scope", "groups:read")
    await stage.client.conversations_list()


async def test_the_members_of_a_channel_are_listed_in_pages(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    public = slack.add_channel("public", members=[stage.anna, ben], bot_is_member=False)
    members = partial(stage.client.conversations_members, channel=public)

    first = await members(limit=1)
    rest = await members(limit=1, cursor=first["response_metadata"]["next_cursor"])

    assert (first["members"], rest["members"]) == ([stage.anna], [ben])
    assert (await members())["response_metadata"]["next_cursor"] == ""
    assert set((await members(channel=slack.open_dm(ben)))["members"]) == {ben, slack.bot_user_id}
    assert (await refusal(members(limit=1_001)))["error"] == "invalid_limit"
    assert (await refusal(members(cursor="broken")))["error"] == "invalid_cursor"


async def test_of_a_channel_without_limit_a_hundred_members_are_listed(stage: Scene) -> None:
    crowd = [stage.slack.add_user(f"person{number}") for number in range(100)]
    crowded = stage.slack.add_channel("crowded", members=crowd)

    assert (await stage.client.conversations_members(channel=crowded))["members"] == crowd


async def test_members_are_listed_only_where_the_app_may_look(stage: Scene) -> None:
    hidden = stage.slack.add_channel("hidden", is_private=True, bot_is_member=False)
    secret = stage.slack.add_channel("secret", is_private=True)
    stage.slack.revoke("groups:read")

    bodies = [await refusal(stage.client.conversations_members(channel=one)) for one in (hidden, "C-nowhere", secret)]

    assert [body["error"] for body in bodies] == ["channel_not_found"] * 2 + ["missing_scope"]
    assert bodies[2]["needed"] == "groups:read"


def _ids(answer: AsyncSlackResponse) -> list[str]:
    return [channel["id"] for channel in answer["channels"]]
