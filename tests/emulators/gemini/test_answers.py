"""Promises of the pretend Gemini: each request gets the answer that the script has for it, in Gemini's shapes."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent_worker.gemini.client import make_client
from emulators.gemini import answers
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.received import ModelRequest
from tests.support.emulators.gemini_caller import MODEL, Caller, said

STREAM = f"/v1/models/{MODEL}:streamGenerateContent?alt=sse"


def candidate(response: httpx.Response) -> dict[str, Any]:
    first: dict[str, Any] = response.json()["candidates"][0]
    return first


async def chunks(caller: Caller) -> list[dict[str, Any]]:
    body = {"contents": [said("hi")]}
    async with caller.http.stream("POST", STREAM, json=body, headers=caller.headers) as response:
        lines = [line async for line in response.aiter_lines()]
    return [json.loads(line.removeprefix("data: ")) for line in lines if line]


async def test_answers_are_given_in_the_order_of_the_script(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("one"), answers.text("two", thought="hm", signed=True))

    first, second = candidate(await caller.ask(said("a"))), candidate(await caller.ask(said("b")))

    assert first == {"index": 0, "content": {"role": "model", "parts": [{"text": "one"}]}, "finishReason": "STOP"}
    assert [part["text"] for part in second["content"]["parts"]] == ["hm", "two"]
    assert [part.get("thought") for part in second["content"]["parts"]] == [True, None]
    assert "thoughtSignature" in second["content"]["parts"][1]


async def test_a_request_that_nobody_expected_fails_the_test(caller: Caller) -> None:
    async with GeminiEmulator() as strict:
        response = await caller.http.post(
            f"{strict.base_url}/v1/models/{MODEL}:generateContent",
            json={"contents": [said("hi")]},
            headers=caller.headers,
        )

        assert response.status_code == 500
        with pytest.raises(AssertionError, match="nothing in the script"):
            strict.assert_script_finished()


async def test_an_answer_that_nobody_asked_for_fails_the_test() -> None:
    async with GeminiEmulator() as strict:
        strict.script(answers.text("never heard"))

        with pytest.raises(AssertionError, match="never heard"):
            strict.assert_script_finished()


@pytest.mark.parametrize(
    "expectation", [{"contains": "Boston"}, {"lacks": "hello"}, {"mode": "NONE"}, {"tool": "look_up"}]
)
async def test_an_answer_for_another_request_fails_the_test(caller: Caller, expectation: dict[str, str]) -> None:
    async with GeminiEmulator() as strict:
        strict.script(answers.text("x").given(**expectation))

        await caller.http.post(
            f"{strict.base_url}/v1/models/{MODEL}:generateContent",
            json={"contents": [said("hello")]},
            headers=caller.headers,
        )

        assert len(strict.failures) == 1
        assert "expected a request" in strict.failures[0]


async def test_an_answer_for_the_request_it_expects_is_given(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("x").given(contains="Boston", mode="AUTO").given(lacks="Chicago"))

    assert (await caller.ask(said("hello from Boston"))).status_code == 200


async def test_answers_for_what_a_request_says_come_out_of_order(caller: Caller, gemini: GeminiEmulator) -> None:
    def about(word: str) -> answers.Predicate:
        return lambda request: word in request.last_text

    gemini.script(
        answers.when(about("cats"), answers.text("meow")),
        answers.text("?"),
        answers.when(about("dogs"), answers.text("woof")),
    )

    replies = [
        candidate(await caller.ask(said(word)))["content"]["parts"][0]["text"] for word in ("dogs", "fish", "cats")
    ]

    assert replies == ["woof", "?", "meow"]


async def test_a_held_request_waits_for_its_answer(caller: Caller, gemini: GeminiEmulator) -> None:
    hold = gemini.hold()
    waiting = asyncio.create_task(caller.ask(said("hi")))

    request = await hold.reached()
    hold.release(answers.text("at last"))

    assert request.last_text == "hi"
    assert candidate(await waiting)["content"]["parts"] == [{"text": "at last"}]


async def test_a_held_request_whose_caller_hangs_up_is_known_to_be_abandoned(
    caller: Caller, gemini: GeminiEmulator
) -> None:
    hold = gemini.hold(lambda request: "hi" in request.last_text)
    waiting = asyncio.create_task(caller.ask(said("hi")))
    await hold.reached()

    waiting.cancel()

    await hold.abandoned()


async def test_while_away_every_request_gets_503_and_the_script_waits(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("back"))

    gemini.away()
    gone = await caller.ask(said("hi"))
    gemini.away(is_away=False)
    back = await caller.ask(said("hi"))

    assert (gone.status_code, gone.json()["error"]["status"], back.status_code) == (503, "UNAVAILABLE", 200)
    assert len(gemini.requests) == 2


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        (answers.error(503), 503, '"status": "UNAVAILABLE"'),
        (answers.error(429), 429, "Resource has been exhausted"),
        (answers.error(429, retry_delay="2s"), 429, '"retryDelay": "2s"'),
        (answers.daily_quota(), 429, "GenerateRequestsPerDay"),
        (answers.bad_key(), 400, "API_KEY_INVALID"),
        (answers.unsupported_location(), 400, "FAILED_PRECONDITION"),
        (answers.too_long(), 400, "exceeds the maximum number of tokens"),
        (answers.html_error(502), 502, "<html>"),
        (answers.garbage(), 200, '{"candidates": [{"content"'),
        (answers.empty_body(), 200, ""),
        (answers.raw({}), 200, "{}"),
        (answers.blocked_prompt(), 200, '"blockReason": "SAFETY"'),
        (answers.finish("SAFETY"), 200, '{"index": 0, "finishReason": "SAFETY"}'),
        (answers.finish("MAX_TOKENS", answers.text("half")), 200, '"finishReason": "MAX_TOKENS"'),
        (answers.empty(), 200, '"content": {"role": "model"}'),
        (answers.thought("hm"), 200, '[{"text": "hm", "thought": true}]'),
        (answers.lone_signature(), 200, '{"text": "", "thoughtSignature":'),
        (answers.calls(("a", None), with_ids=False), 200, '{"functionCall": {"name": "a"}'),
        (answers.slow(answers.text("late"), 0.01), 200, "late"),
    ],
)
async def test_each_kind_of_answer_looks_as_geminis_does(
    caller: Caller, gemini: GeminiEmulator, answer: Answer, status: int, expected: str
) -> None:
    gemini.script(answer)

    response = await caller.ask(said("hi"))

    assert response.status_code == status
    assert expected in response.text


async def test_retry_after_is_a_header(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.error(503, retry_after="7"))

    assert (await caller.ask(said("hi"))).headers["Retry-After"] == "7"


@pytest.mark.parametrize("middle_of", [None, answers.text("half of this " * 20)])
async def test_a_connection_can_be_cut(caller: Caller, gemini: GeminiEmulator, middle_of: answers.Said | None) -> None:
    gemini.script(answers.cut(middle_of))

    with pytest.raises(httpx.RemoteProtocolError):
        await caller.ask(said("hi"))

    assert len(gemini.requests) == 1


async def test_usage_grows_with_what_is_said(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("short"), answers.text("long " * 50, thought="hm"))

    short = (await caller.ask(said("hi"))).json()["usageMetadata"]
    long = (await caller.ask(said("hi " * 100))).json()["usageMetadata"]

    assert short["promptTokenCount"] < long["promptTokenCount"]
    assert short["candidatesTokenCount"] < long["candidatesTokenCount"]
    assert "thoughtsTokenCount" not in short
    for usage in (short, long):
        assert usage["totalTokenCount"] == sum(usage.values()) - usage["totalTokenCount"]


async def test_a_stream_brings_text_in_pieces_and_the_reason_at_the_end(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("an old silent pond a frog jumps into the pond", signed=True))

    pieces = await chunks(caller)

    parts = [piece["candidates"][0]["content"]["parts"][0] for piece in pieces]
    assert len(pieces) > 2
    assert "".join(part["text"] for part in parts) == "an old silent pond a frog jumps into the pond"
    assert [piece["candidates"][0].get("finishReason") for piece in pieces] == [None] * (len(pieces) - 1) + ["STOP"]
    assert ["thoughtSignature" in part for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(piece["usageMetadata"]["totalTokenCount"] for piece in pieces)


async def test_a_stream_brings_calls_whole_and_the_reason_after_them(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.calls(("a", {"x": 1}), ("b", {})))

    pieces = [piece["candidates"][0] for piece in await chunks(caller)]

    names = [piece["content"]["parts"][0]["functionCall"]["name"] for piece in pieces[:-1]]
    assert names == ["a", "b"]
    assert pieces[-1] == {"index": 0, "content": {"role": "model"}, "finishReason": "STOP"}


async def test_a_blocked_prompt_and_an_error_can_be_streamed_too(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.blocked_prompt(), answers.error(503))

    (blocked,) = await chunks(caller)
    away = await caller.http.post(STREAM, json={"contents": [said("hi")]}, headers=caller.headers)

    assert blocked["promptFeedback"] == {"blockReason": "SAFETY"}
    assert away.status_code == 503


async def test_the_sdk_reads_its_streams(gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("an old silent pond", thought="hm"), answers.calls(("look_up", {"x": 1})))
    client = make_client("test-key", gemini.base_url, "v1", timedelta(seconds=60))
    contents: list[Any] = [said("hi")]

    stream = await client.aio.models.generate_content_stream(model=MODEL, contents=contents)
    text = "".join([chunk.text or "" async for chunk in stream])
    stream = await client.aio.models.generate_content_stream(model=MODEL, contents=contents)
    calls = [call.name for chunk in [chunk async for chunk in stream] for call in chunk.function_calls or []]
    await client.aio.aclose()

    assert (text, calls) == ("an old silent pond", ["look_up"])


async def test_a_stream_can_be_cut_in_the_middle(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.cut(answers.text("one two three four five six seven eight")))
    body = {"contents": [said("hi")]}
    arrived = asyncio.Queue[str]()

    async def read() -> None:
        async with caller.http.stream("POST", STREAM, json=body, headers=caller.headers) as response:
            async for piece in response.aiter_text():
                await arrived.put(piece)

    with pytest.raises(httpx.RemoteProtocolError):
        await read()

    pieces = [arrived.get_nowait() for _ in range(arrived.qsize())]
    assert "one" in "".join(pieces)
    assert "finishReason" not in "".join(pieces)


async def test_a_test_can_wait_for_requests_to_arrive(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("one"), answers.text("two"))
    both = asyncio.gather(caller.ask(said("a")), caller.ask(said("b")))

    await gemini.arrived(2)

    assert {request.last_text for request in gemini.requests} == {"a", "b"}
    await both


async def test_a_mistake_in_the_test_itself_is_not_hidden(caller: Caller) -> None:
    def mistaken(request: ModelRequest) -> bool:
        raise KeyError(request.model)

    async with GeminiEmulator() as strict:
        strict.hold(mistaken)

        response = await caller.http.post(
            f"{strict.base_url}/v1/models/{MODEL}:generateContent",
            json={"contents": [said("hi")]},
            headers=caller.headers,
        )

        assert response.status_code == 500
        assert "KeyError" in strict.failures[0]
