"""Promises about held answers and streams: they wait until the test lets them go on or breaks them off."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from google import genai
from google.genai.errors import APIError, ServerError

from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import MODEL, Caller, candidate, client_of, said
from tests.support.emulators.stream_reader import POND, StreamReader


async def test_a_held_request_waits_for_its_answer(caller: Caller, gemini: GeminiEmulator) -> None:
    hold = gemini.hold()
    waiting = asyncio.create_task(caller.ask(said("hi")))

    request = await hold.reached()
    hold.release(answers.text("at last"))

    assert request.last_text == "hi"
    assert candidate(await waiting)["content"]["parts"] == [{"text": "at last"}]


async def test_a_held_request_whose_caller_hangs_up_is_known_to_be_abandoned(
    caller: Caller, gemini: GeminiEmulator
) -> None:
    hold = gemini.hold(lambda request: "hi" in request.last_text)
    waiting = asyncio.create_task(caller.ask(said("hi")))
    await hold.reached()

    waiting.cancel()

    await hold.abandoned()


async def test_a_held_stream_stops_after_its_first_pieces_and_goes_on(
    gemini: GeminiEmulator, reader: StreamReader
) -> None:
    held = gemini.hold_stream(answers.text(POND).in_pieces(3), after=2)
    reading = asyncio.create_task(reader.read())

    await held.reached()
    await reader.has_read(2)
    stopped_at = list(reader.texts)
    held.release()
    await reading

    assert stopped_at == ["An old silent ", "pond. A frog "]
    assert "".join(reader.texts) == POND
    assert reader.finish_reasons[-1] == "STOP"


async def test_a_stream_can_stop_before_its_first_piece_and_after_its_last(
    gemini: GeminiEmulator, reader: StreamReader
) -> None:
    before = gemini.hold_stream(answers.text("one two").in_pieces(2), after=0)
    after = gemini.hold_stream(answers.text("three four").in_pieces(2), after=2)

    reading = asyncio.create_task(reader.read())
    await before.reached()
    assert reader.texts == []
    before.release()
    await reading

    reading = asyncio.create_task(reader.read())
    await after.reached()
    await reader.has_read(4)
    assert not reading.done()
    after.release()
    await reading

    assert "".join(reader.texts) == "one two" + "three four"


async def test_a_held_stream_can_be_cut(gemini: GeminiEmulator, reader: StreamReader) -> None:
    held = gemini.hold_stream(answers.text(POND).in_pieces(3), after=2)
    reading = asyncio.create_task(reader.read())
    await held.reached()
    await reader.has_read(2)

    held.cut()

    with pytest.raises(aiohttp.ClientPayloadError):
        await reading
    assert len(reader.texts) == 2


async def test_a_held_stream_whose_reader_gives_up_is_abandoned(gemini: GeminiEmulator, reader: StreamReader) -> None:
    held = gemini.hold_stream(answers.text(POND).in_pieces(3), after=1)
    reading = asyncio.create_task(reader.read())
    await reader.has_read(1)
    abandoned = asyncio.create_task(held.abandoned())
    assert not abandoned.done()

    reading.cancel()

    await asyncio.wait_for(abandoned, 10)
    gemini.script(answers.text("again"))
    await reader.read()
    assert "".join(reader.texts).endswith("again")


async def test_a_stream_can_be_held_for_the_request_that_fits(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    held = gemini.hold_stream(
        answers.text("woof woof").in_pieces(2), after=1, fits=lambda request: "dogs" in request.last_text
    )
    gemini.script(answers.text("meow"))
    cats, dogs = StreamReader(sdk), StreamReader(sdk)

    await cats.read("cats")
    reading = asyncio.create_task(dogs.read("dogs"))
    await held.reached()
    held.release()
    await reading

    assert ("".join(cats.texts), "".join(dogs.texts)) == ("meow", "woof woof")


async def test_a_held_stream_has_expectations_as_other_answers_have() -> None:
    async with GeminiEmulator() as strict, client_of(strict) as sdk:
        strict.hold_stream(answers.text("woof").given(contains="dogs"), after=0)

        with pytest.raises(ServerError):
            await StreamReader(sdk).read("cats")

        assert "'dogs'" in strict.failures[0]


@pytest.mark.parametrize("after", [3, -1])
async def test_a_stream_that_cannot_stop_there_fails_the_test(after: int) -> None:
    async with GeminiEmulator() as strict, client_of(strict) as sdk:
        strict.hold_stream(answers.text("one two").in_pieces(2), after=after)

        with pytest.raises(APIError):
            await StreamReader(sdk).read()

        assert "no stream that could stop" in strict.failures[0]


async def test_a_held_stream_for_a_request_that_wants_none_fails_the_test() -> None:
    async with GeminiEmulator() as strict, client_of(strict) as sdk:
        strict.hold_stream(answers.text("one two").in_pieces(2), after=1)

        with pytest.raises(APIError):
            await sdk.aio.models.generate_content(model=MODEL, contents="hi")

        assert "no stream that could stop" in strict.failures[0]
