"""Promises of the Gemini adapter, kept with the real SDK over HTTP against a Gemini that refuses as Gemini does."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from agent_worker import errors
from agent_worker.contract import SlackFile
from agent_worker.gemini import DUMMY_SIGNATURE, Gemini, Question, make_client
from agent_worker.requests import CUT_OFF, FILE_PART, TOO_MANY_TOOL_CALLS, Content, ModelReply
from playground.gemini import answers
from playground.gemini.answers import Answer
from playground.gemini.emulator import GeminiEmulator

MODEL = "gemini-3.8-flash"
SECONDS = timedelta(seconds=60)
NO_PARAMETERS = {"name": "get_ip_address", "description": "Says the address."}
ALERTS = {
    "name": "get_weather_alerts",
    "description": "Says what is coming.",
    "parameters_json_schema": {"type": "object", "properties": {"state": {"type": "string"}}, "required": ["state"]},
}
HI: Content = {"role": "user", "parts": [{"text": "hi"}]}
QUESTION = Question(MODEL, "Be kind.", [HI], [NO_PARAMETERS, ALERTS])
ONE_CALL = answers.calls(("get_ip_address", {}))


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a single root certificate: nothing here speaks TLS, and each client would read all of them thrice."""
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(certificates[0]))
    return path


@pytest.fixture(autouse=True)
def few_certificates(one_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))


@pytest.fixture
async def emulator() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as emulator:
        yield emulator
        emulator.assert_script_finished()


@pytest.fixture
async def gemini(emulator: GeminiEmulator) -> AsyncIterator[Gemini]:
    gemini = Gemini(make_client("test-key", emulator.base_url, "v1", SECONDS))
    yield gemini
    await gemini.close()


def responses(reply: ModelReply) -> Content:
    answered = [{"id": call.id, "name": call.name, "response": {"output": 1}} for call in reply.calls]
    return {"role": "user", "parts": [{"functionResponse": response} for response in answered]}


def after(reply: ModelReply, question: Question = QUESTION) -> Question:
    """The question that follows when the calls of the reply have been made."""
    assert reply.content is not None
    return replace(question, contents=[*question.contents, reply.content, responses(reply)])


async def failure(gemini: Gemini, question: Question = QUESTION) -> ApplicationError:
    with pytest.raises(ApplicationError) as raised:
        await gemini.ask(question)
    return raised.value


def candidate(*parts: dict[str, Any], **fields: Any) -> Answer:
    return answers.raw({"candidates": [{"content": {"role": "model", "parts": list(parts)}, **fields}]})


# What is sent


async def test_a_question_goes_out_with_its_instructions_contents_and_tools(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    emulator.script(answers.text("hello"))

    await gemini.ask(QUESTION)

    (request,) = emulator.requests
    assert request.contents == [HI]
    assert request.system_instruction == "Be kind."
    assert request.declarations == {"get_ip_address": {}, "get_weather_alerts": ALERTS["parameters_json_schema"]}
    assert (request.model, request.mode) == (MODEL, "AUTO")
    assert dict(request.generation) == {"maxOutputTokens": 8_192}


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
    gemini = Gemini(make_client("test-key", emulator.base_url, "v1", SECONDS), max_output_tokens=60_000)
    emulator.script(answers.text("long"))

    await gemini.ask(replace(QUESTION, more_room=True))
    await gemini.close()

    assert emulator.requests[0].max_output_tokens == 65_536


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_the_api_version_and_the_timeout_are_on_the_wire(emulator: GeminiEmulator, version: str) -> None:
    gemini = Gemini(make_client("test-key", f"{emulator.base_url}/", version, timedelta(seconds=12.5)))
    emulator.script(answers.text("hello"))

    await gemini.ask(QUESTION)
    await gemini.close()

    (request,) = emulator.requests
    assert (request.api_version, request.headers["x-server-timeout"]) == (version, "125")  # of the whole stream


def test_a_timeout_that_gemini_would_refuse_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="below 10 s"):
        make_client("test-key", None, "v1", timedelta(seconds=9.9))


async def test_one_client_serves_many_questions_at_once(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(*[answers.text(str(number)) for number in range(20)])

    replies = await asyncio.gather(*[gemini.ask(QUESTION) for _ in range(20)])

    assert {reply.text for reply in replies} == {str(number) for number in range(20)}


# What comes back


async def test_a_text_is_the_answer_and_thoughts_are_not_shown(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.text("A **haiku**.", thought="The person wants a haiku."))

    reply = await gemini.ask(QUESTION)

    assert reply == ModelReply(
        content={"role": "model", "parts": [{"text": "A **haiku**."}]},
        text="A **haiku**.",
        prompt_tokens=reply.prompt_tokens,
    )
    assert reply.prompt_tokens > 0


async def test_parallel_calls_come_with_arguments_and_ids(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(
        answers.calls(("get_weather_alerts", {"state": "NY"}), ("get_ip_address", None), text="Let me see.")
    )

    reply = await gemini.ask(QUESTION)

    assert [(call.name, call.args) for call in reply.calls] == [
        ("get_weather_alerts", {"state": "NY"}),
        ("get_ip_address", {}),
    ]
    assert all(call.id for call in reply.calls)
    assert (reply.text, reply.unusable, reply.failed) == ("Let me see.", None, None)


async def test_calls_without_ids_are_calls_too(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.calls(("get_ip_address", {}), with_ids=False))

    (call,) = (await gemini.ask(QUESTION)).calls

    assert call.id is None


async def test_several_steps_go_back_and_forth_with_their_signatures(gemini: Gemini, emulator: GeminiEmulator) -> None:
    two = answers.calls(("get_ip_address", {}), ("get_weather_alerts", {"state": "NY"}), thought="hm")
    emulator.script(two, ONE_CALL, answers.text("done"))

    question = after(await gemini.ask(QUESTION))
    stored = deepcopy(question.contents)
    question = after(await gemini.ask(question), question)
    reply = await gemini.ask(question)

    assert (reply.text, emulator.refusals) == ("done", [])
    assert question.contents[: len(stored)] == stored


async def test_signatures_of_every_length_come_back_byte_for_byte(gemini: Gemini, emulator: GeminiEmulator) -> None:
    random = Random(7)
    signatures = [
        random.randbytes(length) for length in (1, 2, 3, 62, 63, 64, 255, 1_023, *random.sample(range(5_000), 5))
    ]
    written = [base64.b64encode(signature).decode() for signature in signatures]
    emulator.script(
        candidate(*({"text": "x", "thoughtSignature": text} for text in written), finishReason="STOP"),
        answers.text("ok"),
    )

    reply = await gemini.ask(QUESTION)
    assert reply.content is not None
    stored = json.loads(json.dumps(reply.content))
    await gemini.ask(replace(QUESTION, contents=[HI, stored, HI]))

    sent = emulator.requests[1].contents[1]["parts"]
    assert [base64.urlsafe_b64decode(part["thoughtSignature"]) for part in stored["parts"]] == signatures
    assert [base64.urlsafe_b64decode(part["thoughtSignature"]) for part in sent] == signatures


async def test_only_plain_text_is_put_together_and_no_signature_is_lost(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    parts: list[dict[str, Any]] = [
        {"text": "unsigned thought", "thought": True},
        {"text": "signed thought", "thought": True, "thoughtSignature": "QUJD"},
        {"text": "one "},
        {"text": "two"},
        {},
        {"text": "", "thoughtSignature": "REVG"},
        {"thoughtSignature": "R0hJ"},
    ]
    emulator.script(candidate(*parts, finishReason="STOP"), answers.text("ok"))

    reply = await gemini.ask(QUESTION)
    assert reply.content is not None
    await gemini.ask(replace(QUESTION, contents=[HI, reply.content, HI]))

    assert reply.text == "one two"
    signed = [parts[1], {"text": "one two"}, parts[5], {"text": "", "thoughtSignature": "R0hJ"}]
    assert reply.content["parts"] == signed
    assert emulator.refusals == []


async def test_fields_and_parts_that_nobody_knows_do_no_harm(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(
        answers.raw(
            {
                "candidates": [
                    {
                        "content": {
                            "role": "model",
                            "parts": [{"hologram": {"x": 1}}, {"text": "hello", "mood": "good"}],
                        },
                        "finishReason": "STOP",
                        "confidence": 0.5,
                    }
                ],
                "usageMetadata": {"promptTokenCount": 5, "carbonCount": 1},
                "weather": "fine",
            }
        )
    )

    reply = await gemini.ask(QUESTION)

    assert reply == ModelReply(content={"role": "model", "parts": [{"text": "hello"}]}, text="hello", prompt_tokens=5)


# Which replies can be used


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answers.empty(), "empty"),
        (candidate(finishReason="STOP"), "empty"),
        (answers.text(""), "empty"),
        (answers.text(" \n"), "empty"),
        (answers.thought("only thinking"), "empty"),
        (answers.lone_signature(), "empty"),
        (candidate({"thoughtSignature": "QUJD"}, finishReason="STOP"), "empty"),
        (candidate({"hologram": 1}, finishReason="STOP"), "empty"),
        (answers.raw({}), "empty"),
        (answers.raw({"candidates": []}), "empty"),
        (answers.raw({"candidates": [{"finishReason": "STOP"}]}), "empty"),
        (answers.empty_body(), "empty"),
        (answers.finish("MAX_TOKENS"), CUT_OFF),
        (answers.finish("MAX_TOKENS", answers.thought("endless")), CUT_OFF),
        (answers.finish("MAX_TOKENS", ONE_CALL), CUT_OFF),
        (answers.finish("CONTINUATION"), CUT_OFF),
        (answers.finish("MALFORMED_FUNCTION_CALL"), "malformed_function_call"),
        (answers.finish("MALFORMED_FUNCTION_CALL", ONE_CALL), "malformed_function_call"),
        (answers.finish("MALFORMED_RESPONSE", answers.lone_signature()), "malformed_response"),
        (answers.finish("UNEXPECTED_TOOL_CALL"), "unexpected_tool_call"),
        (answers.finish("TOO_MANY_TOOL_CALLS"), TOO_MANY_TOOL_CALLS),
        (answers.finish("OTHER"), "other"),
        (candidate({"functionCall": {"args": {}}}, finishReason="STOP"), "malformed_function_call"),
    ],
)
async def test_a_reply_that_nothing_can_be_done_with_names_why(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, reason: str
) -> None:
    emulator.script(answer)

    reply = await gemini.ask(QUESTION)

    assert (reply.unusable, reply.failed, reply.content, reply.calls, reply.text) == (reason, None, None, [], "")
    assert len(emulator.requests) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        *((answers.finish(reason), errors.BLOCKED_ANSWER) for reason in ("SAFETY", "RECITATION", "BLOCKLIST", "SPII")),
        *(
            (answers.finish(reason), errors.BLOCKED_ANSWER)
            for reason in ("PROHIBITED_CONTENT", "LANGUAGE", "ESCALATION")
        ),
        (answers.finish("MODEL_ARMOR"), errors.BLOCKED_ANSWER),
        (answers.finish("SAFETY", answers.text("half of something")), errors.BLOCKED_ANSWER),
        (answers.finish("SAFETY", ONE_CALL), errors.BLOCKED_ANSWER),
        (answers.finish("PUP_LIMITED_DISABLED"), errors.NOT_PERMITTED),
        (answers.blocked_prompt("SAFETY"), errors.BLOCKED_PROMPT),
        (answers.blocked_prompt("PROHIBITED_CONTENT"), errors.BLOCKED_PROMPT),
        (answers.blocked_prompt("OTHER"), errors.BLOCKED_PROMPT),
    ],
)
async def test_a_refusal_ends_the_turn_with_its_code(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, code: str
) -> None:
    emulator.script(answer)

    reply = await gemini.ask(QUESTION)

    assert (reply.failed, reply.unusable, reply.content, reply.calls, reply.text) == (code, None, None, [], "")


async def test_a_text_that_was_cut_off_is_shown_and_says_so(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.finish("MAX_TOKENS", answers.text("Once upon a")))

    reply = await gemini.ask(QUESTION)

    assert reply.text.startswith("Once upon a\n\n")
    assert "cut off" in reply.text
    assert reply.content == {"role": "model", "parts": [{"text": "Once upon a"}]}


@pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason")
@pytest.mark.parametrize("reason", ["STOP", "OTHER", "FUNCTION_CALL", "FINISHED_FOR_A_REASON_OF_NEXT_YEAR"])
async def test_parts_decide_and_not_the_finish_reason(gemini: Gemini, emulator: GeminiEmulator, reason: str) -> None:
    emulator.script(answers.finish(reason, ONE_CALL), answers.finish(reason, answers.text("done")))

    called = await gemini.ask(QUESTION)
    reply = await gemini.ask(after(called))

    assert [call.name for call in called.calls] == ["get_ip_address"]
    assert (reply.text, reply.unusable) == ("done", None)


@pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason")
async def test_an_unknown_reason_without_a_word_is_unusable(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.finish("NEXT_YEAR"))

    assert (await gemini.ask(QUESTION)).unusable == "next_year"


async def test_calls_that_were_not_allowed_are_not_made(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(ONE_CALL)

    reply = await gemini.ask(replace(QUESTION, may_call_tools=False))

    assert (reply.unusable, reply.calls, reply.content) == ("unexpected_tool_call", [], None)


# Errors


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answers.bad_key(), errors.BAD_API_KEY),
        (answers.error(401), errors.BAD_API_KEY),
        (answers.error(403), errors.NOT_PERMITTED),
        (answers.unsupported_location(), errors.NOT_PERMITTED),
        (answers.error(404), errors.UNKNOWN_MODEL),
        (answers.error(413), errors.TOO_LONG),
        (answers.too_long(), errors.TOO_LONG),
        (answers.error(400), errors.REFUSED_REQUEST),
        (answers.error(422), errors.REFUSED_REQUEST),
        (answers.html_error(400), errors.REFUSED_REQUEST),
        (answers.daily_quota(), errors.DAILY_QUOTA),
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
        (answers.error(429, retry_delay="17.5s"), timedelta(seconds=17.5)),
        (answers.error(429, retry_delay="0s"), timedelta()),
        (answers.error(429, retry_delay="86400s"), timedelta(minutes=5)),
        (answers.error(429, retry_delay="soon"), None),
        (answers.error(429, retry_after="7"), timedelta(seconds=7)),
        (answers.error(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), None),
        (answers.error(429), None),
        (answers.error(503, retry_after="3"), timedelta(seconds=3)),
        *((answers.error(status), None) for status in (408, 499, 500, 502, 503, 504)),
        (answers.html_error(502), None),
        (answers.Raw(503, "", "text/plain"), None),
        (answers.Raw(503, '[{"error": {"code": 503, "status": "UNAVAILABLE"}}]'), None),
        (answers.Raw(500, '{"error": "a word"}'), None),
        (answers.Raw(500, '{"error": {"details": "none"}}'), None),
        (answers.Raw(204, ""), None),
        (answers.garbage(200), None),
        (answers.garbage(503), None),
        (answers.raw({"candidates": [{"content": "none"}]}), None),
        (answers.cut(), None),
        (answers.cut(answers.text("half of this " * 20)), None),
    ],
)
async def test_what_may_pass_is_retryable_and_asked_only_once(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, delay: timedelta | None
) -> None:
    emulator.script(answer)

    error = await failure(gemini)

    assert (error.type, error.non_retryable, error.next_retry_delay) == (errors.MODEL_UNAVAILABLE, False, delay)
    assert len(emulator.requests) == 1


async def test_a_gemini_that_cannot_be_reached_is_retryable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gemini = Gemini(make_client("test-key", f"http://127.0.0.1:{nobody.getsockname()[1]}", "v1", SECONDS))

        error = await failure(gemini)
        await gemini.close()

    assert (error.type, error.non_retryable) == (errors.MODEL_UNAVAILABLE, False)


async def test_an_answer_that_comes_too_late_is_retryable(emulator: GeminiEmulator) -> None:
    client = make_client("test-key", emulator.base_url, "v1", timedelta(seconds=10))
    client._api_client._http_options.timeout = 500  # milliseconds; no test can wait for ten seconds
    client._api_client._http_options.headers["X-Server-Timeout"] = "10"  # type: ignore[index]
    gemini = Gemini(client)
    hold = emulator.hold()

    error = await failure(gemini)
    await hold.abandoned()
    await gemini.close()

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
    emulator.script(answers.error(status, message, details=details))

    error = await failure(gemini)

    stored = Failure()
    DataConverter.default.failure_converter.to_failure(error, DataConverter.default.payload_converter, stored)
    for secret in ("test-key", "my secret", "gemini.example", "127.0.0.1"):
        assert secret not in str(stored)


# Thought signatures that Gemini does not take


def lost(content: Content) -> None:
    del content["parts"][0]["thoughtSignature"]


def changed(content: Content) -> None:
    content["parts"][0]["thoughtSignature"] = base64.b64encode(b"something else").decode()


@pytest.mark.parametrize("damage", [lost, changed])
async def test_refused_signatures_are_replaced_by_the_dummy_once(
    gemini: Gemini, emulator: GeminiEmulator, damage: Callable[[Content], None]
) -> None:
    emulator.script(answers.calls(("get_ip_address", {}), ("get_ip_address", {})), answers.text("repaired"))
    question = after(await gemini.ask(QUESTION))
    damage(question.contents[1])
    stored = deepcopy(question.contents)

    reply = await gemini.ask(question)

    sent = emulator.requests[-1].contents[1]["parts"]
    assert (reply.text, len(emulator.refusals), question.contents) == ("repaired", 1, stored)
    assert [part.get("thoughtSignature") for part in sent] == [DUMMY_SIGNATURE, None]


async def test_a_conversation_goes_on_with_another_model(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(ONE_CALL, answers.text("moved"))
    question = after(await gemini.ask(QUESTION))

    assert (await gemini.ask(replace(question, model="gemini-4-argon"))).text == "moved"


async def test_a_reply_that_reports_a_missing_signature_is_asked_for_once_more(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    emulator.script(ONE_CALL, answers.finish("MISSING_THOUGHT_SIGNATURE"), answers.text("repaired"))
    question = after(await gemini.ask(QUESTION))

    assert (await gemini.ask(question)).text == "repaired"


async def test_signatures_that_are_refused_again_refuse_the_request(gemini: Gemini, emulator: GeminiEmulator) -> None:
    refused = answers.error(400, "Thought signature is not valid.")
    emulator.script(refused, refused)

    error = await failure(gemini)

    assert (error.type, error.non_retryable, len(emulator.requests)) == (errors.REFUSED_REQUEST, True, 2)


# Summaries


async def test_a_summary_is_made_of_what_was_said_called_and_returned(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.calls(("get_weather_alerts", {"state": "NY"})), answers.text("Anna asked about New York."))
    contents = after(await gemini.ask(QUESTION)).contents

    summary = await gemini.summarise(MODEL, [*contents, {"role": "model", "parts": [{"text": "All clear."}]}])

    request = emulator.requests[-1]
    assert summary == "Anna asked about New York."
    assert "summary" in request.system_instruction
    assert request.tool_names == []
    assert request.last_text.splitlines() == [
        "People: hi",
        'Assistant calls the tool get_weather_alerts with {"state": "NY"}',
        'The tool get_weather_alerts returns {"output": 1}',
        "Assistant: All clear.",
    ]


async def test_a_file_that_was_not_put_in_is_only_named(gemini: Gemini, emulator: GeminiEmulator) -> None:
    content: Content = {"role": "user", "parts": [{FILE_PART: SlackFile(id="F1", name="a.pdf").model_dump()}]}
    emulator.script(answers.text("I cannot open it."), answers.text("There was a file."))

    await gemini.ask(Question(MODEL, "", [content]))
    await gemini.summarise(MODEL, [content])

    asked, summarised = emulator.requests
    assert asked.contents[0]["parts"] == [{"text": "[file: a.pdf]"}]
    assert summarised.contents[0]["parts"] == [{"text": "People: [file: a.pdf]"}]


@pytest.mark.parametrize(
    ("answer", "code", "is_final"),
    [
        (answers.empty(), errors.UNUSABLE_ANSWER, False),
        (ONE_CALL, errors.UNUSABLE_ANSWER, False),
        (answers.blocked_prompt(), errors.BLOCKED_PROMPT, True),
        (answers.error(503), errors.MODEL_UNAVAILABLE, False),
        (answers.bad_key(), errors.BAD_API_KEY, True),
    ],
)
async def test_a_summary_that_does_not_come_is_an_error(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, code: str, *, is_final: bool
) -> None:
    emulator.script(answer)

    with pytest.raises(ApplicationError) as raised:
        await gemini.summarise(MODEL, [HI])

    assert (raised.value.type, raised.value.non_retryable) == (code, is_final)
