"""Promises of the pretend Gemini's streams: they come in the pieces that a test wants, and break where it says."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from google import genai
from google.genai import types
from google.genai.errors import APIError, ServerError

from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from playground.scripted_model.model import ScriptedModel
from tests.support.emulators.gemini_caller import MODEL, Caller, client_of, said

POND = "An old silent pond. A frog jumps into the pond."


class Reader:
    """Reads one answer as it comes, and keeps what has come also when the rest does not."""

    def __init__(self, sdk: genai.Client) -> None:
        self._sdk = sdk
        self._news = asyncio.Condition()
        self.chunks: list[types.GenerateContentResponse] = []

    async def read(self, question: str = "hi") -> list[types.GenerateContentResponse]:
        async for chunk in await self._sdk.aio.models.generate_content_stream(model=MODEL, contents=question):
            async with self._news:
                self.chunks.append(chunk)
                self._news.notify_all()
        return self.chunks

    async def has_read(self, count: int) -> None:
        async with self._news:
            await self._news.wait_for(lambda: len(self.chunks) >= count)

    @property
    def texts(self) -> list[str]:
        return [chunk.text or "" for chunk in self.chunks]


@pytest.fixture
def reader(sdk: genai.Client) -> Reader:
    return Reader(sdk)


def only_part(chunk: types.GenerateContentResponse) -> types.Part:
    assert chunk.parts is not None
    (part,) = chunk.parts
    return part


def finish_reason(chunk: types.GenerateContentResponse) -> str | None:
    assert chunk.candidates is not None
    return chunk.candidates[0].finish_reason


# In pieces


@pytest.mark.parametrize("count", [1, 2, 7, 10, len(POND)])
async def test_text_comes_in_as_many_pieces_as_wanted(gemini: GeminiEmulator, reader: Reader, count: int) -> None:
    gemini.script(answers.text(POND).in_pieces(count))

    await reader.read()

    assert len(reader.texts) == count
    assert all(reader.texts)
    assert "".join(reader.texts) == POND


async def test_pieces_end_at_words_where_there_are_enough(gemini: GeminiEmulator, reader: Reader) -> None:
    gemini.script(answers.text(POND).in_pieces(3))

    await reader.read()

    assert reader.texts == ["An old silent ", "pond. A frog ", "jumps into the pond."]


async def test_only_the_last_piece_has_the_signature_the_reason_and_all_tokens(
    gemini: GeminiEmulator, reader: Reader
) -> None:
    gemini.script(answers.text(POND, signed=True).in_pieces(4))

    chunks = await reader.read()

    assert [bool(only_part(chunk).thought_signature) for chunk in chunks] == [False, False, False, True]
    assert [finish_reason(chunk) for chunk in chunks] == [None, None, None, "STOP"]
    counts = [chunk.usage_metadata.candidates_token_count or 0 for chunk in chunks if chunk.usage_metadata]
    assert (len(counts), counts) == (4, sorted(set(counts)))


async def test_thoughts_and_calls_come_in_chunks_of_their_own(gemini: GeminiEmulator, reader: Reader) -> None:
    gemini.script(answers.calls(("look_up", {"x": 1}), text=POND, thought="Hm.").in_pieces(2))

    parts = [only_part(chunk) for chunk in (await reader.read())[:-1]]

    assert [part.thought for part in parts] == [True, None, None, None]
    assert [part.text for part in parts[1:3]] == ["An old silent pond. A ", "frog jumps into the pond."]
    assert parts[3].function_call is not None


async def test_between_pieces_is_a_pause(gemini: GeminiEmulator, reader: Reader) -> None:
    gemini.script(answers.text(POND).in_pieces(4, pause=0.05))
    began = time.monotonic()

    await reader.read()

    assert time.monotonic() - began >= 3 * 0.05


async def test_in_one_piece_nobody_waits_for_pauses(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.script(answers.text(POND).in_pieces(4, pause=3600))

    assert (await sdk.aio.models.generate_content(model=MODEL, contents="hi")).text == POND


@pytest.mark.parametrize(
    ("said", "count"),
    [(answers.text("ab"), 3), (answers.text("ab"), 0), (answers.empty(), 1), (answers.thought("hm"), 1)],
)
def test_more_pieces_than_there_is_text_are_a_mistake(said: answers.Said, count: int) -> None:
    with pytest.raises(ValueError, match="cannot be cut"):
        said.in_pieces(count)


async def test_the_demo_streams_word_by_word() -> None:
    async with GeminiEmulator(script=ScriptedModel()) as demo, client_of(demo) as sdk:
        reader = Reader(sdk)

        await reader.read("hello")

    assert len(reader.texts) > 8
    assert all(len(text.split()) == 1 for text in reader.texts)


# Held


async def test_a_held_stream_stops_after_its_first_pieces_and_goes_on(gemini: GeminiEmulator, reader: Reader) -> None:
    held = gemini.hold_stream(answers.text(POND).in_pieces(3), after=2)
    reading = asyncio.create_task(reader.read())

    await held.reached()
    await reader.has_read(2)
    stopped_at = list(reader.texts)
    held.release()
    await reading

    assert stopped_at == ["An old silent ", "pond. A frog "]
    assert "".join(reader.texts) == POND
    assert finish_reason(reader.chunks[-1]) == "STOP"


async def test_a_stream_can_stop_before_its_first_piece_and_after_its_last(
    gemini: GeminiEmulator, reader: Reader
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


async def test_a_held_stream_can_be_cut(gemini: GeminiEmulator, reader: Reader) -> None:
    held = gemini.hold_stream(answers.text(POND).in_pieces(3), after=2)
    reading = asyncio.create_task(reader.read())
    await held.reached()
    await reader.has_read(2)

    held.cut()

    with pytest.raises(aiohttp.ClientPayloadError):
        await reading
    assert len(reader.texts) == 2


async def test_a_held_stream_whose_reader_gives_up_is_abandoned(gemini: GeminiEmulator, reader: Reader) -> None:
    held = gemini.hold_stream(answers.text(POND).in_pieces(3), after=1)
    reading = asyncio.create_task(reader.read())
    await reader.has_read(1)
    abandoned = asyncio.create_task(held.abandoned())
    assert not abandoned.done()

    reading.cancel()

    await asyncio.wait_for(abandoned, 10)
    gemini.script(answers.text("again"))
    await reader.read()
    assert reader.texts[-1] == "again"


async def test_a_stream_can_be_held_for_the_request_that_fits(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    held = gemini.hold_stream(
        answers.text("woof woof").in_pieces(2), after=1, fits=lambda request: "dogs" in request.last_text
    )
    gemini.script(answers.text("meow"))
    cats, dogs = Reader(sdk), Reader(sdk)

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
            await Reader(sdk).read("cats")

        assert "'dogs'" in strict.failures[0]


async def test_a_held_stream_that_nobody_asked_for_fails_the_test() -> None:
    async with GeminiEmulator() as strict:
        strict.hold_stream(answers.text("never heard"), after=0)

        with pytest.raises(AssertionError, match="never heard"):
            strict.assert_script_finished()


@pytest.mark.parametrize("after", [3, -1])
async def test_a_stream_that_cannot_stop_there_fails_the_test(after: int) -> None:
    async with GeminiEmulator() as strict, client_of(strict) as sdk:
        strict.hold_stream(answers.text("one two").in_pieces(2), after=after)

        with pytest.raises(APIError):
            await Reader(sdk).read()

        assert "no stream that could stop" in strict.failures[0]


async def test_a_held_stream_for_a_request_that_wants_none_fails_the_test() -> None:
    async with GeminiEmulator() as strict, client_of(strict) as sdk:
        strict.hold_stream(answers.text("one two").in_pieces(2), after=1)

        with pytest.raises(APIError):
            await sdk.aio.models.generate_content(model=MODEL, contents="hi")

        assert "no stream that could stop" in strict.failures[0]


# Errors in mid-stream


async def test_an_error_can_come_in_mid_stream(gemini: GeminiEmulator, reader: Reader) -> None:
    gemini.script(answers.error_in_stream(answers.error(503), answers.text(POND).in_pieces(4)))

    with pytest.raises(ServerError) as raised:
        await reader.read()

    assert (raised.value.code, raised.value.status) == (503, "UNAVAILABLE")
    assert "".join(reader.texts) == "An old silent pond. A "


async def test_an_error_in_mid_stream_has_status_200(gemini: GeminiEmulator, caller: Caller) -> None:
    gemini.script(answers.error_in_stream(answers.error(429, retry_delay="2s")))
    url = f"/v1/models/{MODEL}:streamGenerateContent?alt=sse"

    response = await caller.http.post(url, json={"contents": [said("hi")]}, headers=caller.headers)

    assert response.status_code == 200
    assert response.text.startswith('data: {"error": {"code": 429,')
    assert '"retryDelay": "2s"' in response.text


async def test_without_a_stream_the_error_is_the_answer(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.script(answers.error_in_stream(answers.error(503), answers.text(POND)))

    with pytest.raises(ServerError):
        await sdk.aio.models.generate_content(model=MODEL, contents="hi")


def test_a_page_of_html_is_no_error_that_comes_in_a_stream() -> None:
    with pytest.raises(ValueError, match=r"html|JSON|Expecting"):
        answers.error_in_stream(answers.html_error())
