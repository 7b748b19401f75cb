"""Message shortcuts and commands: where they work, what reaches the app, and what its answer shows."""

from __future__ import annotations

import aiohttp
import pytest

from tests.support.emulators.scene import Scene, envelopes, scene

ASK = "ask_about_message"


async def test_a_shortcut_brings_the_message_that_it_was_used_on(stage: Scene) -> None:
    slack = stage.slack
    slack.revoke("channels:history")  # no message events, to have the shortcut alone
    root = slack.say(stage.anna, stage.general, "root")
    reply = slack.say(stage.anna, stage.general, "a reply", thread_ts=root)
    async with envelopes(stage) as socket:
        slack.use_shortcut(stage.anna, stage.general, reply, ASK)
        frame = await socket.receive_json(timeout=5)

    payload = frame["payload"]
    assert (frame["type"], payload["type"], payload["callback_id"]) == ("interactive", "message_action", ASK)
    assert set(payload) == {
        "type",
        "token",
        "action_ts",
        "team",
        "user",
        "channel",
        "is_enterprise_install",
        "enterprise",
        "callback_id",
        "trigger_id",
        "response_url",
        "message_ts",
        "message",
    }
    assert (payload["user"]["id"], payload["channel"]) == (stage.anna, {"id": stage.general, "name": "general"})
    assert payload["message_ts"] == payload["message"]["ts"] == reply
    assert (payload["message"]["text"], payload["message"]["thread_ts"]) == ("a reply", root)


async def test_a_shortcut_works_where_the_app_is_not_and_its_answer_is_for_one_person(stage: Scene) -> None:
    slack = stage.slack
    other = slack.add_channel("other", bot_is_member=False)
    ts = slack.say(stage.anna, other, "hello")
    async with envelopes(stage) as socket, aiohttp.ClientSession() as session:
        slack.use_shortcut(stage.anna, other, ts, ASK)
        payload = (await socket.receive_json(timeout=5))["payload"]
        async with session.post(payload["response_url"], json={"text": "for you"}) as response:
            assert response.status == 200

    (shown,) = slack.ephemerals(other)
    assert (shown.text, shown.to) == ("for you", stage.anna)


async def test_what_a_command_is_acknowledged_with_is_shown_to_the_person_alone(stage: Scene) -> None:
    slack = stage.slack
    async with envelopes(stage) as socket:
        slack.run_command(stage.anna, stage.general, "/agent", "help")
        frame = await socket.receive_json(timeout=5)
        await socket.send_json({"envelope_id": frame["envelope_id"], "payload": {"text": "for you"}})
        (shown,) = await slack.until(lambda: slack.ephemerals(stage.general))

    assert (shown.text, shown.to) == ("for you", stage.anna)


async def test_a_shortcut_works_only_on_messages_that_the_person_sees(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    secret = slack.add_channel("secret", members=[ben], is_private=True)
    hidden = slack.say(ben, secret, "psst")

    with pytest.raises(ValueError, match="sees no message"):
        slack.use_shortcut(stage.anna, secret, hidden, ASK)
    with pytest.raises(ValueError, match="sees no message"):
        slack.use_shortcut(stage.anna, stage.general, "1.000000", ASK)


async def test_only_declared_shortcuts_can_be_used() -> None:
    async with scene(shortcuts=["summarize"]) as stage:
        ts = stage.slack.say(stage.anna, stage.general, "hello")

        stage.slack.use_shortcut(stage.anna, stage.general, ts, "summarize")
        with pytest.raises(ValueError, match=ASK):
            stage.slack.use_shortcut(stage.anna, stage.general, ts, ASK)


async def test_shortcuts_and_commands_need_their_scope(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "hello")
    stage.slack.revoke("commands")

    with pytest.raises(ValueError, match="commands"):
        stage.slack.use_shortcut(stage.anna, stage.general, ts, ASK)
    with pytest.raises(ValueError, match="commands"):
        stage.slack.run_command(stage.anna, stage.general, "/agent")
