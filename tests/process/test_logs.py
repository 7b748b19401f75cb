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


@pytest.mark.parametrize("log_format", ["lines", "json"])
def test_no_fact_steers_the_terminal(log_format: str) -> None:
    fact = r"logging.getLogger('agent_worker').info('ready', extra={'reason': 'a\x1b[2J\x9b\u202eb'})"

    (line,) = logged(log_format, "INFO", fact)

    assert not set(line) & {"\x1b", "\x9b", "\u202e"}


def test_an_event_in_json_holds_its_facts_as_fields() -> None:
    (line,) = logged("json", "INFO", READY)

    event = json.loads(line)
    assert event.pop("time")
    assert event == {"level": "INFO", "logger": "agent_worker", "message": "worker is ready", "task_queue": "agent"}


def test_what_is_below_the_level_is_left_out() -> None:
    assert logged("lines", "WARNING", READY) == []


def test_what_temporal_adds_to_each_event_is_left_out() -> None:
    lines = logged("lines", "INFO", 'logging.info("hi", extra={"temporal_workflow": {"a": 1}, "turn": 3})')

    assert without_times(lines) == ["INFO root: hi turn=3"]


def test_libraries_that_log_each_request_only_log_errors_at_every_level() -> None:
    talkative = [
        f'logging.getLogger({name!r}).info("a request")'
        for name in ("slack_sdk.web", "slack_bolt.AsyncApp", "httpx", "google_genai.models", "aiohttp.client")
    ]

    lines = logged("lines", "DEBUG", *talkative, 'logging.getLogger("slack_sdk").error("broken")')

    assert without_times(lines) == ["ERROR slack_sdk: broken"]


def test_an_exception_is_part_of_its_event() -> None:
    (line,) = logged("json", "INFO", "try:\n  1/0\nexcept ZeroDivisionError:\n  logging.exception('turn failed')")

    event = json.loads(line)
    assert event["message"] == "turn failed"
    assert "ZeroDivisionError" in event["exc_info"]


# What people say

SAID = "what anna said"
SECRET = f"said = {' '.join(SAID.split())!r}.upper()"  # in the process it stands nowhere in the code


@pytest.mark.parametrize("log_format", ["lines", "json"])
@pytest.mark.parametrize(
    "statement",
    [
        "logging.getLogger('any.library').critical(f'request: {said}')",
        "logging.getLogger('any.library').critical('request: %s', said)",
        "logging.getLogger('any.library').critical('request', extra={'body': said, 'length': len(said)})",
        "logging.getLogger('agent_worker').critical(f'turn of {said}')",
        "logging.getLogger('agent_worker').critical('turn', extra={'reason': said})",
        "logging.getLogger('agent_worker').critical('turn', extra={'reason': {'text': said}})",
        "logging.getLogger('agent_worker').critical(ValueError(said))",
        "logging.getLogger('temporalio.workflow').critical('turn', extra={'temporal_workflow': {'text': said}})",
        "import warnings; warnings.warn(said)",
        "try:\n  raise ValueError(said)\nexcept ValueError:\n  logging.exception('failed')",
        "try:\n  {}[said]\nexcept KeyError as e:\n  logging.exception('failed', exc_info=ValueError(said, e))",
        "try:\n  raise ExceptionGroup(said, [ValueError(said)])\nexcept Exception:\n  logging.exception('failed')",
        "try:\n  int(said)\nexcept ValueError as e:\n  e.add_note(said); logging.exception('failed')",
        "try:\n  int(said)\nexcept ValueError:\n  logging.error('failed', exc_info=True, stack_info=True)",
        "import threading; t = threading.Thread(target=int, args=[said]); t.start(); t.join()",
        "class Gone:\n  def __del__(self): raise ValueError(said)\ngone = Gone(); del gone",
    ],
)
def test_what_people_say_is_in_no_log_whoever_logs_it_and_however(log_format: str, statement: str) -> None:
    lines = logged(log_format, "DEBUG", SECRET, statement)

    assert lines, "nothing was logged"
    assert SAID.upper() not in "\n".join(lines)


def test_the_end_of_a_process_by_an_exception_tells_its_kind_only() -> None:
    script = f"from process import logs\nlogs.configure('lines', 'DEBUG')\n{SECRET}\nraise ValueError(said)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)

    assert ended.returncode == 1
    assert "ValueError" in ended.stderr
    assert SAID.upper() not in ended.stderr


def test_texts_that_stand_in_the_code_are_written_without_their_arguments() -> None:
    lines = logged("lines", "INFO", 'logging.getLogger("any.library").warning("failed after %d times: %s", 3, "x")')

    assert without_times(lines) == ["WARNING any.library: failed after %d times: %s"]


def test_an_exception_that_says_a_constant_says_it_in_the_log() -> None:
    raising = "def refuse():\n  raise ValueError('no such thing')"
    lines = logged("lines", "INFO", raising, "try:\n  refuse()\nexcept ValueError:\n  logging.exception('failed')")

    assert lines[-1] == "ValueError: no such thing"


def test_what_an_adapter_has_translated_is_a_fact() -> None:
    importing = "from process.log_records import Translated"
    logging = "logging.warning('failed', extra={'reason': Translated('500 INTERNAL')})"

    assert without_times(logged("lines", "INFO", importing, logging)) == ["WARNING root: failed reason=500 INTERNAL"]


def test_ids_codes_and_numbers_are_facts() -> None:
    said = 'logging.getLogger("slackbot").info("stored", extra={"ts": "17.000", "id": "slack:T1", "n": 1, "of": None})'

    assert without_times(logged("lines", "INFO", said)) == ["INFO slackbot: stored ts=17.000 id=slack:T1 n=1 of=None"]
