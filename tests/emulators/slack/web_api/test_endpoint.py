"""The endpoint of the Web API: tokens, unknown methods, and the record of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.emulator import SlackEmulator
from emulators.slack.rules.scopes import BOT_SCOPES, OPTIONAL_BOT_SCOPES
from tests.support.emulators.scene import Scene, refusal, scene


async def test_auth_test_says_who_the_bot_is_and_what_it_may_do(stage: Scene) -> None:
    answer = await stage.client.auth_test()

    assert answer["user_id"] == stage.slack.bot_user_id
    assert answer["bot_id"] == stage.slack.bot_id
    assert answer["team_id"] == stage.slack.team_id
    assert set(answer.headers["x-oauth-scopes"].split(",")) == {*BOT_SCOPES, *OPTIONAL_BOT_SCOPES}


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("the app's", "not_allowed_token_type")],
)
async def test_a_call_needs_the_bots_token(stage: Scene, token: str, error: str) -> None:
    given = stage.slack.app_token if token == "the app's" else token
    client = AsyncWebClient(token=given, base_url=stage.slack.api_url)

    assert (await refusal(client.auth_test()))["error"] == error


async def test_opening_a_connection_needs_the_apps_token(stage: Scene) -> None:
    body = await refusal(stage.client.apps_connections_open(app_token=stage.slack.bot_token))

    assert body["error"] == "not_allowed_token_type"


async def test_an_app_token_has_scopes_of_its_own() -> None:
    async with scene(app_token_scopes=["authorizations:read"]) as stage:
        body = await refusal(stage.client.apps_connections_open(app_token=stage.slack.app_token))
    async with scene() as stage:
        answer = await stage.client.apps_connections_open(app_token=stage.slack.app_token)

    assert (body["error"], body["needed"]) == ("missing_scope", "connections:write")
    assert answer.headers["x-oauth-scopes"] == answer.headers["x-accepted-oauth-scopes"] == "connections:write"


async def test_nothing_is_told_of_the_scopes_of_a_token_that_is_not_known(stage: Scene) -> None:
    client = AsyncWebClient(token="xoxb-wrong", base_url=stage.slack.api_url)

    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()

    assert "x-oauth-scopes" not in refused.value.response.headers


async def test_bots_info_tells_of_which_app_the_bot_is(stage: Scene) -> None:
    answer = await stage.client.bots_info(bot=stage.slack.bot_id)

    assert answer["bot"]["app_id"] == stage.slack.app_id
    assert answer["bot"]["user_id"] == stage.slack.bot_user_id
    assert (await refusal(stage.client.bots_info(bot="B0NOBODY")))["error"] == "bot_not_found"


async def test_an_unknown_method_is_refused_by_name(stage: Scene) -> None:
    body = await refusal(stage.client.api_call("chat.shout", json={"channel": stage.general}))

    assert body == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


async def test_every_call_is_recorded_with_its_arguments_and_outcome(stage: Scene) -> None:
    await stage.client.chat_postMessage(channel=stage.general, text="hello")
    await refusal(stage.client.chat_postMessage(channel="C-nowhere", text="hello"))

    first, second = stage.slack.calls

    assert (first.method, first.outcome) == ("chat.postMessage", "ok")
    assert first.arguments == {"channel": stage.general, "text": "hello"}
    assert second.outcome == "channel_not_found"


async def test_the_tokens_of_two_runs_differ_and_nobody_can_guess_them() -> None:
    tokens = {token for slack in (SlackEmulator(), SlackEmulator()) for token in _tokens_of(slack)}

    assert len(tokens) == 6
    assert all(len(token) > 40 for token in tokens)


def _tokens_of(slack: SlackEmulator) -> tuple[str, str, str]:
    return slack.bot_token, slack.app_token, slack.control_token


async def test_who_listens_is_told_of_each_call_with_its_answer(stage: Scene) -> None:
    told: list[tuple[str, Mapping[str, Any] | None]] = []
    stage.slack.listen(lambda call, answer: told.append((call.outcome, answer)))
    stage.slack.faults.add(method="users.info", kind="error", error="fatal_error")
    stage.slack.faults.add(method="conversations.info", kind="lost_reply")
    await stage.client.auth_test()
    await refusal(stage.client.chat_postMessage(channel="C-nowhere", text="hello"))
    await refusal(stage.client.users_info(user=stage.anna))
    await stage.client.conversations_info(channel=stage.general)  # the SDK repeats a call whose reply is lost

    (_, first), *others, (repeated, _) = told
    assert first is not None
    assert first["team_id"] == stage.slack.team_id
    assert others == [
        ("channel_not_found", {"ok": False, "error": "channel_not_found"}),
        ("error", {"ok": False, "error": "fatal_error"}),
        ("lost_reply", None),
    ]
    assert repeated == "ok"
