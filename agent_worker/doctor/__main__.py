"""The command: `python -m agent_worker.doctor [--json]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial

import httpx

from agent_worker.doctor import gemini_checks, server_checks, tool_checks
from agent_worker.doctor.gemini_checks import GeminiChecks
from agent_worker.doctor.reading import Reading, read
from agent_worker.doctor.server_checks import ServerChecks
from agent_worker.doctor.tool_checks import ToolChecks
from agent_worker.gemini.client import Gemini, make_client
from process import lifetime, logs
from process.checkup.checks import Check, results
from process.checkup.finding import Finding, Outcome, skipped
from process.checkup.report import tell, without
from process.settings import environment

SETTINGS = "Settings"
PATIENCE = timedelta(seconds=30)  # with one answer of Gemini
SECRETS = ("GOOGLE_API_KEY", "GEMINI_API_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TEMPORAL_API_KEY")
TOOL_HTTP_TIMEOUT = 15.0  # seconds


async def main() -> None:
    """Ends with SystemExit: 0 all is well, 1 something fails, 2 something could not be found out."""
    options = _options()
    logs.configure("lines", "ERROR")
    reading, variables = read(), environment()
    secrets = [*(variables[name] for name in SECRETS if variables.get(name)), *reading.secrets()]
    async with httpx.AsyncClient(timeout=TOOL_HTTP_TIMEOUT) as http:
        checks = _checks(reading, http)
        if options.sections:
            await _tell_sections(checks, secrets)
            return
        code = await tell(results(checks), secrets, is_json=options.json, write=partial(print, flush=True))
    raise SystemExit(code)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agent_worker.doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--sections", action="store_true", help=argparse.SUPPRESS)  # for the bot's doctor
    return parser.parse_args()


async def _tell_sections(checks: Sequence[Check], secrets: Sequence[str]) -> None:
    """Prints each section as one line of JSON, as soon as it is known."""
    last = {check.section: check.name for check in checks}
    found: list[Finding] = []
    async for check, findings in results(checks):
        found += without(secrets, findings)
        if last[check.section] == check.name:
            section = {"section": check.section, "findings": [asdict(finding) for finding in found]}
            print(json.dumps(section), flush=True)
            found = []


def _checks(reading: Reading, http: httpx.AsyncClient) -> list[Check]:
    return [
        Check(SETTINGS, SETTINGS, partial(_known, reading.outcomes)),
        *_gemini(reading),
        *_tools(reading, http),
        *_servers(reading),
    ]


def _gemini(reading: Reading) -> list[Check]:
    settings = reading.worker
    if settings is None:
        return [_left_out(gemini_checks.SECTION, "the settings of the worker cannot be read")]

    def make(version: str) -> Gemini:
        base_url = str(settings.google_gemini_base_url) if settings.google_gemini_base_url else None
        key = settings.google_api_key.get_secret_value()
        return Gemini(make_client(key, base_url, version, PATIENCE), gemini_timeout=PATIENCE)

    return GeminiChecks(make, settings.gemini_api_version, reading.models()).checks()


def _tools(reading: Reading, http: httpx.AsyncClient) -> list[Check]:
    if reading.agents is None:
        return [_left_out(tool_checks.SECTION, "the tools or the agents' files cannot be read")]
    return ToolChecks(reading.agents.toolbox, reading.tools(), reading.tool_settings, http).checks()


def _servers(reading: Reading) -> list[Check]:
    if reading.servers is None:
        return [_left_out(server_checks.SECTION, "mcp.json cannot be read")]
    return ServerChecks(reading.servers, reading.is_used).checks()


async def _known(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    return outcomes


def _left_out(section: str, why: str) -> Check:
    return Check(section, f"all of {section}", partial(_known, [skipped(f"not tried, because {why}")]))


if __name__ == "__main__":
    lifetime.run(main)
