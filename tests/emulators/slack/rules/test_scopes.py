"""Which scopes the app needs."""

from __future__ import annotations

from emulators.slack.rules.scopes import METHOD_SCOPES
from emulators.slack.web_api.endpoint import METHODS
from tests.support.emulators.scene import Scene, refusal


async def test_a_missing_scope_is_named_with_the_granted_ones(stage: Scene) -> None:
    stage.slack.revoke("chat:write")
    body = await refusal(stage.client.chat_postMessage(channel=stage.general, text="hello"))

    assert (body["error"], body["needed"]) == ("missing_scope", "chat:write")
    assert "users:read" in body["provided"].split(",")
    stage.slack.grant("chat:write")
    await stage.client.chat_postMessage(channel=stage.general, text="hello")


async def test_reading_a_channel_needs_the_scope_of_its_kind(stage: Scene) -> None:
    secret = stage.slack.add_channel("secret", members=[stage.anna], is_private=True)
    ts = stage.slack.say(stage.anna, secret, "psst")
    stage.slack.revoke("groups:history", "groups:read")

    replies = await refusal(stage.client.conversations_replies(channel=secret, ts=ts))
    info = await refusal(stage.client.conversations_info(channel=secret))
    listing = await refusal(stage.client.users_conversations(types="private_channel"))

    assert (replies["error"], replies["needed"]) == ("missing_scope", "groups:history")
    assert info["needed"] == listing["needed"] == "groups:read"


async def test_every_method_has_its_scopes_written_down() -> None:
    assert set(METHODS) == set(METHOD_SCOPES)
