"""Promises about summaries and titles, for which Gemini is asked beside the conversation."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import SlackFile
from agent_worker.gemini.client import Gemini
from agent_worker.gemini.prompts import LONGEST_TITLE
from agent_worker.gemini.request import Question
from agent_worker.payloads import errors
from agent_worker.payloads.model import FILE_PART, Content
from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import HI, MODEL, ONE_CALL, QUESTION, after

# Summaries


async def test_a_summary_is_made_of_what_was_said_called_and_returned(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.script(answers.calls(("get_weather_alerts", {"state": "NY"})), answers.text("Anna asked about New York."))
    contents = after(await gemini.ask(QUESTION)).contents

    summary = await gemini.summarise(MODEL, [*contents, {"role": "model", "parts": [{"text": "All clear."}]}])

    request = emulator.requests[-1]
    assert summary == "Anna asked about New York."
    assert "summary" in request.system_instruction
    assert request.tool_names == []
    assert request.last_text.splitlines() == [
        '{"people":"hi"}',
        '{"assistant_calls":"get_weather_alerts","arguments":"{\\"state\\": \\"NY\\"}"}',
        '{"tool":"get_weather_alerts","returns":"{\\"output\\": 1}"}',
        '{"assistant":"All clear."}',
    ]


async def test_a_file_that_was_not_put_in_is_only_named(gemini: Gemini, emulator: GeminiEmulator) -> None:
    content: Content = {"role": "user", "parts": [{FILE_PART: SlackFile(id="F1", name="a.pdf").model_dump()}]}
    emulator.script(answers.text("I cannot open it."), answers.text("There was a file."))

    await gemini.ask(Question(MODEL, "", [content]))
    await gemini.summarise(MODEL, [content])

    asked, summarised = emulator.requests
    assert asked.contents[0]["parts"] == [{"text": '{"file":"a.pdf"}'}]
    assert summarised.contents[0]["parts"] == [{"text": '{"people":{"file":"a.pdf"}}'}]


@pytest.mark.parametrize(
    ("answer", "code", "is_final"),
    [
        (answers.blocked_prompt(), errors.BLOCKED_PROMPT, True),
        (faults.error(503), errors.MODEL_UNAVAILABLE, False),
        (faults.bad_key(), errors.BAD_API_KEY, True),
    ],
)
async def test_a_summary_that_does_not_come_is_an_error(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer, code: str, *, is_final: bool
) -> None:
    emulator.script(answer)

    with pytest.raises(ApplicationError) as raised:
        await gemini.summarise(MODEL, [HI])

    assert (raised.value.type, raised.value.non_retryable) == (code, is_final)


@pytest.mark.parametrize("answer", [answers.empty(), ONE_CALL, answers.finish("MAX_TOKENS"), answers.finish("OTHER")])
async def test_a_summary_that_cannot_be_used_is_asked_for_twice_and_not_for_ever(
    gemini: Gemini, emulator: GeminiEmulator, answer: Answer
) -> None:
    emulator.script(answer, answers.text("Anna asked."), answer, answer)

    assert await gemini.summarise(MODEL, [HI]) == "Anna asked."
    with pytest.raises(ApplicationError) as raised:
        await gemini.summarise(MODEL, [HI])

    assert (raised.value.type, raised.value.non_retryable) == (errors.UNUSABLE_ANSWER, True)
    first, second, *_ = emulator.requests
    assert second.generation["maxOutputTokens"] == 2 * first.generation["maxOutputTokens"]


# Titles


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Weather in New York", "Weather in New York"),
        ('**"Weather in New York."**\nAnd more', "Weather in New York"),
        ("# «Погода»", "Погода"),
        ("word " * 30, "word " * 11 + "word…"),
    ],
)
async def test_a_title_is_one_short_line_without_ornaments(
    gemini: Gemini, emulator: GeminiEmulator, said: str, title: str
) -> None:
    emulator.title_answer = answers.text(said)

    found = await gemini.title("gemini-3.8-flash", "any alerts?")

    assert found == title
    assert len(found) <= LONGEST_TITLE


async def test_a_title_is_asked_for_with_little_room_and_no_tools(gemini: Gemini, emulator: GeminiEmulator) -> None:
    emulator.title_answer = answers.text("Alerts")

    await gemini.title("gemini-3.8-flash", "x" * 5_000)

    (request,) = emulator.title_requests
    assert request.max_output_tokens == 256
    assert request.last_text == f'{{"text":"{"x" * 2_000}"}}'
    assert request.declarations == {}


@pytest.mark.parametrize("nothing", [answers.text("***"), answers.finish("STOP")])
async def test_a_title_that_says_nothing_is_none(gemini: Gemini, emulator: GeminiEmulator, nothing: Answer) -> None:
    emulator.title_answer = nothing

    with pytest.raises(ApplicationError):
        await gemini.title("gemini-3.8-flash", "any alerts?")
