"""The outcomes as a table for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks import call_line
from evaluations.outcome import Outcome, Report
from text.lines import one_line

SHOWN = {"passed": "passed", "failed": "FAILED", "skipped": "skipped"}
LONGEST_NAME, LONGEST_CALLS = 40, 60  # characters
HEADINGS = ("case", "result", "seconds", "calls")


def table(report: Report) -> str:
    """A line for each case, below it what is wrong, and a line that counts."""
    width = max([len(HEADINGS[0]), *(len(_name(outcome)) for outcome in report.outcomes)])
    lines = [f"{HEADINGS[0]:{width}}  {HEADINGS[1]:7}  {HEADINGS[2]:>7}  {HEADINGS[3]}"]
    for outcome in report.outcomes:
        lines.append(
            f"{_name(outcome):{width}}  {SHOWN[outcome.result]:7}  {outcome.seconds:7.1f}  {_calls(outcome)}".rstrip()
        )
        lines += [f"    {note}" for note in outcome.notes]
    return "\n".join([*lines, "", *_summary(report)])


def _name(outcome: Outcome) -> str:
    return one_line(outcome.name, LONGEST_NAME)


def _calls(outcome: Outcome) -> str:
    return one_line(", ".join(step.tool for step in outcome.steps), LONGEST_CALLS) or "none"


def _summary(report: Report) -> Iterator[str]:
    counted = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count or name == "passed")
    cases = "1 case" if len(report.outcomes) == 1 else f"{len(report.outcomes)} cases"
    yield f"{cases} with {report.model} in {report.seconds:.1f} s: {counted}"
    if report.counts["skipped"]:
        yield "Skipped cases have not passed: nobody has looked at everything that they expect."


def calls_in_full(outcome: Outcome) -> list[str]:
    """Each call with its arguments and whether it gave a result, an error, or nothing."""
    lines = []
    for step in outcome.steps:
        ended = "not carried out" if step.result is None else "failed" if "error" in step.result else "done"
        lines.append(f"{call_line(step.tool, step.arguments)}: {ended}")
    return lines
