"""Promises about Gemini's JSON: what each chunk of a stream has, and what the usage counts."""

from __future__ import annotations

import pytest
from google import genai

from emulators.gemini import answers, faults
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, said
from tests.support.emulators.stream_reader import POND, StreamReader, only_part


async def test_usage_grows_with_what_is_said(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.text("short"), answers.text("long " * 50, thought="hm"))

    short = (await caller.ask(said("hi"))).json()["usageMetadata"]
    long = (await caller.ask(said("hi " * 100))).json()["usageMetadata"]

    assert short["promptTokenCount"] < long["promptTokenCount"]
    assert short["candidatesTokenCount"] < long["candidatesTokenCount"]
    assert "thoughtsTokenCount" not in short
    for usage in (short, long):
        parts = [usage.get(f"{part}TokenCount", 0) for part in ("prompt", "candidates", "thoughts")]
        assert usage["totalTokenCount"] == sum(parts)


async def test_a_stream_brings_text_in_a_few_pieces(gemini: GeminiEmulator, reader: StreamReader) -> None:
    gemini.script(answers.text(POND))

    await reader.read()

    assert 2 < len(reader.texts) < len(POND.split())
    assert "".join(reader.texts) == POND


async def test_a_stream_brings_calls_whole_and_the_reason_after_them(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.calls(("a", {"x": 1}), ("b", {})))

    pieces = [piece["candidates"][0] for piece in await caller.chunks()]

    names = [piece["content"]["parts"][0]["functionCall"]["name"] for piece in pieces[:-1]]
    assert names == ["a", "b"]
    assert pieces[-1] == {"index": 0, "content": {"role": "model"}, "finishReason": "STOP"}


async def test_a_blocked_prompt_and_an_error_can_be_streamed_too(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(answers.blocked_prompt(), faults.error(503))

    (blocked,) = await caller.chunks()
    away = await caller.stream()

    assert blocked["promptFeedback"] == {"blockReason": "SAFETY"}
    assert away.status_code == 503


@pytest.mark.parametrize("count", [1, 2, 7, 10, len(POND)])
async def test_text_comes_in_as_many_pieces_as_wanted(gemini: GeminiEmulator, reader: StreamReader, count: int) -> None:
    gemini.script(answers.text(POND).in_pieces(count))

    await reader.read()

    said = list(filter(None, reader.texts))
    assert len(said) == count
    assert "".join(said) == POND


async def test_pieces_end_at_words_where_there_are_enough(gemini: GeminiEmulator, reader: StreamReader) -> None:
    gemini.script(answers.text(POND).in_pieces(3))

    await reader.read()

    assert list(filter(None, reader.texts)) == ["An old silent ", "pond. A frog ", "jumps into the pond."]


async def test_only_the_last_piece_has_the_signature_the_reason_and_all_tokens(
    gemini: GeminiEmulator, reader: StreamReader
) -> None:
    gemini.script(answers.text(POND, signed=True).in_pieces(4))

    chunks = await reader.read()

    assert [bool(only_part(chunk).thought_signature) for chunk in chunks] == [False, False, False, True]
    assert reader.finish_reasons == [None, None, None, "STOP"]
    counts = [chunk.usage_metadata.candidates_token_count or 0 for chunk in chunks if chunk.usage_metadata]
    assert counts == sorted(set(counts))
    assert chunks[-1].usage_metadata is not None


async def test_streams_differ_as_those_of_gemini_do_and_each_has_one_id(
    gemini: GeminiEmulator, sdk: genai.Client
) -> None:
    gemini.script(*[answers.text(POND).in_pieces(3) for _ in range(20)])

    streams = [await StreamReader(sdk).read() for _ in range(20)]

    assert {len({chunk.response_id for chunk in chunks}) for chunks in streams} == {1}
    assert {len([chunk for chunk in chunks if chunk.usage_metadata]) for chunks in streams} == {1, 3, 4}
    last = [only_part(chunks[-1]) for chunks in streams]
    assert {(part.text == "", part.thought_signature is not None) for part in last} == {(True, True), (False, False)}


async def test_thoughts_and_calls_come_in_chunks_of_their_own(gemini: GeminiEmulator, reader: StreamReader) -> None:
    gemini.script(answers.calls(("look_up", {"x": 1}), text=POND, thought="Hm.").in_pieces(2))

    parts = [only_part(chunk) for chunk in (await reader.read())[:-1]]

    assert [part.thought for part in parts] == [True, None, None, None]
    assert [part.text for part in parts[1:3]] == ["An old silent pond. A ", "frog jumps into the pond."]
    assert parts[3].function_call is not None
