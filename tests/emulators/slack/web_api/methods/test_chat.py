"""chat.postMessage and its relatives: where the app may post, what updates keep, what metadata does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.posts import post, refused_post
from tests.support.emulators.scene import Scene, refusal, scene

METADATA = {"event_type": "agent_post", "event_payload": {"op_id": "op-1"}}

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "in a block"}}]


async def test_a_post_is_visible_in_its_thread_as_the_apps_own(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "question")
    ts = await post(stage, text="answer", thread_ts=root)

    (shown,) = stage.slack.bot_posts(stage.general, root)

    assert (shown.ts, shown.text, shown.bot_id, shown.user) == (
        ts,
        "answer",
        stage.slack.bot_id,
        stage.slack.bot_user_id,
    )
    assert [message.ts for message in stage.slack.thread(stage.general, root)] == [root, ts]


async def test_timestamps_are_unique_and_increase(still: Scene) -> None:
    stamps = [await post(still) for _ in range(5)]

    assert stamps == sorted(set(stamps))


async def test_posting_twice_makes_two_messages(stage: Scene) -> None:
    await post(stage, client_msg_id="the-same")
    await post(stage, client_msg_id="the-same")

    assert len(stage.slack.messages(stage.general)) == 2


async def test_the_app_posts_only_where_it_is_a_member(stage: Scene) -> None:
    public = stage.slack.add_channel("public", bot_is_member=False)
    private = stage.slack.add_channel("private", is_private=True, bot_is_member=False)

    assert (await refused_post(stage, channel=public))["error"] == "not_in_channel"
    assert (await refused_post(stage, channel=private))["error"] == "channel_not_found"
    assert (await refused_post(stage, channel="C-nowhere"))["error"] == "channel_not_found"
    stage.slack.grant("chat:write.public")
    await post(stage, channel=public)
    assert (await refused_post(stage, channel=private))["error"] == "channel_not_found"


async def test_an_archived_channel_takes_no_posts(stage: Scene) -> None:
    stage.slack.archive(stage.general)

    assert (await refused_post(stage))["error"] == "is_archived"


async def test_a_users_id_stands_for_the_direct_messages(stage: Scene) -> None:
    await post(stage, channel=stage.anna)

    assert len(stage.slack.messages(stage.slack.open_dm(stage.anna))) == 1


async def test_only_the_root_of_a_thread_can_be_answered(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "root")
    reply = stage.slack.say(stage.anna, stage.general, "reply", thread_ts=root)

    assert (await refused_post(stage, thread_ts=reply))["error"] == "cannot_reply_to_message"
    assert (await refused_post(stage, thread_ts="1.000000"))["error"] == "thread_not_found"


async def test_a_broadcast_reply_also_shows_in_the_channel(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "root")
    ts = await post(stage, thread_ts=root, reply_broadcast=True)

    history = (await stage.client.conversations_history(channel=stage.general))["messages"]

    assert [message["ts"] for message in history] == [ts, root]
    assert history[0]["subtype"] == "thread_broadcast"


async def test_markdown_text_becomes_a_markdown_block_and_excludes_text(stage: Scene) -> None:
    await stage.client.chat_postMessage(channel=stage.general, markdown_text="**bold**")

    (shown,) = stage.slack.messages(stage.general)

    assert shown.blocks == [{"type": "markdown", "text": "**bold**"}]
    assert (await refused_post(stage, markdown_text="**bold**"))["error"] == "markdown_text_conflict"


async def test_an_update_with_text_alone_takes_the_blocks_away(stage: Scene) -> None:
    ts = await post(stage, blocks=BLOCKS)
    assert stage.slack.visible_text(stage.slack.messages(stage.general)[0]) == "in a block"

    await stage.client.chat_update(channel=stage.general, ts=ts, text="only text")

    (shown,) = stage.slack.messages(stage.general)
    assert shown.blocks == []
    assert stage.slack.visible_text(shown) == "only text"
    assert shown.edited is not None
    assert shown.edited.user == stage.slack.bot_id


async def test_an_update_keeps_metadata_unless_it_says_otherwise(stage: Scene) -> None:
    ts = await post(stage, metadata=METADATA)

    await stage.client.chat_update(channel=stage.general, ts=ts, text="changed")
    kept = stage.slack.messages(stage.general)[0].metadata
    await stage.client.chat_update(channel=stage.general, ts=ts, text="changed", metadata={})
    removed = stage.slack.messages(stage.general)[0].metadata

    assert (kept, removed) == (METADATA, None)


async def test_an_update_with_metadata_alone_keeps_text_and_blocks(stage: Scene) -> None:
    ts = await post(stage, blocks=BLOCKS)

    await stage.client.api_call("chat.update", json={"channel": stage.general, "ts": ts, "metadata": METADATA})

    (shown,) = stage.slack.messages(stage.general)
    assert (shown.text, shown.blocks, shown.metadata) == ("hello", BLOCKS, METADATA)


async def test_only_the_apps_own_messages_can_be_updated_and_deleted(stage: Scene) -> None:
    theirs = stage.slack.say(stage.anna, stage.general, "mine")
    own = await post(stage)

    update = await refusal(stage.client.chat_update(channel=stage.general, ts=theirs, text="yours"))
    delete = await refusal(stage.client.chat_delete(channel=stage.general, ts=theirs))
    await stage.client.chat_delete(channel=stage.general, ts=own)
    gone = await refusal(stage.client.chat_update(channel=stage.general, ts=own, text="back"))

    assert [body["error"] for body in (update, delete, gone)] == [
        "cant_update_message",
        "cant_delete_message",
        "message_not_found",
    ]
    assert [message.ts for message in stage.slack.messages(stage.general)] == [theirs]


async def test_a_deleted_root_leaves_a_tombstone_while_it_has_replies(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "root")
    await post(stage, thread_ts=root)

    stage.slack.delete(stage.general, root)

    first = (await stage.client.conversations_replies(channel=stage.general, ts=root))["messages"][0]
    assert (first["subtype"], first["user"]) == ("tombstone", "USLACKBOT")


async def test_metadata_comes_back_only_on_request_and_with_its_scope(stage: Scene) -> None:
    ts = await post(stage, metadata=METADATA)

    async def read(**options: Any) -> dict[str, Any]:
        answer = await stage.client.conversations_replies(channel=stage.general, ts=ts, **options)
        message: dict[str, Any] = answer["messages"][0]
        return message

    assert "metadata" not in await read()
    assert (await read(include_all_metadata=True))["metadata"] == METADATA
    stage.slack.revoke("metadata.message:read")
    refused = stage.client.conversations_replies(channel=stage.general, ts=ts, include_all_metadata=True)
    assert (await refusal(refused))["needed"] == "metadata.message:read"


async def test_an_ephemeral_message_is_shown_to_one_member_and_kept_nowhere(stage: Scene) -> None:
    ben = stage.slack.add_user("ben")
    await stage.client.chat_postEphemeral(channel=stage.general, user=stage.anna, text="psst")

    stranger = stage.client.chat_postEphemeral(channel=stage.general, user=ben, text="psst")

    assert (await refusal(stranger))["error"] == "user_not_in_channel"
    assert stage.slack.messages(stage.general) == []
    assert [(message.text, message.to) for message in stage.slack.ephemerals(stage.general)] == [("psst", stage.anna)]
    assert stage.slack.deliveries == []


async def test_each_person_has_their_own_ephemeral_messages_also_in_threads(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    slack.join(ben, stage.general)
    root = slack.say(ben, stage.general, "root")
    await stage.client.chat_postEphemeral(channel=stage.general, user=ben, text="seen by nobody", thread_ts=root)
    slack.say(ben, stage.general, "reply", thread_ts=root)
    for user in (stage.anna, ben):
        await stage.client.chat_postEphemeral(channel=stage.general, user=user, text=f"for {user}", thread_ts=root)

    nowhere = stage.client.chat_postEphemeral(channel=stage.general, user=ben, text="psst", thread_ts="1.000000")

    (shown,) = slack.ephemerals(stage.general, ben)
    assert (shown.text, shown.thread_ts) == (f"for {ben}", root)
    assert len(slack.ephemerals(stage.general)) == 2
    assert (await refusal(nowhere))["error"] == "thread_not_found"


async def test_where_slack_takes_a_reply_to_a_root_that_is_gone_it_stands_in_the_channel() -> None:
    async with scene(takes_orphans=True) as stage:
        root = stage.slack.say(stage.anna, stage.general, "question")
        stage.slack.delete(stage.general, root)

        answer = await stage.client.chat_postMessage(channel=stage.general, text="answer", thread_ts=root)
        stream = await stage.client.chat_startStream(
            channel=stage.general,
            thread_ts=root,
            recipient_user_id=stage.anna,
            recipient_team_id=stage.slack.team_id,
        )
        ended = await stage.client.chat_stopStream(channel=stage.general, ts=stream["ts"])

        assert "thread_ts" not in answer["message"]
        assert "thread_ts" not in ended["message"]
        assert [message.ts for message in stage.slack.messages(stage.general)] == [answer["ts"], stream["ts"]]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("see https://www.example.com/a?b=1&c=2.", "see <https://www.example.com/a?b=1&amp;c=2>."),
        ("<https://www.example.com|here>, <@U1> and <!here>", "<https://www.example.com|here>, <@U1> and <!here>"),
    ],
)
async def test_posted_text_comes_back_escaped_and_with_its_links(stage: Scene, text: str, stored: str) -> None:
    answer = await stage.client.chat_postMessage(channel=stage.general, text=text)
    changed = await stage.client.chat_update(channel=stage.general, ts=answer["ts"], text=text)

    assert (answer["message"]["text"], changed["text"]) == (stored, stored)


async def test_a_message_has_a_link_and_the_link_of_a_reply_names_its_thread(stage: Scene) -> None:
    root, link = stage.ask(), stage.client.chat_getPermalink
    reply = stage.slack.say(stage.anna, stage.general, "reply", thread_ts=root)

    address = f"https://playground.slack.com/archives/{stage.general}/p"
    of_root = (await link(channel=stage.general, message_ts=root))["permalink"]
    of_reply = (await link(channel=stage.general, message_ts=reply))["permalink"]

    assert of_root == address + root.replace(".", "")
    assert of_reply == f"{address}{reply.replace('.', '')}?thread_ts={root}&cid={stage.general}"
    assert stage.slack.permalink(stage.general, reply) == of_reply


async def test_only_messages_that_are_there_and_seen_by_the_app_have_a_link(stage: Scene) -> None:
    public = stage.slack.add_channel("public", members=[stage.anna], bot_is_member=False)
    secret = stage.slack.add_channel("secret", members=[stage.anna], is_private=True, bot_is_member=False)
    link = stage.client.chat_getPermalink

    gone = await refusal(link(channel=stage.general, message_ts="1.000000"))
    hidden = await refusal(link(channel=secret, message_ts=stage.slack.say(stage.anna, secret, "psst")))

    assert (gone["error"], hidden["error"]) == ("message_not_found", "channel_not_found")
    assert await link(channel=public, message_ts=stage.slack.say(stage.anna, public, "hello"))
