"""Promises about streamed answers: each chunk is passed on when it comes, and the chunks make the whole answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.gemini.client import Gemini, make_client
from agent_worker.gemini.stream import Assembly
from agent_worker.payloads import errors
from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.counted import Counted
from tests.support.agent_worker.questions import QUESTION, failure

HAIKU = "An old silent pond\nA frog jumps into the pond\nSplash! Silence again."


class Ears:
    """Keeps the text that it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.times_taken_back = 0

    def add(self, text: str) -> None:
        self.heard.append(text)

    def take_back(self) -> None:
        self.heard.clear()
        self.times_taken_back += 1


def chunk(*parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, **fields}]}


async def test_text_is_heard_piece_by_piece_and_thoughts_are_not(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.text(HAIKU))
    ears = Ears()

    reply = await gemini.ask(QUESTION, ears)

    assert "".join(ears.heard) == reply.text == HAIKU
    assert len(ears.heard) > 1


async def test_a_model_that_falls_silent_is_given_up(emulator: GeminiEmulator) -> None:
    hold = emulator.hold()
    client = make_client(emulator.api_key, emulator.base_url, "v1", timedelta(seconds=60))
    gemini = Gemini(client, gemini_timeout=timedelta(milliseconds=200))

    error = await failure(gemini)
    await hold.abandoned()
    await gemini.close()

    assert (error.type, error.non_retryable) == (errors.MODEL_UNAVAILABLE, False)


# Chunks that are joined

TEXTS = st.text(max_size=12)
PARTS = st.one_of(
    st.builds(lambda text: {"text": text}, TEXTS),
    st.builds(lambda text: {"text": text, "thought": True}, TEXTS),
    st.builds(lambda text: {"text": text, "thoughtSignature": "QUJD"}, TEXTS),
    st.just({"functionCall": {"name": "look_up", "args": {}}, "thoughtSignature": "REVG"}),
    st.just({"functionCall": {"name": "look_up", "args": {}}}),
)


@given(st.lists(PARTS, min_size=1, max_size=8), st.data())
def test_however_an_answer_is_cut_it_is_put_together_again(parts: list[dict[str, Any]], data: st.DataObject) -> None:
    """Texts may be cut anywhere, with their signature in the last piece; whole parts may come together."""
    pieces = [piece for part in parts for piece in _cut(part, data)]
    assembly, whole = Assembly(), Assembly()
    whole.add(chunk(*parts, finishReason="STOP"))

    heard = "".join(assembly.add(chunk(piece)) for piece in pieces) + assembly.add(chunk(finishReason="STOP"))

    assert assembly.is_complete
    assert heard == _visible(assembly) == _visible(whole)
    assert _others(assembly) == _others(whole)


def _cut(part: dict[str, Any], data: st.DataObject) -> list[dict[str, Any]]:
    if "text" not in part:
        return [part]
    at = data.draw(st.integers(0, len(part["text"])))
    plain = {name: value for name, value in part.items() if name != "thoughtSignature"}
    return [plain | {"text": part["text"][:at]}, part | {"text": part["text"][at:]}]


def _parts(assembly: Assembly) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = assembly.response()["candidates"][0]["content"]["parts"]
    return parts


def _visible(assembly: Assembly) -> str:
    return "".join(part.get("text", "") for part in _parts(assembly) if not part.get("thought"))


def _others(assembly: Assembly) -> list[tuple[Any, Any]]:
    """Calls and signatures, in order."""
    kept = [(part.get("functionCall"), part.get("thoughtSignature")) for part in _parts(assembly)]
    return [one for one in kept if one != (None, None)]


@pytest.mark.parametrize("kind", [{}, {"thought": True}])
def test_a_long_answer_is_not_copied_at_each_chunk(kind: dict[str, Any]) -> None:
    copied: list[int] = []
    assembly = Assembly()

    for _ in range(1_000):
        assembly.add(chunk({"text": Counted("word ", copied), **kind}))

    assert _parts(assembly) == [{"text": "word " * 1_000, **kind}]
    assert sum(copied) <= 2 * len("word ") * 1_000


def test_the_last_count_of_tokens_is_the_one_that_counts() -> None:
    assembly = Assembly()
    for count in (1, 7):
        assembly.add({"usageMetadata": {"promptTokenCount": count}})

    assert assembly.response() == {"usageMetadata": {"promptTokenCount": 7}}


def test_a_blocked_prompt_has_no_other_end() -> None:
    assembly = Assembly()
    assembly.add({"promptFeedback": {"blockReason": "SAFETY"}})

    assert assembly.is_complete


@given(st.lists(PARTS, max_size=4), st.data())
def test_nothing_but_a_finish_reason_or_a_block_is_an_end(parts: list[dict[str, Any]], data: st.DataObject) -> None:
    unsaid = st.sampled_from([{}, {"finishReason": ""}, {"finishReason": "FINISH_REASON_UNSPECIFIED"}])
    ratings = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW"}]
    assembly = Assembly()
    for part in parts:
        assembly.add(chunk(part, safetyRatings=ratings, **data.draw(unsaid)))
    assembly.add({"promptFeedback": {"safetyRatings": ratings}, "usageMetadata": {"promptTokenCount": 5}})

    assert not assembly.is_complete
