"""Which events the app is told about, and what they look like."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from tests.support.emulators.scene import Scene, heard, scene


async def test_a_message_in_a_channel_has_the_shape_that_slack_sends(stage: Scene) -> None:
    slack = stage.slack
    ts = slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> 1")

    bodies = {body["event"]["type"]: body for body in await heard(stage, 2)}
    event = bodies["message"]["event"]

    assert event == {
        "type": "message",
        "user": stage.anna,
        "ts": ts,
        "client_msg_id": event["client_msg_id"],
        "text": f"<@{slack.bot_user_id}> 1",
        "team": slack.team_id,
        "blocks": [
            {
                "type": "rich_text",
                "block_id": event["blocks"][0]["block_id"],
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "user", "user_id": slack.bot_user_id}, {"type": "text", "text": " 1"}],
                    }
                ],
            }
        ],
        "channel": stage.general,
        "event_ts": ts,
        "channel_type": "channel",
    }
    mention = {name: value for name, value in event.items() if name != "channel_type"} | {"type": "app_mention"}
    assert bodies["app_mention"]["event"] == mention


async def test_the_envelope_names_team_app_and_installation(stage: Scene) -> None:
    slack = stage.slack
    slack.say(stage.anna, stage.general, "hello")

    (body,) = await heard(stage)

    assert (body["type"], body["team_id"], body["api_app_id"]) == ("event_callback", slack.team_id, slack.app_id)
    assert body["authorizations"][0]["user_id"] == slack.bot_user_id
    assert body["context_team_id"] == slack.team_id
    context = body["event_context"].removeprefix("4-")
    facts = json.loads(base64.b64decode(context + "=" * (-len(context) % 4)))
    assert facts == {"et": "message", "tid": slack.team_id, "aid": slack.app_id, "cid": stage.general}


async def test_a_reply_names_its_thread_and_the_author_of_the_root(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    root = slack.say(stage.anna, stage.general, "root")
    slack.say(ben, stage.general, "reply", thread_ts=root)

    events = [body["event"] for body in await heard(stage, 2)]
    reply = next(event for event in events if event["text"] == "reply")

    assert (reply["thread_ts"], reply["parent_user_id"], reply["user"]) == (root, stage.anna, ben)


async def test_a_direct_message_is_one_event_even_with_a_mention(stage: Scene) -> None:
    slack = stage.slack
    dm = slack.open_dm(stage.anna)
    slack.say(stage.anna, dm, f"<@{slack.bot_user_id}> hello")

    (body,) = await heard(stage)

    assert (body["event"]["type"], body["event"]["channel_type"]) == ("message", "im")
    assert "thread_ts" not in body["event"]
    assert len(slack.deliveries) == 1


async def test_channel_types_are_those_of_private_channels_and_group_messages(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    secret = slack.add_channel("secret", members=[stage.anna], is_private=True)
    slack.say(stage.anna, secret, "here")
    slack.say(ben, slack.open_group_dm([stage.anna, ben]), "there")

    events = [body["event"] for body in await heard(stage, 2)]

    assert {event["text"]: event["channel_type"] for event in events} == {"here": "group", "there": "mpim"}


async def test_nothing_is_told_about_channels_that_the_app_is_not_in(stage: Scene) -> None:
    slack = stage.slack
    other = slack.add_channel("other", members=[stage.anna], bot_is_member=False)

    slack.say(stage.anna, other, f"<@{slack.bot_user_id}> hello")

    assert slack.deliveries == []


async def test_events_need_their_subscription_and_their_scope() -> None:
    async with scene(events=["app_mention", "message.channels"]) as stage:
        slack = stage.slack
        slack.say(stage.anna, slack.open_dm(stage.anna), "not subscribed to")
        slack.revoke("channels:history")
        slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> no scope for message.channels")

        assert [delivery.event_type for delivery in slack.deliveries] == ["app_mention"]


async def test_the_apps_own_posts_come_back_without_a_subtype(stage: Scene) -> None:
    await stage.client.chat_postMessage(channel=stage.general, text="hello")

    (body,) = await heard(stage, own_events=True)
    event = body["event"]

    assert (event["user"], event["bot_id"]) == (stage.slack.bot_user_id, stage.slack.bot_id)
    assert event["bot_profile"]["user_id"] == stage.slack.bot_user_id
    assert "subtype" not in event


async def test_an_update_by_the_app_comes_as_message_changed_with_the_bot_id_as_editor(stage: Scene) -> None:
    posted = await stage.client.chat_postMessage(channel=stage.general, text="old")
    await stage.client.chat_update(channel=stage.general, ts=posted["ts"], text="new")

    bodies = await heard(stage, 2, own_events=True)
    event = next(body["event"] for body in bodies if "subtype" in body["event"])

    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["message"]["text"], event["previous_message"]["text"]) == ("new", "old")
    assert event["message"]["edited"]["user"] == stage.slack.bot_id
    assert event["ts"] > event["message"]["ts"] == posted["ts"]


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


async def test_a_message_of_another_bot_carries_its_bot_id_and_no_subtype(stage: Scene) -> None:
    stage.slack.say_as_other_bot(stage.general, "beep")

    (body,) = await heard(stage)

    assert body["event"]["bot_id"] not in ("", stage.slack.bot_id)
    assert "subtype" not in body["event"]


async def test_a_shared_file_is_a_file_share_message_and_a_mention_without_subtype(stage: Scene) -> None:
    slack = stage.slack
    file = {"name": "notes.txt", "content": "hello"}
    slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> read", files=[file])

    events = {body["event"]["type"]: body["event"] for body in await heard(stage, 2)}

    assert events["message"]["subtype"] == "file_share"
    assert "subtype" not in events["app_mention"]
    assert events["app_mention"]["files"][0]["mimetype"] == "text/plain"


async def test_mentions_can_be_without_the_files_that_the_message_has() -> None:
    async with scene(mentions_without_files=True) as stage:
        slack = stage.slack
        slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> read", files=[{"name": "notes.txt"}])

        events = {body["event"]["type"]: body["event"] for body in await heard(stage, 2)}

    assert not events["app_mention"].keys() & {"files", "upload", "display_as_bot"}
    assert (events["message"]["subtype"], len(events["message"]["files"])) == ("file_share", 1)


async def test_joining_leaves_a_notice_in_the_channel(stage: Scene) -> None:
    ben = stage.slack.add_user("ben")
    stage.slack.join(ben, stage.general)
    stage.slack.join(ben, stage.general)

    (body,) = await heard(stage)

    assert body["event"]["subtype"] == "channel_join"
    assert len(stage.slack.deliveries) == 1


async def test_opening_the_apps_page_and_pressing_stop_are_told(stage: Scene) -> None:
    slack = stage.slack
    root = slack.say(stage.anna, stage.general, "work")
    slack.open_app_home(stage.anna)
    slack.press_stop(stage.anna, stage.general, root)

    events = {body["event"]["type"]: body["event"] for body in await heard(stage, 3)}

    assert events["app_home_opened"]["tab"] == "messages"
    assert events["app_home_opened"]["channel"] == slack.open_dm(stage.anna)
    assert events["agent_session_stopped"]["thread_ts"] == root


async def test_people_can_do_only_what_slack_lets_them_do(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    secret = slack.add_channel("secret", members=[ben], is_private=True)
    root = slack.say(stage.anna, stage.general, "root")
    reply = slack.say(stage.anna, stage.general, "reply", thread_ts=root)
    attempts: list[Callable[[], object]] = [
        lambda: slack.say(stage.anna, secret, "not a member"),
        lambda: slack.say("U-nobody", stage.general, "no such person"),
        lambda: slack.say(stage.anna, stage.general, "a thread in a thread", thread_ts=reply),
        lambda: slack.edit(stage.general, "1.000000", "no such message"),
        lambda: slack.join(ben, slack.open_dm(stage.anna)),
    ]

    refused = 0
    for attempt in attempts:
        try:
            attempt()
        except ValueError:
            refused += 1

    assert refused == len(attempts)
