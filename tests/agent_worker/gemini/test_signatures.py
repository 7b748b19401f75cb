"""Promises about thought signatures: they are sent back unchanged, and a refusal of them ends no conversation."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from agent_worker.conversation.transcript.signatures import DUMMY_SIGNATURE
from agent_worker.gemini.client import Gemini
from agent_worker.payloads import errors
from agent_worker.payloads.model import Content
from emulators.gemini import answers, faults
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import HI, ONE_CALL, QUESTION, after, candidate, failure

# Signatures that are kept


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


async def test_signatures_that_are_refused_again_are_a_fault_of_ours(gemini: Gemini, emulator: GeminiEmulator) -> None:
    refused = faults.error(400, "Thought signature is not valid.")
    emulator.script(refused, refused)

    error = await failure(gemini)

    assert (error.type, error.non_retryable, len(emulator.requests)) == (errors.WRONG_REQUEST, True, 2)
