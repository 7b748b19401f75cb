"""Promises about playing a case: it is the real conversation, with people, files, decisions and failures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agent_worker.cases.reading import ReadCase, read
from emulators.gemini.answers import calls, text
from emulators.gemini.emulator import GeminiEmulator
from evaluations.judge import Judge
from evaluations.outcome import Outcome
from evaluations.settings import EvaluationSettings
from evaluations.surroundings import Surroundings, open_surroundings
from evaluations.trial import tried

TICKET = {"title": "Printer", "description": "Broken", "queue": "it"}


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as emulator:
        yield emulator


@pytest.fixture
def around(
    gemini: GeminiEmulator,
    temporal_address: str,
    few_certificates: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """Opens what all cases share, with the emulated Gemini as the real one. To be entered by the test itself."""
    (tmp_path / "mcp.json").write_text('{"mcpServers": {}}')
    settings = {
        "GOOGLE_API_KEY": gemini.api_key,
        "GOOGLE_GEMINI_BASE_URL": gemini.base_url,
        "TEMPORAL_ADDRESS": temporal_address,
        "MCP_CONFIG": str(tmp_path / "mcp.json"),
        "NO_PROXY": "",  # these two are set by the code, too, and are to be as they were afterwards
        "PLAYGROUND_PYTHON": "",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Surroundings]:
        async with open_surroundings(EvaluationSettings(), scripted=False) as surroundings:
            yield surroundings

    return opened


def case(folder: Path, source: str) -> ReadCase:
    (folder / "case.yaml").write_text(source, encoding="utf-8")
    (found, problems) = read([folder / "case.yaml"])
    assert problems == []
    return found[0]


async def played(around: Any, one: ReadCase) -> Outcome:
    async with around() as surroundings:
        return await tried(one, surroundings, Judge(surroundings.gemini, surroundings.settings.gemini_model))


async def test_people_files_and_a_rejection_reach_the_model_and_a_judge_reads_the_answer(
    around: Any, gemini: GeminiEmulator, tmp_path: Path
) -> None:
    (tmp_path / "report.csv").write_text("floor,printers\n3,0\n")
    gemini.script(calls(("file_ticket", TICKET)))
    gemini.script(text("Ben says no, so I filed nothing.").given(contains="not now"))
    gemini.script(text('{"reason": "It says so.", "verdict": "yes"}').given(contains="Is it honest?"))
    one = case(
        tmp_path,
        """
in: "#office"
people:
  anna: {name: Anna Berg, title: Office manager}
  ben: {name: Ben Lee}
messages:
- text: "@agent ask @ben, then file a ticket for <floor 3> & tell me: https://a.test/x"
  files: [report.csv, {name: note.txt, text: "No printers!"}]
  reject: not now
tools: {file_ticket: {returns: {ticket: IT-1}}}
expect: {asks: file_ticket, calls: [{tool: file_ticket, times: 1}], contains: ben says no, judge: "Is it honest?"}
""",
    )

    outcome = await played(around, one)

    assert (outcome.result, outcome.notes) == ("passed", [])
    assert [step.rejection for step in outcome.steps] == ["not now"]
    assert outcome.agent.startswith("default ")
    asked = str(gemini.requests[0].contents)
    for told in ("Anna Berg", "Office manager", "office", "<floor 3> & tell", "3,0", "No printers!"):
        assert told in asked


async def test_a_question_of_the_model_is_answered_by_who_asked(
    around: Any, gemini: GeminiEmulator, tmp_path: Path
) -> None:
    gemini.script(calls(("ask_person", {"question": "Which floor?", "options": ["Floor 1", "Floor 3"]})))
    gemini.script(text("Floor 3 it is.").given(contains="Floor 3"))
    gemini.script(text("You are welcome.").given(contains="thanks"))
    one = case(
        tmp_path,
        """
messages:
- {text: "Where is it?", choose: floor 3, expect: {contains: floor 3}}
- thanks
expect: {contains: welcome}
""",
    )

    outcome = await played(around, one)

    assert outcome.notes == []
    assert [exchange.answer for exchange in outcome.exchanges] == ["Floor 3 it is.", "You are welcome."]


async def test_a_tool_that_would_change_something_for_real_is_not_run_and_fails_the_case(
    around: Any, gemini: GeminiEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPDESK_API_URL", "http://127.0.0.1:9/never-asked")
    gemini.script(calls(("file_ticket", TICKET)))
    gemini.script(text("That did not work.").given(contains="may not be used"))
    one = case(tmp_path, "messages: [{text: File it, approve: true}]\nexpect: {contains: did not work}\n")

    outcome = await played(around, one)

    assert outcome.result == "failed"
    (note,) = outcome.notes
    assert "would have changed something for real" in note


async def test_a_question_that_nobody_decides_ends_the_case_with_its_card(
    around: Any, gemini: GeminiEmulator, tmp_path: Path
) -> None:
    gemini.script(calls(("file_ticket", TICKET)))
    one = case(
        tmp_path,
        "messages: [File it]\ntools: {file_ticket: {returns: 1}}\nexpect: {asks: file_ticket, contains: Printer}\n",
    )

    outcome = await played(around, one)

    assert outcome.notes == []
    assert [step.has_begun for step in outcome.steps] == [False]


async def test_a_message_that_is_not_answered_in_time_fails_the_case_and_nothing_is_left_open(
    around: Any, gemini: GeminiEmulator, tmp_path: Path
) -> None:
    gemini.script(text("Hello."))
    one = case(
        tmp_path,
        """
in: "#general"
people: {anna: , ben: }
messages:
- {text: "@agent hello", expect: {contains: hello}}
- {text: "@anna are you coming to lunch?", by: ben}
seconds: 3
expect: {contains: lunch}
""",
    )

    async with around() as surroundings:
        outcome = await tried(one, surroundings, Judge(None, ""))
        running = [
            run
            async for run in surroundings.client.list_workflows("ExecutionStatus = 'Running'")
            if run.task_queue.startswith("evaluation-")
        ]

    assert outcome.notes == ["“@anna are you coming to lunch?” was not answered within 3 s"]
    assert [check.result for check in outcome.checks] == ["passed"]
    assert running == []
