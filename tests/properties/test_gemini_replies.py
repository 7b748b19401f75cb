"""Promises of judging replies: any response is judged, and what is kept of it can be stored and sent back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.gemini.reply import judge
from agent_worker.payloads.model import ModelReply
from tests.support.examples import examples
from tests.support.properties.strategies import hostile_text, json_objects, json_values, long_text, nested

REASONS = ("STOP", "MAX_TOKENS", "SAFETY", "MALFORMED_FUNCTION_CALL", "OTHER", "PUP_LIMITED_DISABLED", "")
ARGS = json_objects(st.sampled_from(["state", "ipaddress"]) | hostile_text, inner=json_values)


def usually(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 7).flatmap(lambda chance: value if chance else json_values)


def with_some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: usually(value) for name, value in parts.items()})


calls = with_some(name=hostile_text | st.just("get_ip_address"), args=ARGS, id=hostile_text)
signatures = st.just("c2lnbmF0dXJl")
texts = with_some(text=hostile_text | long_text, thought=st.booleans(), thoughtSignature=signatures)
parts = texts | with_some(functionCall=calls, thoughtSignature=signatures) | json_values
contents = with_some(role=st.just("model"), parts=st.lists(parts, max_size=4))
candidates = with_some(finishReason=st.sampled_from(REASONS) | hostile_text, content=contents)
responses = with_some(
    candidates=st.lists(candidates, max_size=2),
    usageMetadata=with_some(promptTokenCount=st.integers()),
    promptFeedback=with_some(blockReason=st.sampled_from(["SAFETY", "OTHER"])),
)


def saying(*parts: Any, **usage: Any) -> dict[str, Any]:
    return {"candidates": [{"finishReason": "STOP", "content": {"role": "model", "parts": parts}}], **usage}


def calling(**call: Any) -> dict[str, Any]:
    return saying({"functionCall": call})


async def stored(reply: ModelReply) -> ModelReply:
    [read] = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([reply]), [ModelReply])
    assert isinstance(read, ModelReply)
    return read


@given(responses, st.booleans())
@example(saying({"text": "half a pair: \ud83d"}), True)  # noqa: FBT003
@example(saying({"text": None}), True)  # noqa: FBT003
@example(saying(None, 5, {"text": "hello"}), True)  # noqa: FBT003
@example(calling(name="a", args=[1]), True)  # noqa: FBT003
@example(calling(name="a", id=7), True)  # noqa: FBT003
@example(calling(name="a", args={"x": "\ud800", "\udfff": 1}), True)  # noqa: FBT003
@example(saying({"text": "hello"}, usageMetadata={"promptTokenCount": 10**400}), True)  # noqa: FBT003
@example({"candidates": {"content": {}}}, False)  # noqa: FBT003
@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_any_response_is_judged_and_its_reply_can_be_stored(
    response: dict[str, Any],
    may_call_tools: bool,  # noqa: FBT001
) -> None:
    reply = judge(response, may_call_tools=may_call_tools)

    assert await stored(reply) == reply
    assert [bool(reply.unusable), bool(reply.failed), reply.content is not None].count(True) == 1
    assert may_call_tools or not reply.calls
    if reply.text and not reply.calls and response["candidates"][0]["finishReason"] != "STOP":
        assert reply.text.endswith(("became too long.)_", "did not say why.)_"))
    assert json.loads(json.dumps(reply.content, allow_nan=False)) == reply.content


@given(json_values)
def test_what_is_no_response_at_all_is_an_unusable_answer(response: Any) -> None:
    assert judge(response, may_call_tools=True).unusable


@pytest.mark.parametrize("levels", [150, 200, 260, 5_000])
def test_calls_nested_deeper_than_temporal_can_read_are_unusable(levels: int) -> None:
    reply = judge(calling(name="a", args={"x": nested(levels)}), may_call_tools=True)

    assert reply.unusable == "malformed_response"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_know_are_unusable(number: float) -> None:
    assert judge(calling(name="a", args={"x": number}), may_call_tools=True).unusable == "malformed_response"


async def test_calls_nested_as_deep_as_is_allowed_are_stored_and_read() -> None:
    reply = judge(calling(name="a", args={"x": nested(80)}), may_call_tools=True)

    assert reply.calls[0].args == {"x": nested(80)}
    assert await stored(reply) == reply
