"""Promises about answers that go wrong: each looks as Gemini's failures do."""

from __future__ import annotations

import aiohttp
import httpx
import pytest
from google import genai
from google.genai.errors import ServerError

from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import MODEL, Caller, said
from tests.support.emulators.stream_reader import POND, StreamReader


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        (faults.error(503), 503, '"status": "UNAVAILABLE"'),
        (faults.error(429), 429, "Resource has been exhausted"),
        (faults.error(429, retry_delay="2s"), 429, '"retryDelay": "2s"'),
        (faults.daily_quota(), 429, "GenerateRequestsPerDay"),
        (faults.bad_key(), 400, "API_KEY_INVALID"),
        (faults.unsupported_location(), 400, "FAILED_PRECONDITION"),
        (faults.too_long(), 400, "exceeds the maximum number of tokens"),
        (faults.html_error(502), 502, "<html>"),
        (faults.garbage(), 200, '{"candidates": [{"content"'),
        (faults.empty_body(), 200, ""),
        (faults.slow(answers.text("late"), 0.01), 200, "late"),
    ],
)
async def test_each_kind_of_failure_looks_as_geminis_does(
    caller: Caller, gemini: GeminiEmulator, answer: Answer, status: int, expected: str
) -> None:
    gemini.script(answer)

    response = await caller.ask(said("hi"))

    assert response.status_code == status
    assert expected in response.text


async def test_retry_after_is_a_header(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(faults.error(503, retry_after="7"))

    assert (await caller.ask(said("hi"))).headers["Retry-After"] == "7"


@pytest.mark.parametrize("middle_of", [None, answers.text("half of this " * 20)])
async def test_a_connection_can_be_cut(caller: Caller, gemini: GeminiEmulator, middle_of: answers.Said | None) -> None:
    gemini.script(faults.cut(middle_of))

    with pytest.raises(httpx.RemoteProtocolError):
        await caller.ask(said("hi"))

    assert len(gemini.requests) == 1


async def test_a_stream_can_be_cut_in_the_middle(gemini: GeminiEmulator, reader: StreamReader) -> None:
    gemini.script(faults.cut(answers.text("one two three four five six seven eight")))

    with pytest.raises(aiohttp.ClientPayloadError):
        await reader.read()

    assert reader.texts[0].startswith("one")
    assert set(reader.finish_reasons) == {None}


async def test_an_error_can_come_in_mid_stream(gemini: GeminiEmulator, reader: StreamReader) -> None:
    gemini.script(faults.error_in_stream(faults.error(503), answers.text(POND).in_pieces(4)))

    with pytest.raises(ServerError) as raised:
        await reader.read()

    assert (raised.value.code, raised.value.status) == (503, "UNAVAILABLE")
    assert "".join(reader.texts) == "An old silent pond. A "


async def test_an_error_in_mid_stream_has_status_200(gemini: GeminiEmulator, caller: Caller) -> None:
    gemini.script(faults.error_in_stream(faults.error(429, retry_delay="2s")))

    response = await caller.stream()

    assert response.status_code == 200
    assert response.text.startswith('data: {"error": {"code": 429,')
    assert '"retryDelay": "2s"' in response.text


async def test_without_a_stream_the_error_is_the_answer(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.script(faults.error_in_stream(faults.error(503), answers.text(POND)))

    with pytest.raises(ServerError):
        await sdk.aio.models.generate_content(model=MODEL, contents="hi")


def test_a_page_of_html_is_no_error_that_comes_in_a_stream() -> None:
    with pytest.raises(ValueError, match=r"html|JSON|Expecting"):
        faults.error_in_stream(faults.html_error())
