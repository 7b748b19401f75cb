"""`python -m slackbot doctor` as people run it: its findings, its exit codes, and nothing secret in what it prints."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulators.gemini import faults
from emulators.gemini.answers import calls
from emulators.gemini.emulator import GeminiEmulator
from emulators.slack.emulator import SlackEmulator
from emulators.world.emulator import WorldEmulator
from playground.processes import ROOT
from tests.support.slackbot.idle_worker import working


@dataclass
class Installation:
    """Stand-ins for all services, and the settings with which the doctor finds them."""

    slack: SlackEmulator
    gemini: GeminiEmulator
    settings: dict[str, str]
    directory: Path

    async def doctor(self, *arguments: str, **changed: str) -> tuple[int | None, str]:
        """The exit code, and all that is printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "slackbot", *(arguments or ("doctor",))),
            cwd=self.directory,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.settings, **changed},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        secrets = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "GOOGLE_API_KEY")
        assert not any(({**self.settings, **changed}[name] or "-" * 99) in printed.decode() for name in secrets)
        return process.returncode, printed.decode()


@pytest.fixture
async def installation(temporal_address: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with (
        SlackEmulator() as slack,
        GeminiEmulator(api_key="key-of-gemini-4711") as gemini,
        WorldEmulator() as world,
    ):
        slack.add_channel("general", members=[slack.add_user("anna")])
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "GOOGLE_API_KEY": gemini.api_key,
            "GOOGLE_GEMINI_BASE_URL": gemini.base_url,
            "TEMPORAL_ADDRESS": temporal_address,
            "AGENT_INSTRUCTIONS": "Answer.",
            "WEATHER_API_URL": world.weather_api_url,
            "IP_ADDRESS_URL": world.ip_address_url,
            "GEOLOCATION_URL": world.geolocation_url,
        }
        yield Installation(slack, gemini, settings, tmp_path)


def states(printed: str) -> dict[str, str]:
    document: dict[str, Any] = json.loads(printed)
    return {finding["check"]: finding["state"] for finding in document["findings"]}


async def test_where_all_is_well_each_part_has_a_line_and_the_exit_code_is_zero(
    installation: Installation, temporal_address: str
) -> None:
    installation.gemini.script(calls(("check_in", {"word": "ready"})))
    async with working(temporal_address) as task_queue:
        code, printed = await installation.doctor(TEMPORAL_TASK_QUEUE=task_queue)

    assert code == 0
    lines = printed.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        *("Settings", "Slack", "Gemini", "Temporal", "Tools", "MCP servers", "All is well, 3 notes.")
    ]
    assert "  ✓ gemini-3.8-flash     answers, and calls the tool that it was given (API v1, for default)" in lines
    assert not any(line.lstrip().startswith(("✗", "?")) for line in lines)


async def test_everything_that_is_wrong_is_told_at_once_as_json_too_and_the_exit_code_is_one(
    installation: Installation,
) -> None:
    code, printed = await installation.doctor(
        "doctor",
        "--json",
        SLACK_BOT_TOKEN=installation.slack.app_token,
        GOOGLE_API_KEY="key-of-nobody-4711",
        TEMPORAL_NAMESPACE="nowhere",
        WEATHER_API_URL="not an address",
    )

    assert (code, json.loads(printed)["exit_code"]) == (1, 1)
    told = states(printed)
    assert {name for name, state in told.items() if state == "failed"} == {
        *("of the worker", "bot token", "gemini-3.8-flash", "namespace")
    }
    assert told["scopes"] == told["worker"] == "skipped"
    assert "API key not valid. Please pass a valid API key." in printed


async def test_what_cannot_be_found_out_is_the_exit_code_two(installation: Installation, temporal_address: str) -> None:
    installation.gemini.script(faults.error(503, f"overloaded, said to key {installation.gemini.api_key}"))
    async with working(temporal_address) as task_queue:
        code, printed = await installation.doctor("doctor", "--json", "--no-connection", TEMPORAL_TASK_QUEUE=task_queue)

    assert code == 2
    assert [name for name, state in states(printed).items() if state == "unknown"] == ["gemini-3.8-flash"]
    assert "HTTP status 503 UNAVAILABLE: “overloaded, said to key …”" in printed
    assert installation.slack.connections == 0


async def test_another_word_than_doctor_starts_no_bot(installation: Installation) -> None:
    code, printed = await installation.doctor("docter")

    assert (code, printed.splitlines()) == (2, ["usage: python -m slackbot [doctor [--json] [--no-connection]]"])
    assert installation.slack.calls == []
