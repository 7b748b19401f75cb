"""Promises of the pace: a real model's time passes, streamed or not, and the moments of its tokens are noted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from google import genai

from emulators.gemini import answers
from emulators.gemini.answers import Said
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.pace import Paced
from tests.support.emulators.gemini_caller import MODEL
from tests.support.emulators.stream_reader import StreamReader

LINE = "An old pond and a frog's leap. "  # 31 characters


def chunk(*parts: Mapping[str, object]) -> dict[str, object]:
    return {"candidates": [{"content": {"parts": list(parts)}}]}


def test_the_first_piece_of_a_text_is_its_first_token_and_the_others_take_the_time_of_their_tokens() -> None:
    paced = Paced(said=answers.text("any"), seconds=1.5, tokens_per_second=80)
    texts = [chunk({"text": "word" * 8}) for _ in range(11)]

    assert paced.times([*texts, chunk()]) == pytest.approx([1.5 + number / 10 for number in range(11)] + [2.5])


def test_a_call_comes_when_its_last_token_is_written() -> None:
    call = {"functionCall": {"name": "x" * 374, "args": {}}, "thoughtSignature": "y" * 4_000}  # 100 tokens

    (at,) = Paced(seconds=1.5, tokens_per_second=100).times([chunk(call)])

    assert at == pytest.approx(1.5 + 1.0)


def test_a_text_of_a_hundred_tokens_is_cut_into_pieces_of_about_eight() -> None:
    assert Paced(said=answers.text("word" * 100)).in_pieces().pieces == 13
    assert Paced(said=answers.text("a")).in_pieces().pieces == 1
    assert Paced(said=Said()).in_pieces() == Said()


async def test_the_first_token_is_sent_long_before_the_last(gemini: GeminiEmulator, reader: StreamReader) -> None:
    paced = Paced(said=answers.text(LINE * 3), tokens_per_second=0.001)
    gemini.script(paced)
    reading = asyncio.create_task(reader.read())

    await reader.has_read(1)
    reading.cancel()

    assert LINE.startswith(reader.texts[0].strip())
    assert paced.moments.first is not None
    assert paced.moments.last is None


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_an_answer_takes_the_same_time_streamed_or_not(
    gemini: GeminiEmulator, sdk: genai.Client, *, is_streamed: bool
) -> None:
    paced = Paced(said=answers.text(LINE * 3), seconds=0.05, tokens_per_second=400)
    gemini.script(paced)
    begun = asyncio.get_running_loop().time()

    if is_streamed:
        stream = await sdk.aio.models.generate_content_stream(model=MODEL, contents="hi")
        text = "".join([chunk.text or "" async for chunk in stream])
    else:
        text = (await sdk.aio.models.generate_content(model=MODEL, contents="hi")).text or ""

    assert text == LINE * 3
    assert paced.moments.first is not None
    assert paced.moments.last is not None
    assert paced.moments.first - begun >= 0.05
    assert paced.moments.last - begun >= 0.05 + 0.035  # some 16 tokens after the first piece
