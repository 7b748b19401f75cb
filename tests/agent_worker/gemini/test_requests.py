"""Promises about requests: what reaches Gemini through the real SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from agent_worker.gemini.client import Gemini, make_client
from agent_worker.gemini.request import Question
from agent_worker.payloads.model import Content
from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import ALERTS, HI, MODEL, NO_PARAMETERS, QUESTION, gemini_at


class Unique(str):
    """A text that cannot be copied."""

    def __deepcopy__(self, memo: Mapping[int, Any]) -> NoReturn:
        raise AssertionError("copied")


async def test_a_question_goes_out_with_its_instructions_contents_and_tools(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    emulator.script(answers.text("hello"))

    await gemini.ask(QUESTION)

    (request,) = emulator.requests
    assert request.model == MODEL
    assert request.body == {
        "contents": [HI],
        "systemInstruction": {"role": "user", "parts": [{"text": "Be kind."}]},
        "tools": [{"functionDeclarations": [NO_PARAMETERS, ALERTS]}],
        "toolConfig": {"functionCallingConfig": {"mode": "AUTO"}},
        "generationConfig": {"maxOutputTokens": 8_192},
    }


async def test_the_sdk_makes_no_copy_of_a_conversation(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.text("hello"))
    long: Content = {"role": "user", "parts": [{"text": Unique("hi")}]}

    await gemini.ask(replace(QUESTION, contents=[long]))

    assert emulator.requests[0].contents == [HI]


async def test_the_files_of_results_stand_in_a_content_of_their_own_behind_the_responses(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    emulator.script(answers.calls(("get_alerts", {}), ("get_alerts", {})), answers.text("a chart"))
    called = (await gemini.ask(QUESTION)).content
    assert called is not None
    responses = [
        {"functionResponse": {"id": part["functionCall"]["id"], "name": "get_alerts", "response": {"output": 1}}}
        for part in called["parts"]
    ]
    files: list[dict[str, Any]] = [{"text": "chart"}, {"inlineData": {"mimeType": "image/png", "data": b"png"}}]

    await gemini.ask(replace(QUESTION, contents=[HI, called, {"role": "user", "parts": [*responses, *files]}]))

    *_, answered, shown = emulator.requests[1].contents
    assert [list(part) for part in answered["parts"]] == [["functionResponse"], ["functionResponse"]]
    assert [next(iter(part)) for part in shown["parts"]] == ["text", "inlineData"]


async def test_each_request_brings_the_headers_that_are_asked_for_it(emulator: GeminiEmulator) -> None:
    made = iter(("first", "second"))
    async with gemini_at(emulator.base_url, headers=lambda: {"X-Activity": next(made)}) as gemini:
        for _ in range(2):
            emulator.script(answers.text("hello"))
            await gemini.ask(QUESTION)

    assert [request.headers["x-activity"] for request in emulator.requests] == ["first", "second"]


async def test_a_question_without_tools_mentions_none(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.text("hello"))

    await gemini.ask(Question(MODEL, "", [HI]))

    assert emulator.requests[0].body.keys() == {"contents", "generationConfig"}


async def test_when_tools_may_not_be_called_they_are_still_declared(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.text("enough"))

    await gemini.ask(replace(QUESTION, may_call_tools=False))

    assert (emulator.requests[0].mode, len(emulator.requests[0].tool_names)) == ("NONE", 2)


@pytest.mark.parametrize(
    ("model", "level"),
    [
        (MODEL, "low"),
        ("gemini-4-hydrogen", "low"),
        ("gemini-3.5-flash-lite", None),
        ("gemini-2.5-flash", None),
    ],
)
async def test_more_room_doubles_the_limit_and_lowers_the_thinking(
    gemini: Gemini, emulator: GeminiEmulator, model: str, level: str | None
) -> None:
    emulator.script(answers.text("long"))

    await gemini.ask(replace(QUESTION, model=model, more_room=True))

    assert (emulator.requests[0].max_output_tokens, emulator.requests[0].thinking_level) == (16_384, level)


async def test_more_room_stays_within_what_a_model_can_write(emulator: GeminiEmulator) -> None:
    emulator.script(answers.text("long"))

    async with gemini_at(emulator.base_url, max_output_tokens=60_000) as gemini:
        await gemini.ask(replace(QUESTION, more_room=True))

    assert emulator.requests[0].max_output_tokens == 65_536


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_the_api_version_and_the_timeout_are_on_the_wire(emulator: GeminiEmulator, version: str) -> None:
    emulator.script(answers.text("hello"))

    async with gemini_at(f"{emulator.base_url}/", version=version, gemini_timeout=timedelta(seconds=12.5)) as gemini:
        await gemini.ask(QUESTION)

    (request,) = emulator.requests
    assert (request.api_version, request.headers["x-server-timeout"]) == (version, "125")  # of the whole stream


def test_a_timeout_that_gemini_would_refuse_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="below 10 s"):
        make_client("test-key", None, "v1", timedelta(seconds=9.9))


async def test_one_client_serves_many_questions_at_once(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(*[answers.text(str(number)) for number in range(20)])

    replies = await asyncio.gather(*[gemini.ask(QUESTION) for _ in range(20)])

    assert {reply.text for reply in replies} == {str(number) for number in range(20)}
