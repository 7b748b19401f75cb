"""The command `python -m agent_worker.evaluate`: reads the cases, plays them in parallel, and tells what came of them.

Exit codes: 0 no case has failed, 1 some have, 2 nothing was run (cases or settings are bad, or Temporal is away), 130
it was stopped.
"""

from __future__ import annotations

import asyncio
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from agent_worker.cases.reading import ReadCase, read
from agent_worker.toolbox.toolbox import Toolbox
from evaluations.judge import Judge
from evaluations.junit import junit
from evaluations.outcome import Outcome, Report
from evaluations.settings import EvaluationSettings
from evaluations.surroundings import Surroundings, open_surroundings
from evaluations.table import table
from evaluations.temporal import NoTemporalError
from evaluations.trial import tried
from process import logs
from process.settings import load
from text.characters import for_terminal

SOME_FAILED, NOT_RUN, STOPPED = 1, 2, 130
CASES = Path("agents/cases")
AT_ONCE, MOST_AT_ONCE = 4, 100


async def main() -> None:
    arguments = _arguments()
    cases = _cases(arguments)
    try:
        report = await _played(cases, arguments)
    except NoTemporalError as error:
        _end(NOT_RUN, str(error))
    except asyncio.CancelledError:
        _end(STOPPED, "Stopped before all cases were played.")
    print(for_terminal(table(report)), flush=True)
    if arguments.junit is not None:
        _write(arguments.junit, junit(report))
    if report.counts["failed"]:
        raise SystemExit(SOME_FAILED)


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m agent_worker.evaluate", description="Tries the agent with cases.")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=f"a case, or a folder with cases ({CASES})")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the cases with this text in their names")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="writes the outcomes as JUnit XML, too")
    parser.add_argument("--parallel", type=_at_once, default=AT_ONCE, metavar="N", help=f"cases at once ({AT_ONCE})")
    parser.add_argument("--scripted", action="store_true", help="with the scripted model, also if there is a key")
    parser.add_argument("--judge-model", default="", metavar="MODEL", help="the model that judges (GEMINI_MODEL)")
    return parser.parse_args()


def _at_once(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= MOST_AT_ONCE):
        raise ArgumentTypeError(f"{text} is no number from 1 to {MOST_AT_ONCE}")
    return int(text)


def _cases(arguments: Namespace) -> list[ReadCase]:
    """The cases that are meant. Ends the process if one of those that were read is bad."""
    if arguments.junit is not None and not arguments.junit.absolute().parent.is_dir():
        _end(NOT_RUN, f"{arguments.junit.parent} is not a folder.")
    cases, problems = read(arguments.paths or [CASES])
    meant = [one for one in cases if arguments.only in one.name]
    if not (meant or problems):
        problems = [f"no case has {arguments.only!r} in its name"]
    if problems:
        _refuse(problems)
    return meant


async def _played(cases: Sequence[ReadCase], arguments: Namespace) -> Report:
    (settings,) = load(EvaluationSettings)
    logs.configure("lines", "ERROR")
    async with open_surroundings(settings, scripted=arguments.scripted) as around:
        if problems := [problem for one in cases for problem in unknown_tools(one, around.toolbox_for(one.case))]:
            _refuse(problems)
        return await _report(cases, around, arguments)


def unknown_tools(one: ReadCase, toolbox: Toolbox) -> Iterator[str]:
    """A misspelt tool would be stood in for in vain, and `no_calls` would always hold."""
    known = toolbox.names()
    for where, name in _named_tools(one):
        if not any(sign in name for sign in "*?[") and name not in known:
            away = " ".join(toolbox.not_listed().values())
            yield one.problem(f"there is no tool {name}; the tools are: {', '.join(known)}. {away}".strip(), *where)


def _named_tools(one: ReadCase) -> Iterator[tuple[tuple[int | str, ...], str]]:
    for name in one.case.tools:
        yield ("tools", name), name
    for at, name in enumerate(one.case.real):
        yield ("real", at), name
    expected = [(("messages", at, "expect"), message.expect) for at, message in enumerate(one.case.messages)]
    for where, expectation in [*expected, (("expect",), one.case.expect)]:
        for name in expectation.tools if expectation is not None else ():
            yield where, name


async def _report(cases: Sequence[ReadCase], around: Surroundings, arguments: Namespace) -> Report:
    began = time.monotonic()
    places = asyncio.Semaphore(arguments.parallel)
    judge = Judge(None if around.is_scripted else around.gemini, arguments.judge_model or around.settings.gemini_model)

    ended: list[str] = []

    async def outcome(one: ReadCase) -> Outcome:
        async with places:
            found = await tried(one, around, judge)
        ended.append(found.name)
        print(for_terminal(f"{len(ended)}/{len(cases)} {found.name}: {found.result}"), file=sys.stderr, flush=True)
        return found

    outcomes = await asyncio.gather(*map(outcome, cases))
    return Report(outcomes, time.monotonic() - began, around.model)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _end(NOT_RUN, f"{path} cannot be written ({type(error).__name__}).")


def _refuse(problems: Sequence[str]) -> NoReturn:
    _end(NOT_RUN, "\n  ".join(["These cases need attention; nothing was run:", *problems]))


def _end(code: int, why: str) -> NoReturn:
    print(for_terminal(why), file=sys.stderr)
    raise SystemExit(code)
