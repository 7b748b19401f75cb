"""Buttons, shortcuts and commands: what reaches the app, and what its answer shows."""

from __future__ import annotations

import pytest

from tests.support.emulators.posts import post
from tests.support.emulators.scene import Scene, envelopes, next_frame, scene
from tests.support.emulators.views import actions, button, modal, pressed

ASK = "ask_about_message"
STOP = actions(button("stop", value="run-1"), block_id="choice")


async def test_a_pressed_button_arrives_once_and_its_acknowledgement_may_carry_an_answer(still: Scene) -> None:
    still.slack.revoke("channels:history")
    ts = await post(still, blocks=[STOP])
    async with envelopes(still) as socket:
        still.slack.press_button(still.anna, still.general, ts, "stop")
        frame = await next_frame(socket)
        still.slack.clock.advance(1_000.0)
        await socket.send_json({"envelope_id": frame["envelope_id"], "payload": {"text": "thanks"}})
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

    payload = frame["payload"]
    assert (frame["type"], frame["accepts_response_payload"]) == ("interactive", True)
    assert "retry_attempt" not in frame
    assert (payload["type"], payload["user"]["id"]) == ("block_actions", still.anna)
    assert payload["container"]["message_ts"] == ts
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("stop", "choice", "run-1")
    assert still.slack.deliveries[0].attempts == 1
    assert still.slack.deliveries[0].answer == {"text": "thanks"}


async def test_an_action_has_the_block_id_that_the_message_shows(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[{"type": "divider"}, actions(button("go"))])

    payload = await pressed(quiet, ts, "go")

    assert payload["actions"][0]["block_id"] == payload["message"]["blocks"][1]["block_id"]
    assert payload["message"]["blocks"][0]["block_id"] != payload["message"]["blocks"][1]["block_id"]


async def test_a_click_can_be_delivered_twice(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[STOP])
    async with envelopes(quiet) as socket:
        quiet.slack.press_button(quiet.anna, quiet.general, ts, "stop", twice=True)
        first, second = await next_frame(socket), await next_frame(socket)

    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"] == second["payload"]
    assert len(quiet.slack.deliveries) == 2


async def test_a_button_gives_a_trigger_for_a_modal(quiet: Scene) -> None:
    trigger_id = (await pressed(quiet, await post(quiet, blocks=[STOP]), "stop"))["trigger_id"]

    await quiet.client.views_open(trigger_id=trigger_id, view=modal())

    assert quiet.slack.modal(quiet.anna) is not None


async def test_a_slash_command_arrives_as_a_flat_form(quiet: Scene) -> None:
    async with envelopes(quiet) as socket:
        quiet.slack.run_command(quiet.anna, quiet.general, "/agent", "hello")
        frame = await next_frame(socket)

    payload = frame["payload"]
    assert frame["type"] == "slash_commands"
    assert (payload["command"], payload["text"], payload["user_name"]) == ("/agent", "hello", "anna")
    assert payload["is_enterprise_install"] == "false"


async def test_what_a_command_is_acknowledged_with_is_shown_to_the_person_alone(quiet: Scene) -> None:
    slack = quiet.slack
    async with envelopes(quiet) as socket:
        slack.run_command(quiet.anna, quiet.general, "/agent", "help")
        frame = await next_frame(socket)
        await socket.send_json({"envelope_id": frame["envelope_id"], "payload": {"text": "for you"}})
        (shown,) = await slack.until(lambda: slack.ephemerals(quiet.general))

    assert (shown.text, shown.to) == ("for you", quiet.anna)


async def test_a_shortcut_brings_the_message_that_it_was_used_on(quiet: Scene) -> None:
    slack = quiet.slack
    root = slack.say(quiet.anna, quiet.general, "root")
    reply = slack.say(quiet.anna, quiet.general, "a reply", thread_ts=root)
    async with envelopes(quiet) as socket:
        slack.use_shortcut(quiet.anna, quiet.general, reply, ASK)
        frame = await next_frame(socket)

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
    assert (payload["user"]["id"], payload["channel"]) == (quiet.anna, {"id": quiet.general, "name": "general"})
    assert payload["message_ts"] == payload["message"]["ts"] == reply
    assert (payload["message"]["text"], payload["message"]["thread_ts"]) == ("a reply", root)


async def test_a_shortcut_works_where_the_app_is_not_but_only_on_messages_that_the_person_sees(quiet: Scene) -> None:
    slack = quiet.slack
    ben = slack.add_user("ben")
    other = slack.add_channel("other", bot_is_member=False)
    secret = slack.add_channel("secret", members=[ben], is_private=True)

    slack.use_shortcut(quiet.anna, other, slack.say(quiet.anna, other, "hello"), ASK)
    with pytest.raises(ValueError, match="not a member"):
        slack.use_shortcut(quiet.anna, secret, slack.say(ben, secret, "psst"), ASK)
    with pytest.raises(ValueError, match="no message"):
        slack.use_shortcut(quiet.anna, quiet.general, "1.000000", ASK)

    assert [delivery.channel for delivery in slack.deliveries if delivery.event_type == "message_action"] == [other]


async def test_only_declared_shortcuts_can_be_used() -> None:
    async with scene(shortcuts=["summarize"]) as stage:
        ts = stage.slack.say(stage.anna, stage.general, "hello")

        stage.slack.use_shortcut(stage.anna, stage.general, ts, "summarize")
        with pytest.raises(ValueError, match=ASK):
            stage.slack.use_shortcut(stage.anna, stage.general, ts, ASK)


async def test_shortcuts_and_commands_need_their_scope(quiet: Scene) -> None:
    ts = quiet.slack.say(quiet.anna, quiet.general, "hello")
    quiet.slack.revoke("commands")

    with pytest.raises(ValueError, match="commands"):
        quiet.slack.use_shortcut(quiet.anna, quiet.general, ts, ASK)
    with pytest.raises(ValueError, match="commands"):
        quiet.slack.run_command(quiet.anna, quiet.general, "/agent")
