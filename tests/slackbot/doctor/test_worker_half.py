"""Promises of the worker's half: its sections are shown as it tells them, and if it breaks off, that is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from process.checkup.finding import Finding
from slackbot.doctor.worker_half import SECTIONS, worker_half
from tests.support.checkup import found

pytestmark = pytest.mark.usefixtures("processes")

WELL = {"check": "model", "state": "ok", "found": "answers", "mend": ""}


def section(name: str, *findings: dict[str, Any]) -> str:
    return json.dumps({"section": name, "findings": findings})


async def shown(*statements: str, known: Sequence[str] = ()) -> dict[str, Finding]:
    """What is shown of a process that runs these statements."""
    async with worker_half(known, (sys.executable, "-c", "\n".join(statements))) as half:
        return await found([half.check(name) for name in SECTIONS])


async def test_findings_come_with_their_own_names_and_sections() -> None:
    told = await shown(*(f"print({section(name, {**WELL, 'check': name})!r})" for name in SECTIONS))

    assert list(told) == list(SECTIONS)
    assert told["Gemini"] == Finding("Gemini", "Gemini", "ok", "answers")


async def test_a_problem_that_the_bot_tells_too_is_told_once() -> None:
    problem = "SLACK_BOT_TOKEN: is not a bot token"
    wrong = {**WELL, "state": "failed", "check": "of the worker", "found": f"{problem} (of the worker)"}

    told = await shown(
        f"print({section('Settings', wrong, WELL)!r})", known=[f"{problem} (the Bot User OAuth Token …)"]
    )

    assert "of the worker" not in told
    assert told["model"].section == "Settings"


async def test_what_a_broken_half_has_not_told_is_not_known_and_its_last_words_are_shown() -> None:
    told = await shown(
        "import sys",
        f"print({section('Settings', WELL)!r}, flush=True)",
        "print('no JSON')",
        "sys.exit('ImportError: no such thing')",
    )

    assert told["model"].state == "ok"
    assert told["Gemini of the worker"].state == "unknown"
    assert told["Gemini of the worker"].found == (
        "the worker's doctor has ended with exit code 1, and has not told this: “ImportError: no such thing”"
    )
    assert "python -m agent_worker.doctor" in told["Gemini of the worker"].mend


async def test_a_half_that_takes_for_ever_ends_with_the_doctor() -> None:
    async with worker_half((), (sys.executable, "-c", "import time; time.sleep(600)")) as half:
        assert half.check("Gemini").limit.total_seconds() < 600
