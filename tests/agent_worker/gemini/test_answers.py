"""Promises about replies: what a reply holds, and whether the turn can go on with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_worker.gemini.client import Gemini
from agent_worker.payloads import errors
from agent_worker.payloads.model import CUT_OFF, TOO_MANY_TOOL_CALLS, ModelReply
from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import ONE_CALL, QUESTION, after, candidate

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


async def test_a_tool_is_called_by_the_name_that_it_was_declared_with(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.calls(("default_api.get_ip_address", {})))

    reply = await gemini.ask(QUESTION)

    assert [call.name for call in reply.calls] == ["get_ip_address"]
    assert reply.content is not None
    assert reply.content["parts"][0]["functionCall"]["name"] == "get_ip_address"


async def test_calls_without_ids_are_calls_too(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.calls(("get_ip_address", {}), with_ids=False))

    (call,) = (await gemini.ask(QUESTION)).calls

    assert call.id is None


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
        (faults.empty_body(), "empty"),
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
        (answers.finish("OTHER", answers.thought("hm")), "other"),
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
async def test_tool_calls_count_for_whatever_reason_they_end(
    gemini: Gemini, emulator: GeminiEmulator, reason: str
) -> None:
    emulator.script(answers.finish(reason, ONE_CALL), answers.text("done"))

    called = await gemini.ask(QUESTION)
    reply = await gemini.ask(after(called))

    assert [call.name for call in called.calls] == ["get_ip_address"]
    assert (reply.text, reply.unusable) == ("done", None)


@pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason")
@pytest.mark.parametrize("reason", ["OTHER", "NO_IMAGE", "IMAGE_OTHER", "FINISHED_FOR_A_REASON_OF_NEXT_YEAR"])
async def test_only_a_text_that_ends_with_stop_is_shown_as_complete(
    gemini: Gemini, emulator: GeminiEmulator, reason: str
) -> None:
    emulator.script(answers.finish(reason, answers.text("Once upon a")))

    reply = await gemini.ask(QUESTION)

    assert reply.text.startswith("Once upon a\n\n")
    assert "may be incomplete" in reply.text
    assert reply.content == {"role": "model", "parts": [{"text": "Once upon a"}]}


async def test_a_blocked_prompt_has_no_answer_even_if_words_come_with_it(
    gemini: Gemini, emulator: GeminiEmulator
) -> None:
    said = {"content": {"role": "model", "parts": [{"text": "half"}]}, "finishReason": "STOP"}
    emulator.script(answers.raw({"promptFeedback": {"blockReason": "SAFETY"}, "candidates": [said]}))

    assert (await gemini.ask(QUESTION)).failed == errors.BLOCKED_PROMPT


@pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason")
async def test_an_unknown_reason_without_a_word_is_unusable(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.finish("NEXT_YEAR"))

    assert (await gemini.ask(QUESTION)).unusable == "next_year"


async def test_calls_that_were_not_allowed_are_not_made(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(ONE_CALL)

    reply = await gemini.ask(replace(QUESTION, may_call_tools=False))

    assert (reply.unusable, reply.calls, reply.content) == ("unexpected_tool_call", [], None)
