"""`python -m agent_worker.audit export` and `verify`: writes the record of decisions, and checks what was written.

Exit codes: 0 all was read (or the chain is whole), 1 a conversation could not be read (or the chain is broken), 2 it is
not understood, the settings are wrong or there is no such file, 3 Temporal cannot be reached or has refused.
"""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path

from temporalio.service import RPCError

from agent_worker.audit import chain
from agent_worker.audit.conversations import Conversations, Found
from agent_worker.audit.export import Wanted, lines
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.told_by_conversations import ToldByConversations
from process import lifetime, logs, temporal
from process.settings import ProcessSettings, load
from text.characters import for_terminal

INCOMPLETE, NOT_UNDERSTOOD, NOT_DONE = 1, 2, 3
CONNECTS_WITHIN = 15.0  # seconds


async def main() -> None:
    arguments = _arguments()
    if arguments.command == "verify":
        _verify(arguments.file)
        return
    wanted = Wanted(since=arguments.since, until=arguments.until, channel=arguments.channel)
    found = await _found(wanted)
    for line in lines(found, wanted):
        print(line)
    if found.unread:
        _end(INCOMPLETE, f"{len(found.unread)} conversations could not be read. Does a worker of this version run?")


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m agent_worker.audit")
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="prints what was decided, one JSON object a line")
    export.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="the first day (UTC): 2026-11-29")
    export.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="the last day (UTC)")
    export.add_argument("--channel", default="", metavar="C0123456789", help="only what was decided there")
    verify = commands.add_parser("verify", help="checks that nothing in an export was changed")
    verify.add_argument("file", type=Path, metavar="FILE")
    return parser.parse_args()


async def _found(wanted: Wanted) -> Found:
    settings, connection = load(ProcessSettings, temporal.connection)
    logs.configure(settings.log_format, "ERROR")
    try:
        async with asyncio.timeout(CONNECTS_WITHIN):
            client = await temporal.connect(connection, DATA_CONVERTER)
        return await Conversations(ToldByConversations(client, settings.temporal_task_queue)).read(wanted.channel)
    except TimeoutError:
        _end(NOT_DONE, f"Temporal does not answer at {connection['target_host']}.")
    except RPCError as error:
        _end(NOT_DONE, f"Temporal has refused ({error.status.name}).")
    raise AssertionError("not reached")


def _verify(file: Path) -> None:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        _end(NOT_UNDERSTOOD, f"{file} cannot be read: {error.strerror}.")
        return
    checked = chain.checked(text)
    if checked.broken:
        _end(INCOMPLETE, f"{file}, line {checked.lines}: {checked.broken}")
    print(for_terminal(f"{file}: {checked.lines} lines, none changed. The hash of the last one: {checked.hash}"))


def _end(code: int, why: str) -> None:
    print(for_terminal(why), file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    lifetime.run(main)
