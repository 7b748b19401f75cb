"""Promises of titles: a few words, found while the model answers, and never at the cost of the answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from agent_worker.activities import titles
from agent_worker.activities.titles import LONGEST_WORDS, Titles, first_words
from agent_worker.gemini.client import Gemini
from agent_worker.payloads.agent_policy import Naming
from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.faults import Slow

ASKED = "What is the weather like\nin New York today?"
MODEL = "gemini-3.8-flash"


async def found(gemini: Gemini, naming: Naming, untitled: str = ASKED) -> str:
    """The title that is found while a model call returns at once."""
    async with Titles(naming, gemini).sought(MODEL, untitled) as title:
        pass
    return title.found


@pytest.mark.parametrize(("naming", "title"), [("model", "Sun in NY"), ("words", " ".join(ASKED.split())), ("off", "")])
async def test_a_title_is_found_as_the_settings_say(
    gemini: Gemini, emulator: GeminiEmulator, naming: Naming, title: str
) -> None:
    emulator.title_answer = answers.text("Sun in NY")

    assert await found(gemini, naming) == title
    assert len(emulator.title_requests) == (naming == "model")


async def test_a_conversation_that_has_a_title_gets_no_other(gemini: Gemini, emulator: GeminiEmulator) -> None:
    assert await found(gemini, "model", untitled="") == ""
    assert emulator.title_requests == []


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("  hello \n there ", "hello there"),
        ("one two " * 20, " ".join(["one two"] * 7) + " one…"),
        ("https://www.example.com/" + "x" * 100, "https://www.example.com/" + "x" * 35 + "…"),
    ],
)
def test_the_first_words_make_a_short_title(asked: str, title: str) -> None:
    assert first_words(asked) == title
    assert len(title) <= LONGEST_WORDS


@pytest.mark.parametrize("failure", [faults.error(503), faults.bad_key(), answers.empty(), faults.garbage()])
async def test_a_model_that_fails_is_replaced_by_the_first_words(
    gemini: Gemini, emulator: GeminiEmulator, failure: Answer
) -> None:
    emulator.title_answer = failure

    assert await found(gemini, "model") == first_words(ASKED)


async def test_an_answer_does_not_wait_for_its_title(
    gemini: Gemini, emulator: GeminiEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "LONGEST_WAIT", timedelta(milliseconds=10))
    emulator.title_answer = Slow(answers.text("Sun in NY"), 3600)
    async with asyncio.timeout(5):
        assert await found(gemini, "model") == ""

    monkeypatch.undo()
    emulator.title_answer = answers.text("Sun in NY")
    assert await found(gemini, "model") == "Sun in NY"


async def test_an_answer_that_fails_ends_the_search(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.title_answer = Slow(answers.text("Sun in NY"), 3600)

    async with asyncio.timeout(5):
        with pytest.raises(KeyError):
            async with Titles("model", gemini).sought(MODEL, ASKED) as title:
                raise KeyError

    assert title.found == ""
