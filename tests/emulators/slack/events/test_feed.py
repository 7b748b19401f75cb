"""Which events the app is told, and what they look like."""

from __future__ import annotations

import base64
import json

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
        "action_token": event["action_token"],
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


async def test_events_name_the_type_of_private_channels_and_group_messages(stage: Scene) -> None:
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


@pytest.mark.parametrize(("told", "mentions"), [("none", 0), ("new", 1), ("all", 2)])
async def test_an_edit_that_mentions_the_app_may_be_told_as_a_mention_too(told: str, mentions: int) -> None:
    async with scene(mentions_of_edits=told) as stage:
        slack = stage.slack
        ts = slack.say(stage.anna, stage.general, "to nobody")
        slack.edit(stage.general, ts, f"<@{slack.bot_user_id}> hello")
        slack.edit(stage.general, ts, f"<@{slack.bot_user_id}> good morning")

        events = [body["event"] for body in await heard(stage, 3 + mentions)]

    told_as_mentions = [event for event in events if event["type"] == "app_mention"]
    assert [(event["ts"], "edited" in event) for event in told_as_mentions] == [(ts, True)] * mentions
    assert all(event["event_ts"] > ts for event in told_as_mentions)


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


def _mention(stage: Scene) -> str:
    return stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello")


async def test_the_two_events_of_a_mention_come_in_either_order(stage: Scene) -> None:
    for _ in range(20):
        _mention(stage)

    first = {delivery.event_type for delivery in stage.slack.deliveries[::2]}

    assert first == {"message", "app_mention"}


ELSEWHERE = "T0ELSEWHERE"


async def test_a_message_from_another_workspace_says_where_it_is_from(stage: Scene) -> None:
    slack = stage.slack
    sven = slack.add_user("sven", real_name="Sven Lund", team_id=ELSEWHERE)
    partners = slack.add_channel("partners", members=[stage.anna, sven], is_shared=True)
    slack.say(sven, partners, "hej")

    (body,) = await heard(stage)
    event = body["event"]

    assert (event["team"], event["user_team"], event["source_team"]) == (ELSEWHERE,) * 3
    assert (event["user_profile"]["real_name"], event["user_profile"]["team"]) == ("Sven Lund", ELSEWHERE)
    assert (body["is_ext_shared_channel"], body["team_id"]) == (True, ELSEWHERE)
    assert body["authorizations"][0]["team_id"] == body["context_team_id"] == slack.team_id


async def test_a_colleagues_message_in_a_shared_channel_is_marked_by_its_envelope_alone(stage: Scene) -> None:
    partners = stage.slack.add_channel("partners", is_shared=True)
    stage.slack.say(stage.anna, partners, "hello")

    (body,) = await heard(stage)
    info = (await stage.client.conversations_info(channel=partners))["channel"]

    assert (body["is_ext_shared_channel"], body["team_id"]) == (True, stage.slack.team_id)
    assert not body["event"].keys() & {"user_team", "source_team", "user_profile"}
    assert (info["is_shared"], info["is_ext_shared"]) == (True, True)
