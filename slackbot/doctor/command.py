"""The command: reads its options and the settings, runs all checks, and ends with their exit code."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import NoReturn

from process import logs, slack
from process.checkup.checks import Check, results
from process.checkup.finding import Outcome, skipped
from process.checkup.report import tell
from slackbot.doctor import settings
from slackbot.doctor.manifest import read_manifest
from slackbot.doctor.settings import Readable
from slackbot.doctor.slack_checks import SlackChecks
from slackbot.doctor.temporal_checks import TemporalChecks
from slackbot.doctor.worker_half import SECTIONS, SETTINGS, worker_half

GEMINI, TOOLS, SERVERS = SECTIONS[1:]
DESCRIPTION = (
    "Checks what a real installation needs, and says how to mend what is wrong. Exit codes: 0 all is well, 1 something "
    "fails, 2 something could not be found out (or the command was not understood)."
)


async def main(arguments: Sequence[str]) -> NoReturn:
    """`arguments` are those after `doctor`. Ends with SystemExit."""
    options = _options(arguments)
    logs.configure("lines", "ERROR")
    readable = settings.read()
    async with worker_half(readable.problems) as half, _slack(readable, connects=options.connects) as of_slack:
        checks = [
            Check(SETTINGS, "of the bot", readable.outcome),
            half.check(SETTINGS),
            *of_slack,
            half.check(GEMINI),
            *_temporal(readable),
            half.check(TOOLS),
            half.check(SERVERS),
        ]
        write = partial(print, flush=True)
        code = await tell(results(checks), readable.secrets, is_json=options.json, write=write)
    raise SystemExit(code)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m slackbot doctor", description=DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument(
        "--no-connection",
        dest="connects",
        action="store_false",
        help="do not connect to Socket Mode: for a bot that is busy, because a button that is pressed while the doctor "
        "is connected may have to be pressed again",
    )
    return parser.parse_args(arguments)


@asynccontextmanager
async def _slack(readable: Readable, *, connects: bool) -> AsyncIterator[list[Check]]:
    if readable.api_url is None:
        yield [_left_out("Slack", "SLACK_API_URL")]
        return
    async with slack.open_client(readable.api_url, None) as client:
        manifest = read_manifest()
        yield SlackChecks(client, readable.bot_token, readable.app_token, manifest, connects=connects).checks()


def _temporal(readable: Readable) -> list[Check]:
    if readable.temporal is None:
        return [_left_out("Temporal", "TEMPORAL_*")]
    return TemporalChecks(readable.temporal, readable.task_queue).checks()


def _left_out(section: str, setting: str) -> Check:
    async def outcome() -> Outcome:
        return skipped(f"not tried, because {setting} cannot be read")

    return Check(section, f"all of {section}", outcome)
