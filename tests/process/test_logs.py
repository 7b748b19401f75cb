"""Promises of the logs: one line for each event, on standard error, with its facts and without what people write."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from playground.processes import ROOT

pytestmark = pytest.mark.usefixtures("processes")


def logged(log_format: str, level: str, *statements: str) -> list[str]:
    """Runs a process that logs; returns the lines on standard error, and fails if there is any standard output."""
    script = ["import logging", "from process import logs", f"logs.configure({log_format!r}, {level!r})", *statements]
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(script)], capture_output=True, text=True, check=True, cwd=ROOT, timeout=30
    )
    assert ended.stdout == ""
    return ended.stderr.splitlines()


READY = 'logging.getLogger("agent_worker").info("worker is ready", extra={"task_queue": "agent"})'


def without_times(lines: Sequence[str]) -> list[str]:
    return [line.split(" ", 1)[1] for line in lines]


def test_a_line_shows_the_event_and_its_facts() -> None:
    lines = logged("lines", "INFO", READY)

    assert without_times(lines) == ["INFO agent_worker: worker is ready task_queue=agent"]


def test_an_event_in_json_holds_its_facts_as_fields() -> None:
    (line,) = logged("json", "INFO", READY)

    event = json.loads(line)
    assert event.pop("time")
    assert event == {"level": "INFO", "logger": "agent_worker", "message": "worker is ready", "task_queue": "agent"}


def test_what_is_below_the_level_is_left_out() -> None:
    assert logged("lines", "WARNING", READY) == []


def test_what_temporal_adds_to_each_event_is_left_out_of_the_lines() -> None:
    lines = logged("lines", "INFO", 'logging.info("hi", extra={"temporal_workflow": {"a": 1}, "turn": 3})')

    assert without_times(lines) == ["INFO root: hi turn=3"]


def test_libraries_that_log_what_people_write_only_log_errors_at_every_level() -> None:
    talkative = [
        f'logging.getLogger({name!r}).info("what anna said")'
        for name in ("slack_sdk.web", "slack_bolt.AsyncApp", "httpx", "google_genai.models", "aiohttp.client")
    ]

    lines = logged("lines", "DEBUG", *talkative, 'logging.getLogger("slack_sdk").error("broken")')

    assert without_times(lines) == ["ERROR slack_sdk: broken"]


def test_an_exception_is_part_of_its_event() -> None:
    (line,) = logged("json", "INFO", "try:\n  1/0\nexcept ZeroDivisionError:\n  logging.exception('turn failed')")

    event = json.loads(line)
    assert event["message"] == "turn failed"
    assert "ZeroDivisionError" in event["exc_info"]
