"""What people and other bots do in channels, and what the app is told of it."""

from __future__ import annotations

import pytest

from tests.support.emulators.files import download, shared
from tests.support.emulators.scene import NOON, Scene, heard, refusal


async def test_an_unfurled_link_changes_a_message_but_not_its_text(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "see <https://example.com/>")
    stage.slack.unfurl(stage.general, ts)

    event = (await heard(stage, 2))[-1]["event"]

    assert event["subtype"] == "message_changed"
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert "edited" not in event["message"]
    assert event["message"]["attachments"]


async def test_an_edit_changes_the_text_and_keeps_tables_files_and_attachments(stage: Scene) -> None:
    table = {"type": "table", "block_id": "numbers", "rows": [[{"type": "raw_text", "text": "42"}]]}
    ts = stage.slack.say(
        stage.anna,
        stage.general,
        "what is this?",
        files=[{"name": "notes.txt"}],
        attachments=[{"text": "forwarded"}],
        blocks=[{"type": "rich_text", "elements": []}, table],
    )
    stage.slack.edit(stage.general, ts, "what is that?")

    (event,) = [body["event"] for body in await heard(stage, 2) if "previous_message" in body["event"]]
    before, after = event["previous_message"], event["message"]

    assert (before["text"], after["text"]) == ("what is this?", "what is that?")
    assert [block["type"] for block in after["blocks"]] == ["rich_text", "table"]
    assert before["blocks"][1] == after["blocks"][1] == table
    assert before["files"] == after["files"]
    assert before["attachments"] == after["attachments"] == [{"text": "forwarded"}]


async def test_a_reply_changes_its_root_only_once_slack_recounts(stage: Scene) -> None:
    slack = stage.slack
    root = slack.say(stage.anna, stage.general, "root")
    with pytest.raises(ValueError, match="no replies"):
        slack.recount(stage.general, root)
    slack.say(stage.anna, stage.general, "first", thread_ts=root)
    slack.say(slack.add_user("ben"), stage.general, "second", thread_ts=root)
    assert len(slack.deliveries) == 3
    slack.recount(stage.general, root)

    (event,) = [body["event"] for body in await heard(stage, 4) if "previous_message" in body["event"]]
    before, after = event["previous_message"], event["message"]

    assert (event["subtype"], before["text"], after["text"]) == ("message_changed", "root", "root")
    assert (before["reply_count"], after["reply_count"]) == (1, 2)
    assert (before["reply_users_count"], after["reply_users_count"]) == (1, 2)
    assert "edited" not in after


async def test_edits_and_deletions_by_people_are_told(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "first")
    stage.slack.edit(stage.general, ts, "second")
    stage.slack.delete(stage.general, ts)

    events = [body["event"] for body in await heard(stage, 3)]
    by_subtype = {event.get("subtype"): event for event in events}

    assert by_subtype["message_changed"]["message"]["edited"]["user"] == stage.anna
    assert by_subtype["message_deleted"]["deleted_ts"] == ts
    assert by_subtype["message_deleted"]["previous_message"]["text"] == "second"
    assert stage.slack.messages(stage.general) == []


async def test_a_root_with_replies_changes_into_a_tombstone(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "secret")
    reply = stage.slack.say(stage.anna, stage.general, "reply", thread_ts=root)
    stage.slack.delete(stage.general, root)

    (event,) = [body["event"] for body in await heard(stage, 3) if body["event"].get("hidden")]
    listed = await stage.client.conversations_replies(channel=stage.general, ts=root)

    assert (event["subtype"], event["previous_message"]["text"]) == ("message_changed", "secret")
    assert listed["messages"][0] == event["message"] | {"subscribed": False}
    assert event["message"] == {
        "type": "message",
        "subtype": "tombstone",
        "hidden": True,
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "ts": root,
        "is_locked": False,
        "thread_ts": root,
        "reply_count": 1,
        "reply_users": [stage.anna],
        "reply_users_count": 1,
        "latest_reply": reply,
    }


async def test_a_tombstone_goes_with_the_last_reply_below_it(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "root")
    reply = stage.slack.say(stage.anna, stage.general, "reply", thread_ts=root)
    stage.slack.delete(stage.general, root)

    stage.slack.delete(stage.general, reply)

    assert stage.slack.messages(stage.general) == []


async def test_a_message_of_another_bot_carries_its_bot_id_and_no_subtype(stage: Scene) -> None:
    stage.slack.say_as_other_bot(stage.general, "beep")

    (body,) = await heard(stage)

    assert body["event"]["bot_id"] not in ("", stage.slack.bot_id)
    assert "subtype" not in body["event"]


async def test_a_join_leaves_a_notice_in_the_channel(stage: Scene) -> None:
    ben = stage.slack.add_user("ben")
    stage.slack.join(ben, stage.general)
    stage.slack.join(ben, stage.general)

    (body,) = await heard(stage)

    assert body["event"]["subtype"] == "channel_join"
    assert len(stage.slack.deliveries) == 1


async def test_who_leaves_a_channel_leaves_a_notice_and_may_come_back(stage: Scene) -> None:
    stage.slack.leave(stage.anna, stage.general)

    (body,) = await heard(stage)
    assert body["event"]["subtype"] == "channel_leave"
    assert stage.anna not in stage.slack.backend.workspace.channels[stage.general].members
    with pytest.raises(ValueError, match="cannot leave"):
        stage.slack.leave(stage.anna, stage.general)
    stage.slack.join(stage.anna, stage.general)
    assert stage.anna in stage.slack.backend.workspace.channels[stage.general].members


async def test_a_deleted_file_leaves_a_tombstone(stage: Scene) -> None:
    file = shared(stage)
    stage.slack.delete_file(file["id"])

    unknown = await refusal(stage.client.files_info(file="F-none"))
    deleted = await refusal(stage.client.files_info(file=file["id"]))
    events = [body["event"] for body in await heard(stage, 2)]
    (changed,) = [event["message"] for event in events if event["subtype"] == "message_changed"]

    assert (unknown["error"], deleted["error"]) == ("file_not_found", "file_deleted")
    assert (await download(stage, file["url_private"]))[0] == 404
    assert changed["files"] == [{"id": file["id"], "mode": "tombstone"}]
    assert changed["text"] == "read this"
    assert stage.slack.messages(stage.general)[0].files == changed["files"]


async def test_topic_and_purpose_stand_in_the_channel_with_who_set_them_and_when(still: Scene) -> None:
    slack = still.slack
    secret = slack.add_channel("secret", members=[still.anna], is_private=True, topic="Old", purpose="Storms")
    slack.clock.advance(100.0)
    slack.set_topic(still.anna, secret, "New")

    channel = (await still.client.conversations_info(channel=secret))["channel"]
    plain = (await still.client.conversations_info(channel=still.general))["channel"]

    assert channel["topic"] == {"value": "New", "creator": still.anna, "last_set": int(NOON) + 100}
    assert channel["purpose"] == {"value": "Storms", "creator": still.anna, "last_set": int(NOON)}
    assert plain["topic"] == plain["purpose"] == {"value": "", "creator": "", "last_set": 0}


async def test_a_new_topic_purpose_or_name_is_told_as_a_notice_in_the_channel(stage: Scene) -> None:
    slack, anna = stage.slack, stage.anna
    secret = slack.add_channel("secret", members=[anna], is_private=True)
    slack.set_topic(anna, stage.general, "Numbers")
    slack.set_topic(anna, secret, "")
    slack.set_purpose(anna, stage.general, "To count")
    slack.rename_channel(anna, stage.general, "all")

    events = {body["event"]["subtype"]: body["event"] for body in await heard(stage, 4)}

    texts = {subtype: event["text"] for subtype, event in events.items()}
    assert texts == {
        "channel_topic": f"<@{anna}> set the channel topic: Numbers",
        "group_topic": f"<@{anna}> cleared the channel topic",
        "channel_purpose": f"<@{anna}> set the channel purpose: To count",
        "channel_name": f'<@{anna}> has renamed the channel from "general" to "all"',
    }
    assert events["channel_topic"]["topic"] == "Numbers"
    assert events["channel_purpose"]["purpose"] == "To count"
    assert (events["channel_name"]["old_name"], events["channel_name"]["name"]) == ("general", "all")
    assert [message.subtype for message in slack.messages(secret)] == ["group_topic"]
    assert (await stage.client.conversations_info(channel=stage.general))["channel"]["name"] == "all"


async def test_only_members_describe_a_channel_and_nobody_direct_messages(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    other = slack.add_channel("other", members=[ben])

    with pytest.raises(ValueError, match="can change nothing"):
        slack.set_topic(stage.anna, other, "mine")
    with pytest.raises(ValueError, match="direct messages"):
        slack.set_purpose(stage.anna, slack.open_dm(stage.anna), "ours")
    with pytest.raises(ValueError, match="taken"):
        slack.rename_channel(ben, other, "general")
    slack.archive(other)
    with pytest.raises(ValueError, match="can change nothing"):
        slack.rename_channel(ben, other, "new")


async def test_what_was_said_earlier_stands_there_and_is_told_to_nobody(still: Scene) -> None:
    slack = still.slack
    root = slack.say_earlier(still.anna, still.general, "shall we?", at=NOON - 200)
    reply = slack.say_earlier(still.anna, still.general, "we shall", at=NOON - 100, thread_ts=root)
    now = slack.say(still.anna, still.general, "good")

    shown = (await still.client.conversations_history(channel=still.general))["messages"]

    assert [message["ts"] for message in shown] == [now, root]
    assert shown[1]["reply_count"] == 1
    assert (root, reply) == ("1766457800.000000", "1766457900.000000")
    assert [delivery.ts for delivery in slack.deliveries] == [now]


async def test_nothing_is_said_before_what_was_said_or_in_the_future(still: Scene) -> None:
    slack = still.slack
    slack.say_earlier(still.anna, still.general, "first", at=NOON - 100)

    with pytest.raises(ValueError, match="newer"):
        slack.say_earlier(still.anna, still.general, "before", at=NOON - 200)
    with pytest.raises(ValueError, match="past"):
        slack.say_earlier(still.anna, still.general, "tomorrow", at=NOON + 1)
