"""Promises about what goes wrong: every error is final or retryable, and no error tells a secret."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter

from agent_worker.gemini.client import Gemini
from agent_worker.payloads import errors
from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import QUESTION, candidate, failure, gemini_at


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (faults.bad_key(), errors.BAD_API_KEY),
        (faults.error(401), errors.BAD_API_KEY),
        (faults.error(403), errors.NOT_PERMITTED),
        (faults.unsupported_location(), errors.NOT_PERMITTED),
        (faults.error(404), errors.UNKNOWN_MODEL),
        (faults.error(413), errors.TOO_LONG),
        (faults.too_long(), errors.TOO_LONG),
        (faults.error(400), errors.REFUSED_REQUEST),
        (faults.error(422), errors.REFUSED_REQUEST),
        (faults.html_error(400), errors.REFUSED_REQUEST),
        (faults.daily_quota(), errors.DAILY_QUOTA),
    ],
)
async def test_what_trying_again_would_not_change_is_final(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, code: str
) -> None:
    emulator.script(answer)

    error = await failure(gemini)

    assert (error.type, error.non_retryable) == (code, True)
    assert len(emulator.requests) == 1


@pytest.mark.parametrize(
    ("answer", "delay"),
    [
        (faults.error(429, retry_delay="17.5s"), timedelta(seconds=17.5)),
        (faults.error(429, retry_delay="0s"), timedelta()),
        (faults.error(429, retry_delay="86400s"), timedelta(minutes=5)),
        (faults.error(429, retry_delay="soon"), None),
        (faults.error(429, retry_after="7"), timedelta(seconds=7)),
        (faults.error(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), None),
        (faults.error(429), None),
        (faults.error(503, retry_after="3"), timedelta(seconds=3)),
        *((faults.error(status), None) for status in (408, 499, 500, 502, 503, 504)),
        (faults.html_error(502), None),
        (faults.Raw(503, "", "text/plain"), None),
        (faults.Raw(503, '[{"error": {"code": 503, "status": "UNAVAILABLE"}}]'), None),
        (faults.Raw(500, '{"error": "a word"}'), None),
        (faults.Raw(500, '{"error": {"details": "none"}}'), None),
        (faults.Raw(204, ""), None),
        (faults.garbage(200), None),
        (faults.garbage(503), None),
        (answers.raw({"candidates": [{"content": "none"}]}), None),
        (faults.cut(), None),
        (faults.cut(answers.text("half of this " * 20)), None),
        (candidate({"text": "Once upon"}), None),  # without a finish reason
    ],
)
async def test_what_may_pass_is_retryable_and_asked_only_once(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, delay: timedelta | None
) -> None:
    emulator.script(answer)

    error = await failure(gemini)

    assert (error.type, error.non_retryable, error.next_retry_delay) == (errors.MODEL_UNAVAILABLE, False, delay)
    assert len(emulator.requests) == 1


@pytest.mark.usefixtures("few_certificates")
async def test_a_gemini_that_cannot_be_reached_is_retryable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with gemini_at(f"http://127.0.0.1:{nobody.getsockname()[1]}") as gemini:
            error = await failure(gemini)

    assert (error.type, error.non_retryable) == (errors.MODEL_UNAVAILABLE, False)


async def test_an_answer_that_comes_too_late_is_retryable(emulator: GeminiEmulator) -> None:
    hold = emulator.hold()
    async with gemini_at(emulator.base_url) as gemini:
        sent_by = gemini._client._api_client._http_options
        sent_by.timeout = 500  # milliseconds; no test can wait for ten minutes
        sent_by.headers["X-Server-Timeout"] = "10"  # type: ignore[index]

        error = await failure(gemini)
        await hold.abandoned()

    assert (error.type, error.non_retryable, error.message) == (errors.MODEL_UNAVAILABLE, False, "TimeoutError")


async def test_a_question_that_is_no_longer_wanted_is_dropped_and_the_client_goes_on(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    hold = emulator.hold()
    asking = asyncio.create_task(gemini.ask(QUESTION))
    await hold.reached()

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    await hold.abandoned()
    emulator.script(answers.text("still here"))
    assert (await gemini.ask(QUESTION)).text == "still here"


async def test_a_transcript_that_gemini_cannot_read_is_refused_for_good(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    odd = {"role": "user", "parts": [{"text": "hi", "written_by_a_later_version": "secret words"}]}

    error = await failure(gemini, replace(QUESTION, contents=[odd]))

    assert (error.type, error.non_retryable, len(emulator.requests)) == (errors.REFUSED_REQUEST, True, 1)
    assert "secret" not in str(error)


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
async def test_no_error_tells_the_key_the_address_or_what_was_said(
    gemini: Gemini, emulator: GeminiEmulator, status: int
) -> None:
    message = "Consumer 'api_key:test-key' said 'my secret' at https://gemini.example/v1?key=test-key"
    details = [{"@type": "ErrorInfo", "reason": "key test-key is bad", "violations": [{"quotaId": "api_key:test-key"}]}]
    emulator.script(faults.error(status, message, details=details))

    error = await failure(gemini)

    stored = Failure()
    DataConverter.default.failure_converter.to_failure(error, DataConverter.default.payload_converter, stored)
    for secret in ("test-key", "my secret", "gemini.example", "127.0.0.1"):
        assert secret not in str(stored)
