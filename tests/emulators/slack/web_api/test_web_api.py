"""The envelope of the Web API: tokens, arguments, scopes, error names, and the record of calls."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.state.scopes import BOT_SCOPES, METHOD_SCOPES
from emulators.slack.web_api.web_api import METHODS
from tests.support.emulators.scene import Scene, refusal, scene


async def _raw(stage: Scene, verb: str, method: str, **options: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {stage.slack.bot_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(verb, stage.slack.api_url + method, headers=headers, **options) as response,
    ):
        body: dict[str, Any] = await response.json()
        return body


async def test_auth_test_says_who_the_bot_is_and_what_it_may_do(stage: Scene) -> None:
    answer = await stage.client.auth_test()

    assert answer["user_id"] == stage.slack.bot_user_id
    assert answer["bot_id"] == stage.slack.bot_id
    assert answer["team_id"] == stage.slack.team_id
    assert set(answer.headers["x-oauth-scopes"].split(",")) == set(BOT_SCOPES)


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-playground", "not_allowed_token_type")],
)
async def test_a_call_needs_the_bots_token(stage: Scene, token: str, error: str) -> None:
    client = AsyncWebClient(token=token, base_url=stage.slack.api_url)

    assert (await refusal(client.auth_test()))["error"] == error


async def test_opening_a_connection_needs_the_apps_token(stage: Scene) -> None:
    body = await refusal(stage.client.apps_connections_open(app_token=stage.slack.bot_token))

    assert body["error"] == "not_allowed_token_type"


async def test_an_unknown_method_is_refused_by_name(stage: Scene) -> None:
    body = await refusal(stage.client.api_call("chat.shout", json={"channel": stage.general}))

    assert body == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


@pytest.mark.parametrize(
    "options",
    [
        {"verb": "GET", "params": {"channel": "?", "text": "hello"}},
        {"verb": "POST", "params": {"channel": "?", "text": "hello"}},
        {"verb": "POST", "data": {"channel": "?", "text": "hello"}},
        {"verb": "POST", "json": {"channel": "?", "text": "hello"}},
        {"verb": "POST", "params": {"channel": "?"}, "json": {"text": "hello"}},
        {"verb": "POST", "data": {"channel": "?", "blocks": '[{"type":"markdown","text":"hello"}]'}},
    ],
)
async def test_arguments_are_found_wherever_they_are(stage: Scene, options: dict[str, Any]) -> None:
    filled = {
        name: {key: stage.general if given == "?" else given for key, given in value.items()}
        for name, value in options.items()
        if name != "verb"
    }

    answer = await _raw(stage, options["verb"], "chat.postMessage", **filled)

    assert answer["ok"], answer
    assert stage.slack.visible_text(stage.slack.messages(stage.general)[0]) == "hello"


async def test_a_broken_json_body_is_refused(stage: Scene) -> None:
    headers = {"Content-Type": "application/json"}

    assert (await _raw_text(stage, "{", headers))["error"] == "invalid_json"
    assert (await _raw_text(stage, "[]", headers))["error"] == "json_not_object"


async def _raw_text(stage: Scene, text: str, headers: dict[str, str]) -> dict[str, Any]:
    headers = headers | {"Authorization": f"Bearer {stage.slack.bot_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(stage.slack.api_url + "chat.postMessage", data=text, headers=headers) as response,
    ):
        body: dict[str, Any] = await response.json()
        return body


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"text": "hello"}, "missing required field: channel"),
        ({"channel": "?", "text": 5}, "must be a string [json-pointer:/text]"),
    ],
)
async def test_wrong_arguments_are_named(stage: Scene, values: dict[str, Any], problem: str) -> None:
    filled = {name: stage.general if value == "?" else value for name, value in values.items()}

    answer = await _raw(stage, "POST", "chat.postMessage", json=filled)

    assert answer["error"] == "invalid_arguments"
    assert answer["errors"] == [problem]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


async def test_a_missing_scope_is_named_with_those_that_there_are(stage: Scene) -> None:
    stage.slack.revoke("chat:write")
    body = await refusal(stage.client.chat_postMessage(channel=stage.general, text="hello"))

    assert (body["error"], body["needed"]) == ("missing_scope", "chat:write")
    assert "users:read" in body["provided"].split(",")
    stage.slack.grant("chat:write")
    await stage.client.chat_postMessage(channel=stage.general, text="hello")


async def test_scopes_can_be_chosen_at_the_start() -> None:
    async with scene(scopes=["chat:write"]) as stage:
        await stage.client.chat_postMessage(channel=stage.general, text="hello")
        body = await refusal(stage.client.users_info(user=stage.anna))

    assert (body["needed"], body["provided"]) == ("users:read", "chat:write")


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


async def test_every_call_is_recorded_with_its_arguments_and_outcome(stage: Scene) -> None:
    await stage.client.chat_postMessage(channel=stage.general, text="hello")
    await refusal(stage.client.chat_postMessage(channel="C-nowhere", text="hello"))

    first, second = stage.slack.calls

    assert (first.method, first.outcome) == ("chat.postMessage", "ok")
    assert first.arguments == {"channel": stage.general, "text": "hello"}
    assert second.outcome == "channel_not_found"


async def test_people_and_bots_can_be_looked_up(stage: Scene) -> None:
    user = (await stage.client.users_info(user=stage.anna))["user"]
    bot = (await stage.client.bots_info(bot=stage.slack.bot_id))["bot"]

    assert (user["name"], user["profile"]["real_name"], user["is_bot"]) == ("anna", "Anna Berg", False)
    assert (bot["user_id"], bot["app_id"]) == (stage.slack.bot_user_id, stage.slack.app_id)
    assert (await refusal(stage.client.users_info(user="U-nobody")))["error"] == "user_not_found"
    assert (await refusal(stage.client.bots_info(bot="B-nobody")))["error"] == "bot_not_found"


async def test_a_reaction_is_added_once(stage: Scene) -> None:
    stage.slack.grant("reactions:write")
    ts = stage.slack.say(stage.anna, stage.general, "hello")
    await stage.client.reactions_add(channel=stage.general, timestamp=ts, name="eyes")

    again = await refusal(stage.client.reactions_add(channel=stage.general, timestamp=ts, name="eyes"))
    odd = await refusal(stage.client.reactions_add(channel=stage.general, timestamp=ts, name="Not An Emoji"))
    nowhere = await refusal(stage.client.reactions_add(channel=stage.general, timestamp="1.000000", name="eyes"))

    assert stage.slack.messages(stage.general)[0].reactions == {"eyes": [stage.slack.bot_user_id]}
    assert [body["error"] for body in (again, odd, nowhere)] == ["already_reacted", "invalid_name", "message_not_found"]
