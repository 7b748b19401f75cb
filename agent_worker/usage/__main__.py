"""`python -m agent_worker.usage export`: what turns have cost, one JSON object a line.

Exit codes: 0 all was read, 1 a conversation could not be read, 2 it is not understood or the settings are wrong,
3 Temporal cannot be reached or has refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date
from typing import NoReturn

from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.told_by_conversations import ToldByConversations
from agent_worker.usage.costs import Found, costs
from agent_worker.usage.lines import FIELDS, Wanted, lines
from process import lifetime, logs, temporal
from process.settings import ProcessSettings, load
from text.characters import for_terminal

INCOMPLETE, NOT_DONE = 1, 3
CONNECTS_WITHIN = 15.0  # seconds


async def main() -> None:
    arguments = _arguments()
    wanted = Wanted(since=arguments.since, until=arguments.until, person=arguments.person, by=arguments.by)
    found = await _found(arguments.channel)
    for line in lines(found, wanted):
        print(json.dumps(line))
    if found.unread:
        _end(INCOMPLETE, f"{len(found.unread)} conversations could not be read. Does a worker of this version run?")


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m agent_worker.usage")
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="prints what turns have cost, one JSON object a line")
    export.add_argument("--by", type=_fields, default=(), metavar="FIELDS", help=f"sums, by some of {','.join(FIELDS)}")
    export.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="the first day (UTC): 2026-11-29")
    export.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="the last day (UTC)")
    export.add_argument("--channel", default="", metavar="C0123456789", help="only what was asked there")
    export.add_argument("--person", default="", metavar="U0123456789", help="only what this person pays for")
    return parser.parse_args()


def _fields(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    if unknown := set(names) - set(FIELDS):
        raise ArgumentTypeError(f"{', '.join(sorted(unknown))}: these can be named: {', '.join(FIELDS)}")
    return names


async def _found(channel: str) -> Found:
    settings, connection = load(ProcessSettings, temporal.connection)
    logs.configure(settings.log_format, "ERROR")
    try:
        async with asyncio.timeout(CONNECTS_WITHIN):
            client = await temporal.connect(connection, DATA_CONVERTER)
        return await costs(ToldByConversations(client, settings.temporal_task_queue), channel)
    except TimeoutError:
        _end(NOT_DONE, f"Temporal does not answer at {connection['target_host']}.")
    except RPCError as error:
        _end(NOT_DONE, f"Temporal has refused ({error.status.name}).")


def _end(code: int, why: str) -> NoReturn:
    print(for_terminal(why), file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    lifetime.run(main)
