"""Promises of questions in the middle of a call (the older protocol): the call ends, and is made again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from agent_worker.payloads.inputs import InputAnswer, InputRequest, Inputs
from tests.support.mcp.servers import calls_of, connected, misbehaving, scripted, until

pytestmark = pytest.mark.usefixtures("processes")


def request_in(result: dict[str, Any]) -> InputRequest:
    return InputRequest.model_validate(result["asks"])


def accepted(request: InputRequest, content: dict[str, Any] | None) -> Inputs:
    answers = [InputAnswer(key=one.key, digest=one.digest, action="accept", content=content) for one in request.asks]
    return Inputs(state=request.state, answers=answers)


async def test_a_question_ends_the_call_and_the_server_hears_first_that_it_is_given_up(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, "--old")) as odd:
        request = request_in(await odd.call("odd__ask"))
        await until(lambda: len(calls_of(tmp_path)) == 4)

    assert (request.begins_again, request.asks[0].message) == (True, "Are you sure?")
    assert calls_of(tmp_path) == ["started", "ask {}", "cancelled", 'answered {"action": "cancel"}']


async def test_the_call_begins_again_and_the_question_is_answered_in_the_middle_of_it(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, "--old")) as odd:
        request = request_in(await odd.call("odd__ask"))
        await until(lambda: len(calls_of(tmp_path)) == 4)
        result = await odd.call("odd__ask", inputs=accepted(request, {"sure": True}))

    assert result == {"output": "You say accept."}
    assert calls_of(tmp_path)[4:] == ["ask {}", 'answered {"action": "accept", "content": {"sure": true}}']


async def test_a_question_amid_several_calls_is_not_answered_and_the_model_hears_why(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, "--old")) as odd:
        slow = asyncio.create_task(odd.call("odd__slow"))
        await until(lambda: "slow {}" in calls_of(tmp_path))
        result = await odd.call("odd__ask")
        (tmp_path / "go").touch()

        assert await slow == {"output": "dug"}

    assert "it is not known for which one" in result["error"]


async def test_a_server_that_may_not_ask_is_not_told_that_it_could(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, "--old", may_ask=False)) as odd:
        result = await odd.call("odd__ask")

    assert result == {"error": "You say None."}


async def test_a_call_that_is_carried_out_although_it_asks_is_not_made_again(tmp_path: Path) -> None:
    asks = {
        "method": "elicitation/create",
        "params": {"message": "Sure?", "requestedSchema": {"type": "object", "properties": {}}},
    }
    done = '{"jsonrpc": "2.0", "id": $ID, "result": {"content": [{"type": "text", "text": "done"}]}}'
    async with connected(scripted(tmp_path, done, json.dumps({"jsonrpc": "2.0", "id": "e", **asks}))) as odd:
        assert await odd.call("odd__go") == {"output": "done"}


async def test_pages_that_have_to_be_opened_before_the_call_are_asked_for_once(tmp_path: Path) -> None:
    page = {"mode": "url", "message": "Please sign in.", "url": "https://in.example/1", "elicitationId": "1"}
    refusal = {"code": -32042, "message": "Sign in first", "data": {"elicitations": [page]}}
    line = json.dumps({"jsonrpc": "2.0", "error": refusal})[:-1] + ', "id": $ID}'
    async with connected(scripted(tmp_path, line)) as odd:
        request = request_in(await odd.call("odd__go"))
        result = await odd.call("odd__go", inputs=accepted(request, None))

    assert (request.asks[0].host, request.begins_again) == ("in.example", True)
    assert result == {"error": "The server odd says: Sign in first"}
