"""Promises of titles: a few words, found beside the answer, which never waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from agent_worker import titles
from agent_worker.contract import Thread
from agent_worker.gemini import Gemini, make_client
from agent_worker.requests import AskModel
from agent_worker.titles import LONGEST_WORDS, Naming, Titles, first_words
from playground.gemini import answers
from playground.gemini.answers import Answer, Slow
from playground.gemini.emulator import GeminiEmulator
from playground.slack.faults import FaultKind
from tests.agent_worker.slack_stage import SlackStage, slack_stage

ASKED = "What is the weather like\nin New York today?"
RENAME = "agents.sessions.rename"


@pytest.fixture
async def emulator() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as emulator:
        yield emulator


@pytest.fixture
async def gemini(emulator: GeminiEmulator) -> AsyncIterator[Gemini]:
    gemini = Gemini(make_client(emulator.api_key, emulator.base_url, "v1", timedelta(seconds=10)))
    yield gemini
    await gemini.close()


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def asks(thread: Thread, untitled: str = ASKED) -> AskModel:
    model = "gemini-3.8-flash"
    return AskModel(thread=thread, turn=thread.thread_ts, model=model, epoch="e", known=0, new=[], untitled=untitled)


def titled(stage: SlackStage) -> str:
    return getattr(stage.slack.session(stage.channel, stage.root), "title", "")


async def found(stage: SlackStage, gemini: Gemini, naming: Naming, untitled: str = ASKED) -> str:
    """What is found beside an answer that is there at once."""
    async with Titles(naming, gemini, stage.ours.sessions).sought(asks(stage.thread, untitled)) as title:
        pass
    return title.found


@pytest.mark.parametrize(("naming", "title"), [("model", "Sun in NY"), ("words", " ".join(ASKED.split())), ("off", "")])
async def test_a_title_is_found_as_the_settings_say(
    stage: SlackStage, gemini: Gemini, emulator: GeminiEmulator, naming: Naming, title: str
) -> None:
    emulator.title_answer = answers.text("Sun in NY")

    assert await found(stage, gemini, naming) == title
    assert titled(stage) == title
    assert len(emulator.asides) == (naming == "model")


async def test_a_conversation_that_has_a_title_gets_no_other(
    stage: SlackStage, gemini: Gemini, emulator: GeminiEmulator
) -> None:
    assert await found(stage, gemini, "model", untitled="") == ""
    assert (emulator.asides, stage.calls(RENAME)) == ([], 0)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("  hello \n there ", "hello there"),
        ("one two " * 20, " ".join(["one two"] * 7) + " one…"),
        ("https://www.example.com/" + "x" * 100, "https://www.example.com/" + "x" * 36 + "…"),
    ],
)
def test_the_first_words_make_a_short_title(asked: str, title: str) -> None:
    assert first_words(asked) == title
    assert len(title) <= LONGEST_WORDS + 1


@pytest.mark.parametrize("failure", [answers.error(503), answers.bad_key(), answers.empty(), answers.garbage()])
async def test_a_model_that_fails_is_replaced_by_the_first_words(
    stage: SlackStage, gemini: Gemini, emulator: GeminiEmulator, failure: Answer
) -> None:
    emulator.title_answer = failure

    assert await found(stage, gemini, "model") == first_words(ASKED)
    assert titled(stage) == first_words(ASKED)


async def test_an_answer_does_not_wait_for_its_title(
    stage: SlackStage, gemini: Gemini, emulator: GeminiEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "PATIENCE", 0.01)
    emulator.title_answer = Slow(answers.text("Sun in NY"), 3600)
    async with asyncio.timeout(5):
        assert await found(stage, gemini, "model") == ""
    assert stage.calls(RENAME) == 0

    monkeypatch.undo()
    emulator.title_answer = answers.text("Sun in NY")
    assert await found(stage, gemini, "model") == "Sun in NY"


async def test_an_answer_that_fails_ends_the_search(
    stage: SlackStage, gemini: Gemini, emulator: GeminiEmulator
) -> None:
    emulator.title_answer = Slow(answers.text("Sun in NY"), 3600)

    async with asyncio.timeout(5):
        with pytest.raises(KeyError):
            async with Titles("model", gemini, stage.ours.sessions).sought(asks(stage.thread)) as title:
                raise KeyError

    assert (title.found, stage.calls(RENAME)) == ("", 0)


@pytest.mark.parametrize("kind", ["internal_error", "lost_reply", "rate_limited"])
async def test_a_title_that_slack_does_not_show_is_kept_all_the_same(
    stage: SlackStage, gemini: Gemini, kind: FaultKind
) -> None:
    for method in (RENAME, "agents.sessions.setStatus"):
        stage.slack.faults.add(method=method, kind=kind)

    assert await found(stage, gemini, "words") == first_words(ASKED)


async def test_without_slack_a_conversation_has_a_title_too(stage: SlackStage, gemini: Gemini) -> None:
    async with Titles("words", gemini, None).sought(asks(stage.thread)) as title:
        pass

    assert title.found == first_words(ASKED)
