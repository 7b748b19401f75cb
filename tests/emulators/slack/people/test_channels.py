"""What people and other bots do in channels, and what the app is told of it."""

from __future__ import annotations

import pytest

from tests.support.emulators.files import download, shared
from tests.support.emulators.scene import Scene, heard, refusal


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
