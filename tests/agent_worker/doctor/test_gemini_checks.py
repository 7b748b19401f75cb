"""Promises of the doctor about Gemini: what came back is told word by word, and each kind has its own remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent_worker.doctor.gemini_checks import GeminiChecks
from agent_worker.gemini.client import Gemini, make_client
from emulators.gemini import faults
from emulators.gemini.answers import Answer, calls, empty, text
from emulators.gemini.emulator import GeminiEmulator
from playground.temporal_server import free_port
from process.checkup.finding import Finding
from tests.support.checkup import found

MODEL = "gemini-3.8-flash"
CALLED = calls(("check_in", {"word": "ready"}))


def making(base_url: str, key: str = "test-key", patience: float = 60) -> Callable[[str], Gemini]:
    def make(version: str) -> Gemini:
        client = make_client(key, base_url, version, timedelta(seconds=60))
        return Gemini(client, gemini_timeout=timedelta(seconds=patience))

    return make


async def looked_at(
    emulator: GeminiEmulator, *, model: str = MODEL, version: str = "v1", key: str = "test-key"
) -> Finding:
    checks = GeminiChecks(making(emulator.base_url, key), version, {model: ["default"]}).checks()
    return (await found(checks))[model]


async def told_of(emulator: GeminiEmulator, answer: Answer) -> Finding:
    emulator.script(answer)
    return await looked_at(emulator)


async def test_a_model_that_calls_its_tool_is_well_and_was_asked_little(emulator: GeminiEmulator) -> None:
    finding = await told_of(emulator, CALLED)

    assert finding.state == "ok"
    assert finding.found == "answers, and calls the tool that it was given (API v1, for default)"
    (request,) = emulator.requests
    assert request.tool_names == ["check_in"]
    assert len(str(request.body)) < 1_000


async def test_a_model_that_answers_with_words_or_with_nothing_is_only_noted(emulator: GeminiEmulator) -> None:
    words = await told_of(emulator, text("I am ready."))
    nothing = await told_of(emulator, empty())

    assert (words.state, nothing.state) == ("note", "note")
    assert "words instead of a call" in words.found
    assert "nothing that can be used: empty" in nothing.found


async def test_every_model_in_use_is_asked(emulator: GeminiEmulator) -> None:
    emulator.script(CALLED, CALLED)
    models = {MODEL: ["default"], "gemini-4-hydrogen": ["librarian", "timekeeper"]}

    told = await found(GeminiChecks(making(emulator.base_url), "v1", models).checks())

    assert sorted(request.model for request in emulator.requests) == sorted(models)
    assert told["gemini-4-hydrogen"].found.endswith("for librarian, timekeeper)")


async def test_a_bad_key_is_told_with_googles_words(emulator: GeminiEmulator) -> None:
    finding = await looked_at(emulator, key="wrong-key")

    assert finding.state == "failed"
    assert finding.found == (
        "HTTP status 400 INVALID_ARGUMENT API_KEY_INVALID: “API key not valid. Please pass a valid API key.”"
    )
    assert "https://aistudio.google.com/apikey" in finding.mend


@pytest.mark.parametrize(
    ("answer", "told", "mend"),
    [
        (faults.daily_quota(), "429 RESOURCE_EXHAUSTED GenerateRequestsPerDayPerProjectPerModel-FreeTier", "tomorrow"),
        (faults.error(429, "Quota exceeded for metric: x, limit: 0, model: y"), "limit: 0", "choose a model"),
        (faults.error(429, "Your prepayment credits are depleted."), "credits are depleted", "add credit"),
        (
            faults.error(429, "Your project has exceeded its monthly spending cap."),
            "spending cap",
            "raise the spending",
        ),
        (faults.error(403, "Your API key was reported as leaked."), "reported as leaked", "blocked the key"),
        (faults.unsupported_location(), "400 FAILED_PRECONDITION: “User location is not", "country"),
        (faults.error(400, f"Function calling is not enabled for models/{MODEL}"), "not enabled", "choose a model"),
        (faults.error(400, "Please use a valid role: user, model."), "valid role", "GOOGLE_GEMINI_BASE_URL"),
    ],
)
async def test_each_kind_of_refusal_is_told_with_its_own_remedy(
    emulator: GeminiEmulator, answer: Answer, told: str, mend: str
) -> None:
    finding = await told_of(emulator, answer)

    assert finding.state == "failed"
    assert finding.found.startswith("HTTP status ")
    assert told in finding.found
    assert mend in finding.mend


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_by_itself_fails_nothing(emulator: GeminiEmulator, status: int) -> None:
    finding = await told_of(emulator, faults.error(status))

    assert finding.state == "unknown"
    assert f"HTTP status {status} " in finding.found
    assert "try again" in finding.mend


# Models and versions


async def test_a_model_of_another_version_is_told_with_that_version(emulator: GeminiEmulator) -> None:
    emulator.script(CALLED)

    finding = await looked_at(emulator, model="gemini-flash-latest")

    assert finding.state == "failed"
    assert "404 NOT_FOUND: “models/gemini-flash-latest is not found for API version v1" in finding.found
    assert finding.mend == "this model is there in v1beta: set GEMINI_API_VERSION=v1beta"


async def test_a_model_that_no_version_has_is_told_as_unknown(emulator: GeminiEmulator) -> None:
    finding = await looked_at(emulator, model="gemini-9-neon", version="v1beta")

    assert "models/gemini-9-neon is not found for API version v1beta" in finding.found
    assert "v1 does not have this one either" in finding.mend


# What is not Gemini


async def test_where_nothing_listens_the_network_is_told(few_certificates: None) -> None:
    make = making(f"http://127.0.0.1:{free_port()}")

    finding = (await found(GeminiChecks(make, "v1", {MODEL: ["default"]}).checks()))[MODEL]

    assert finding.state == "failed"
    assert "no answer: ClientConnectorError" in finding.found
    assert "HTTPS_PROXY" in finding.mend


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (faults.html_error(502), "HTTP status 502: “<html><head><title>502</title>"),
        (faults.html_error(404), "HTTP status 404: “<html><head><title>404</title>"),
        (faults.html_error(200), "an answer that is none of Gemini's: “<html><head><title>200</title>"),
        (faults.garbage(), "an answer that is none of Gemini's"),
        (faults.garbage(500), "an answer that is none of Gemini's"),
    ],
)
async def test_an_answer_that_is_not_geminis_is_told_as_it_came(
    emulator: GeminiEmulator, answer: Answer, told: str
) -> None:
    finding = await told_of(emulator, answer)

    assert finding.state == "failed"
    assert told in finding.found
    assert "in Gemini's place" in finding.mend
