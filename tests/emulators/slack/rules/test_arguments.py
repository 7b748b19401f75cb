"""Where the arguments of a call are found, and how wrong ones are named."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.support.emulators.scene import Scene


async def _raw(stage: Scene, verb: str, method: str, content_type: str = "", **options: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {stage.slack.bot_token}"}
    headers |= {"Content-Type": content_type} if content_type else {}
    async with (
        aiohttp.ClientSession() as session,
        session.request(verb, stage.slack.api_url + method, headers=headers, **options) as response,
    ):
        body: dict[str, Any] = await response.json()
        return body


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
    filled: dict[str, Any] = {
        name: {key: stage.general if given == "?" else given for key, given in value.items()}
        for name, value in options.items()
        if name != "verb"
    }

    answer = await _raw(stage, options["verb"], "chat.postMessage", **filled)

    assert answer["ok"], answer
    assert stage.slack.visible_text(stage.slack.messages(stage.general)[0]) == "hello"


async def test_a_broken_json_body_is_refused(stage: Scene) -> None:
    errors = [
        (await _raw(stage, "POST", "chat.postMessage", data=text, content_type="application/json"))["error"]
        for text in ("{", "[]")
    ]

    assert errors == ["invalid_json", "json_not_object"]


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
