"""Promises about titles: they are given without the script, and can be made to fail."""

from __future__ import annotations

import pytest
from google import genai
from google.genai import types
from google.genai.errors import ServerError

from agent_worker.gemini.client import Gemini
from emulators.gemini import answers, faults
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import MODEL

TITLE = types.GenerateContentConfig(system_instruction="Write a title for a conversation that begins so.")


async def ask_for_title(sdk: genai.Client, text: str) -> str | None:
    return (await sdk.aio.models.generate_content(model=MODEL, contents=text, config=TITLE)).text


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("are there any weather alerts in New York, please?", "Are there any weather alerts in New York, please"),
        ("write about\nherons!", "Write about herons"),
        ("?!", "Untitled"),
    ],
)
async def test_a_title_is_the_first_words_of_what_it_is_for(
    gemini: GeminiEmulator, sdk: genai.Client, asked: str, title: str
) -> None:
    assert await ask_for_title(sdk, asked) == title


async def test_a_title_uses_up_no_answer_and_is_recorded_apart(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.script(answers.text("yes"), answers.when(lambda request: "later" in request.last_text, answers.text("no")))

    await ask_for_title(sdk, "herons later")
    replies = [
        (await sdk.aio.models.generate_content(model=MODEL, contents=text)).text for text in ("herons", "storks later")
    ]

    assert replies == ["yes", "no"]
    assert [request.last_text for request in gemini.requests] == ["herons", "storks later"]
    assert [request.last_text for request in gemini.title_requests] == ["herons later"]


async def test_the_worker_asks_for_titles_in_words_that_are_recognised(
    gemini: GeminiEmulator, sdk: genai.Client
) -> None:
    assert await Gemini(sdk).title(MODEL, "write about herons") == "Write about herons"
    assert (len(gemini.title_requests), gemini.requests) == (1, [])


async def test_titles_can_be_made_to_fail_and_only_they_do(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.script(answers.text("yes"))
    gemini.title_answer = faults.error(503)

    for _ in range(2):
        with pytest.raises(ServerError):
            await ask_for_title(sdk, "herons")
    assert (await sdk.aio.models.generate_content(model=MODEL, contents="herons")).text == "yes"

    gemini.title_answer = None
    assert await ask_for_title(sdk, "herons") == "Herons"


async def test_no_titles_are_given_while_away(gemini: GeminiEmulator, sdk: genai.Client) -> None:
    gemini.away()

    with pytest.raises(ServerError):
        await ask_for_title(sdk, "herons")
