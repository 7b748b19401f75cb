"""The endpoint of the Web API: tokens, unknown methods, and the record of calls."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.emulator import SlackEmulator
from emulators.slack.rules.scopes import BOT_SCOPES
from tests.support.emulators.scene import Scene, refusal


async def test_auth_test_says_who_the_bot_is_and_what_it_may_do(stage: Scene) -> None:
    answer = await stage.client.auth_test()

    assert answer["user_id"] == stage.slack.bot_user_id
    assert answer["bot_id"] == stage.slack.bot_id
    assert answer["team_id"] == stage.slack.team_id
    assert set(answer.headers["x-oauth-scopes"].split(",")) == set(BOT_SCOPES)


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
