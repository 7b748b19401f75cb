"""Promises of the pretend Gemini: calls, responses and signatures must come back as they went out."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

import pytest

from emulators.gemini.answers import calls, text
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.signatures import DUMMY
from tests.support.emulators.gemini_caller import Caller, said

Content = dict[str, Any]

COUNT = "number of function response parts is equal to the number of function call parts"


async def called(caller: Caller, gemini: GeminiEmulator, *names: str) -> Content:
    """The content in which the model calls these tools."""
    gemini.script(calls(*((name, {"n": number}) for number, name in enumerate(names))))
    response = await caller.ask(said("go"))
    content: Content = response.json()["candidates"][0]["content"]
    return content


def responses(content: Content) -> Content:
    asked = [part["functionCall"] for part in content["parts"]]
    answers = [{"id": call["id"], "name": call["name"], "response": {"output": 1}} for call in asked]
    return {"role": "user", "parts": [{"functionResponse": answer} for answer in answers]}


async def test_only_the_first_of_parallel_calls_is_signed(caller: Caller, gemini: GeminiEmulator) -> None:
    content = await called(caller, gemini, "a", "b", "c")

    assert ["thoughtSignature" in part for part in content["parts"]] == [True, False, False]
    assert len({part["functionCall"]["id"] for part in content["parts"]}) == 3


async def test_calls_that_come_back_with_all_their_responses_are_accepted(
    caller: Caller, gemini: GeminiEmulator
) -> None:
    content = await called(caller, gemini, "a", "b")
    gemini.script(text("done"), text("done"))

    first = await caller.ask(said("go"), content, responses(content))
    steered = await caller.ask(said("go"), content, responses(content), said("faster"))

    assert (first.status_code, steered.status_code) == (200, 200)


async def test_responses_may_come_in_the_role_of_a_tool(caller: Caller, gemini: GeminiEmulator) -> None:
    content = await called(caller, gemini, "a")
    gemini.script(text("done"))

    assert (await caller.ask(said("go"), content, responses(content) | {"role": "tool"})).status_code == 200


async def test_a_signature_may_come_back_in_the_other_base64_alphabet(caller: Caller, gemini: GeminiEmulator) -> None:
    for _ in range(5):
        content = await called(caller, gemini, "a")
        signature = base64.b64decode(content["parts"][0]["thoughtSignature"])
        content["parts"][0]["thoughtSignature"] = base64.urlsafe_b64encode(signature).decode()
        gemini.script(text("done"))

        assert (await caller.ask(said("go"), content, responses(content))).status_code == 200


async def test_a_missing_signature_is_refused_in_the_current_turn_only(caller: Caller, gemini: GeminiEmulator) -> None:
    content = await called(caller, gemini, "look_up")
    unsigned = deepcopy(content)
    del unsigned["parts"][0]["thoughtSignature"]
    gemini.script(text("fine"))

    message = await caller.refusal(said("go"), unsigned, responses(content))
    old = await caller.ask(said("go"), unsigned, responses(content), said("done", "model"), said("and now?"))

    assert "missing a thought_signature in functionCall parts" in message
    assert "`default_api:look_up` , position 2" in message
    assert old.status_code == 200


async def test_every_step_of_the_current_turn_must_be_signed(caller: Caller, gemini: GeminiEmulator) -> None:
    first = await called(caller, gemini, "a")
    second = await called(caller, gemini, "b")
    del first["parts"][0]["thoughtSignature"]

    message = await caller.refusal(said("go"), first, responses(first), second, responses(second))

    assert "`default_api:a` , position 2" in message


@pytest.mark.parametrize("where", ["changed", "moved to another call", "of another model", "on a second call"])
async def test_a_signature_that_was_not_issued_with_this_call_is_corrupted(
    caller: Caller, gemini: GeminiEmulator, where: str
) -> None:
    content = await called(caller, gemini, "a", "b")
    first, second = content["parts"]
    model = "gemini-4-argon" if where == "of another model" else "gemini-3.8-flash"
    if where == "changed":
        first["thoughtSignature"] = base64.b64encode(b"x" + base64.b64decode(first["thoughtSignature"])[1:]).decode()
    elif where == "moved to another call":
        first["functionCall"]["args"] = {"n": 7}
    elif where == "on a second call":
        second["thoughtSignature"] = first["thoughtSignature"]

    message = await caller.refusal(said("go"), content, responses(content), model=model)

    assert message == "Corrupted thought signature."


async def test_the_documented_dummy_is_accepted_as_it_is_written(caller: Caller, gemini: GeminiEmulator) -> None:
    content = await called(caller, gemini, "a")
    gemini.script(text("done"))

    content["parts"][0]["thoughtSignature"] = DUMMY
    accepted = await caller.ask(said("go"), content, responses(content))
    content["parts"][0]["thoughtSignature"] = base64.b64encode(DUMMY.encode()).decode()
    message = await caller.refusal(said("go"), content, responses(content))

    assert (accepted.status_code, message) == (200, "Corrupted thought signature.")


async def test_each_call_needs_its_response_right_after_it(caller: Caller, gemini: GeminiEmulator) -> None:
    content = await called(caller, gemini, "a", "b")
    answered = responses(content)
    one = {"role": "user", "parts": answered["parts"][:1]}
    other = {"role": "user", "parts": answered["parts"][1:]}

    assert COUNT in await caller.refusal(said("go"), content, one)
    assert COUNT in await caller.refusal(said("go"), content, one, other)
    assert COUNT in await caller.refusal(said("go"), content, said("never mind"))
    assert "after a function call turn" in await caller.refusal(said("go"), answered)
    assert "after a user turn" in await caller.refusal(content, answered)
    assert "must end" in (await caller.refusal(said("go"), content)).replace("requests end", "must end")


async def test_nothing_else_stands_beside_responses(caller: Caller, gemini: GeminiEmulator) -> None:
    content = await called(caller, gemini, "a", "b")
    mixed = responses(content)
    mixed["parts"].append({"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}})

    assert COUNT in await caller.refusal(said("go"), content, mixed)


@pytest.mark.parametrize("field", ["name", "id"])
async def test_responses_in_another_order_or_with_another_name_are_refused(
    caller: Caller, gemini: GeminiEmulator, field: str
) -> None:
    content = await called(caller, gemini, "a", "b")
    swapped = responses(content)
    swapped["parts"].reverse()
    wrong = responses(content)
    wrong["parts"][1]["functionResponse"][field] = "other"

    assert "Function response 0 has the name" in await caller.refusal(said("go"), content, swapped)
    assert f"Function response 1 has the {field} 'other'" in await caller.refusal(said("go"), content, wrong)


async def test_a_conversation_that_ends_with_the_model_is_refused(caller: Caller) -> None:
    assert "end with a user role" in await caller.refusal(said("hi"), said("hello", "model"))
