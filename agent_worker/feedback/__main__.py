"""`python -m agent_worker.feedback export`: what people think of the answers, one JSON object a line.

Fields: team, channel, thread_ts, turn (the key of the answer's turn), user, value (good or bad), at (seconds since
1970), reason (what the person wrote about a bad answer), question, answer, steps (the tools with their arguments and
results) and agent (its name, version and model). Each person's newest opinion of a turn is exported.

Exit codes: 0 done, 2 it is not understood or the settings are wrong, 3 Temporal cannot be reached or has refused.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.feedback.cases import cases
from agent_worker.feedback.judgements import Judgement, judgements
from agent_worker.feedback.lines import line
from process import lifetime, logs, temporal
from process.settings import ProcessSettings, load
from text.characters import for_terminal

NOT_UNDERSTOOD, NOT_DONE = 2, 3


async def main() -> None:
    arguments = _arguments()
    if arguments.as_eval is not None and not arguments.as_eval.is_dir():
        _end(NOT_UNDERSTOOD, f"{arguments.as_eval} is not a folder.")
    found = await _found()
    if arguments.as_eval is not None:
        _write_cases(found, arguments.as_eval, with_names=arguments.names)
        return
    for one in found:
        print(json.dumps(line(one, with_names=arguments.names)), flush=True)


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m agent_worker.feedback")
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="prints what people think of the answers, one JSON object a line")
    export.add_argument("--names", action="store_true", help="with people's names; otherwise they are their Slack ids")
    export.add_argument(
        "--as-eval",
        type=Path,
        metavar="FOLDER",
        help="writes a case for `python -m agent_worker.evaluate` for each bad answer into this folder, in place of it",
    )
    return parser.parse_args()


async def _found() -> list[Judgement]:
    settings, connection = load(ProcessSettings, temporal.connection)
    logs.configure(settings.log_format, "ERROR")
    client = await temporal.connect_soon(connection, DATA_CONVERTER)
    try:
        return await judgements(client, settings.temporal_task_queue)
    except RPCError as error:
        _end(NOT_DONE, f"Temporal has refused ({error.status.name}).")
    raise AssertionError("not reached")


def _write_cases(found: Sequence[Judgement], folder: Path, *, with_names: bool) -> None:
    """A case that is there already may have been worked on: it is left as it is."""
    for case in cases(found, with_names=with_names):
        path = folder / f"{case.name}.yaml"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(case.text)
            print(for_terminal(f"{path}"))
        except FileExistsError:
            print(for_terminal(f"{path} is there already, and is left as it is"))
        except OSError as error:
            _end(NOT_UNDERSTOOD, f"{path} cannot be written ({type(error).__name__}).")


def _end(code: int, why: str) -> None:
    print(for_terminal(why), file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    lifetime.run(main)
