"""Promises about pauses between the chunks of a stream."""

from __future__ import annotations

import asyncio

from google import genai

from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import MODEL
from tests.support.emulators.stream_reader import POND, StreamReader


async def test_there_is_a_pause_between_pieces(gemini: GeminiEmulator, reader: StreamReader) -> None:
    gemini.script(answers.text(POND).in_pieces(4, pause=3600))
    reading = asyncio.create_task(reader.read())

    await reader.has_read(1)
    reading.cancel()

    assert reader.texts == ["An old "]


async def test_without_a_stream_there_are_no_pauses(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.script(answers.text(POND).in_pieces(4, pause=3600))

    assert (await sdk.aio.models.generate_content(model=MODEL, contents="hi")).text == POND
