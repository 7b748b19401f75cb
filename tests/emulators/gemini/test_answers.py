"""Promises about answers: each looks as Gemini's does."""

from __future__ import annotations

import pytest

from emulators.gemini import answers
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, said


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answers.raw({}), "{}"),
        (answers.blocked_prompt(), '"blockReason": "SAFETY"'),
        (answers.finish("SAFETY"), '{"index": 0, "finishReason": "SAFETY"}'),
        (answers.finish("MAX_TOKENS", answers.text("half")), '"finishReason": "MAX_TOKENS"'),
        (answers.empty(), '"content": {"role": "model"}'),
        (answers.thought("hm"), '[{"text": "hm", "thought": true}]'),
        (answers.lone_signature(), '{"text": "", "thoughtSignature":'),
        (answers.calls(("a", None), with_ids=False), '{"functionCall": {"name": "a"}'),
    ],
)
async def test_each_kind_of_answer_looks_as_geminis_does(
    caller: Caller, gemini: GeminiEmulator, answer: Answer, expected: str
) -> None:
    gemini.script(answer)

    response = await caller.ask(said("hi"))

    assert response.status_code == 200
    assert expected in response.text


@pytest.mark.parametrize(
    ("said", "count"),
    [(answers.text("ab"), 3), (answers.text("ab"), 0), (answers.empty(), 1), (answers.thought("hm"), 1)],
)
def test_a_text_that_is_too_short_for_its_pieces_is_a_mistake(said: answers.Said, count: int) -> None:
    with pytest.raises(ValueError, match="cannot be cut"):
        said.in_pieces(count)
