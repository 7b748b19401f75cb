"""Promises of the pretend Gemini: each request gets the answer that was scripted for it, and mistakes fail the test."""

from __future__ import annotations

import asyncio

import pytest

from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.request import ModelRequest
from tests.support.emulators.gemini_caller import Caller, caller_of, candidate, said


async def test_answers_are_given_in_the_order_of_the_script(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("one"), answers.text("two", thought="hm", signed=True))

    first, second = candidate(await caller.ask(said("a"))), candidate(await caller.ask(said("b")))

    assert first == {"index": 0, "content": {"role": "model", "parts": [{"text": "one"}]}, "finishReason": "STOP"}
    assert [part["text"] for part in second["content"]["parts"]] == ["hm", "two"]
    assert [part.get("thought") for part in second["content"]["parts"]] == [True, None]
    assert "thoughtSignature" in second["content"]["parts"][1]


async def test_a_request_that_nobody_expected_fails_the_test() -> None:
    async with GeminiEmulator() as strict, caller_of(strict) as caller:
        assert (await caller.ask(said("hi"))).status_code == 500
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
async def test_an_answer_for_another_request_fails_the_test(expectation: dict[str, str]) -> None:
    async with GeminiEmulator() as strict, caller_of(strict) as caller:
        strict.script(answers.text("x").given(**expectation))

        await caller.ask(said("hello"))

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


async def test_a_mistake_in_the_test_itself_is_not_hidden() -> None:
    def mistaken(request: ModelRequest) -> bool:
        raise KeyError(request.model)

    async with GeminiEmulator() as strict, caller_of(strict) as caller:
        strict.hold(mistaken)

        assert (await caller.ask(said("hi"))).status_code == 500
        assert "KeyError" in strict.failures[0]


async def test_while_away_every_request_gets_503_and_the_script_waits(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("back"))

    gemini.away()
    gone = await caller.ask(said("hi"))
    gemini.away(is_away=False)
    back = await caller.ask(said("hi"))

    assert (gone.status_code, gone.json()["error"]["status"], back.status_code) == (503, "UNAVAILABLE", 200)
    assert len(gemini.requests) == 2


async def test_a_test_can_wait_for_requests_to_arrive(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("one"), answers.text("two"))
    both = asyncio.gather(caller.ask(said("a")), caller.ask(said("b")))

    await gemini.arrived(2)

    assert {request.last_text for request in gemini.requests} == {"a", "b"}
    await both


async def test_a_bad_key_is_a_400_that_names_its_reason(caller: Caller) -> None:
    caller.headers["x-goog-api-key"] = "wrong"

    response = await caller.ask(said("hi"))

    error = response.json()["error"]
    assert (response.status_code, error["status"], error["details"][0]["reason"]) == (
        400,
        "INVALID_ARGUMENT",
        "API_KEY_INVALID",
    )


async def test_a_request_without_a_key_is_a_403(caller: Caller) -> None:
    caller.headers.clear()

    assert (await caller.ask(said("hi"))).status_code == 403


@pytest.mark.parametrize(("model", "version"), [("gemini-9-neon", "v1"), ("gemini-flash-latest", "v1")])
async def test_a_model_that_the_version_does_not_have_is_a_404(caller: Caller, model: str, version: str) -> None:
    response = await caller.ask(said("hi"), model=model, version=version)

    assert response.status_code == 404
    assert f"models/{model} is not found for API version {version}" in response.json()["error"]["message"]


async def test_latest_models_are_served_by_v1beta(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("hello"))

    assert (await caller.ask(said("hi"), model="gemini-flash-latest", version="v1beta")).status_code == 200
    assert gemini.requests[0].api_version == "v1beta"


async def test_a_known_model_can_be_taken_away(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.models.discard("gemini-3.8-flash")

    assert (await caller.ask(said("hi"))).status_code == 404


async def test_a_body_that_is_no_json_is_refused(caller: Caller) -> None:
    response = await caller.http.post(
        "/v1/models/gemini-3.8-flash:generateContent", content=b"{", headers=caller.headers
    )

    assert response.status_code == 400
