"""Promises about what goes wrong: every error is final or retryable, and no error tells a secret."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter

from agent_worker.gemini.client import Gemini, make_client
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
        (faults.html_error(400), errors.WRONG_REQUEST),
        (faults.html_error(404), errors.WRONG_REQUEST),
        (faults.error(501), errors.WRONG_REQUEST),
        (faults.error(429, "Your prepayment credits are depleted."), errors.NO_CREDIT),
        (faults.error(429, "You have no remaining credits. Please top up."), errors.NO_CREDIT),
        (faults.error(429, "Credits depleted."), errors.NO_CREDIT),
        (faults.error(429, "Your project has exceeded its monthly spending cap."), errors.SPENDING_CAP),
        (faults.error(429, "Your billing account has reached its spending limit."), errors.SPENDING_CAP),
        (faults.error(403, "Your API key was reported as leaked. Please use another API key."), errors.LEAKED_API_KEY),
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
        (faults.error(429, retry_delay="0s"), None),
        (faults.error(429, retry_delay="86400s"), timedelta(minutes=5)),
        (faults.error(429, retry_delay="soon"), None),
        (faults.error(429, retry_after="7"), timedelta(seconds=7)),
        (faults.error(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), None),
        (faults.error(429), None),
        (faults.error(503, retry_after="3"), timedelta(seconds=3)),
        (faults.error(429, "You exceeded your spend-based rate limit."), None),
        (faults.error(409, status_name="ABORTED"), None),
        *((faults.error(status), None) for status in (408, 425, 499, 502, 503)),
        (faults.html_error(502), None),
        (faults.Raw(503, "", "text/plain"), None),
        (faults.Raw(503, '[{"error": {"code": 503, "status": "UNAVAILABLE"}}]'), None),
        (faults.Raw(503, '{"error": "a word"}'), None),
        (faults.Raw(503, '{"error": {"details": "none"}}'), None),
        (faults.Raw(204, ""), None),
        (faults.garbage(200), None),
        (faults.garbage(503), None),
        (faults.cut(), None),
    ],
)
async def test_what_may_pass_is_retryable_and_asked_only_once(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, delay: timedelta | None
) -> None:
    emulator.script(answer)

    error = await failure(gemini)

    assert (error.type, error.non_retryable, error.next_retry_delay) == (errors.MODEL_UNAVAILABLE, False, delay)
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("status", [500, 504])
async def test_an_error_inside_gemini_is_retryable_and_told_from_a_gemini_that_is_away(
    gemini: Gemini, emulator: GeminiEmulator, status: int
) -> None:
    emulator.script(faults.error(status))

    error = await failure(gemini)

    assert (error.type, error.non_retryable) == (errors.MODEL_FAILED, False)


ONCE_UPON = {"content": {"role": "model", "parts": [{"text": "Once upon"}]}}
RATINGS = {"safetyRatings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}]}


@pytest.mark.parametrize(
    "answer",
    [
        faults.cut(answers.text("half of this " * 20)),
        candidate({"text": "Once upon"}),
        candidate({"text": "Once upon"}, finishReason="FINISH_REASON_UNSPECIFIED"),
        candidate({"functionCall": {"name": "get_ip_address", "args": {}}}),
        answers.raw({"promptFeedback": RATINGS}),
        answers.raw({"promptFeedback": {}, "candidates": [ONCE_UPON]}),
        answers.raw({"promptFeedback": RATINGS, "candidates": [ONCE_UPON]}),
        answers.raw({"promptFeedback": {"blockReason": "BLOCKED_REASON_UNSPECIFIED"}, "candidates": [ONCE_UPON]}),
        answers.raw({"candidates": [{**RATINGS, **ONCE_UPON}]}),
        answers.raw({"usageMetadata": {"promptTokenCount": 5}}),
        answers.raw({"candidates": [{"content": "none"}]}),  # not to be read
    ],
)
async def test_an_answer_that_comes_to_no_end_is_never_taken_for_complete(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer
) -> None:
    emulator.script(answer)

    error = await failure(gemini)

    assert (error.type, error.non_retryable) == (errors.BROKEN_ANSWER, False)
    assert len(emulator.requests) == 1


async def test_a_model_that_falls_silent_in_mid_sentence_has_not_answered(emulator: GeminiEmulator) -> None:
    held = emulator.hold_stream(answers.text("Once upon a time").in_pieces(2), after=1)
    client = make_client(emulator.api_key, emulator.base_url, "v1", timedelta(seconds=60))
    gemini = Gemini(client, gemini_timeout=timedelta(milliseconds=500))

    error = await failure(gemini)
    await held.abandoned()
    await gemini.close()

    assert (error.type, error.non_retryable) == (errors.BROKEN_ANSWER, False)


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


async def test_a_request_that_gemini_cannot_read_is_our_fault_and_the_log_names_the_field(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    odd = {"role": "user", "parts": [{"text": "hi", "written_by_a_later_version": "secret words"}]}

    error = await failure(gemini, replace(QUESTION, contents=[odd]))

    assert (error.type, error.non_retryable, len(emulator.requests)) == (errors.WRONG_REQUEST, True, 1)
    assert error.message == "400 INVALID_ARGUMENT unknown name writtenByALaterVersion at contents[0].parts[0]"


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
