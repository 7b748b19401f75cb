"""Whether a conversation came out as the case expects. Pure; what a model has to judge is not decided here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from agent_worker.cases.expectation import PATTERNS, Expectation, ExpectedCall
from agent_worker.turn_history import Step
from evaluations.outcome import Check
from text.lines import one_line

LONGEST_SHOWN = 300  # characters of an answer, or of all calls together


def checked(expected: Expectation, steps: Sequence[Step], answer: str) -> list[Check]:
    """A check for each thing that is expected, but for the judge's questions."""
    return [*_about_calls(expected, steps), *_about_answer(expected, answer)]


def fits(wanted: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Whether a call has these arguments; others may be anything."""
    return all(name in arguments and _is(value, arguments[name]) for name, value in wanted.items())


def call_line(tool: str, arguments: Mapping[str, Any]) -> str:
    """A call on one line."""
    named = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in arguments.items())
    return f"{tool}({named})"


def _is(wanted: Any, value: Any) -> bool:
    if not (isinstance(wanted, dict) and len(wanted) == 1 and next(iter(wanted)) in PATTERNS):
        return bool(wanted == value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if "contains" in wanted:
        return str(wanted["contains"]).casefold() in text.casefold()
    return re.search(str(wanted["matches"]), text) is not None


def _about_calls(expected: Expectation, steps: Sequence[Step]) -> Iterator[Check]:
    made = one_line("; ".join(call_line(step.tool, step.arguments) for step in steps), LONGEST_SHOWN) or "none"
    for call in expected.calls:
        what = f"calls {call_line(call.tool, call.arguments) if call.arguments else call.tool}"
        yield _check(what, _why_not_made(call, steps, made))
    for name in expected.no_calls:
        wrong = [call_line(step.tool, step.arguments) for step in steps if fnmatchcase(step.tool, name)]
        yield _check(
            f"does not call {name}", f"it was called: {one_line('; '.join(wrong), LONGEST_SHOWN)}" if wrong else ""
        )
    for name in expected.asks:
        asked = any(step.asks_people and fnmatchcase(step.tool, name) for step in steps)
        yield _check(f"asks people about {name}", "" if asked else f"nobody was asked. The calls: {made}")


def _why_not_made(call: ExpectedCall, steps: Sequence[Step], made: str) -> str:
    named = [step for step in steps if fnmatchcase(step.tool, call.tool)]
    found = [step for step in named if fits(call.arguments, step.arguments)]
    if not named:
        return f"it was not called. The calls: {made}"
    if not found:
        return f"it was called with other arguments: {made}"
    if call.times is not None and len(found) != call.times:
        return f"it was called {len(found)} times, not {call.times}: {made}"
    return ""


def _about_answer(expected: Expectation, answer: str) -> Iterator[Check]:
    shown = f"The answer: {one_line(answer, LONGEST_SHOWN) or 'nothing'}"
    folded = answer.casefold()
    for text in expected.contains:
        yield _check(f"contains “{text}”", "" if text.casefold() in folded else f"it does not. {shown}")
    for text in expected.not_contains:
        yield _check(f"does not contain “{text}”", f"it does. {shown}" if text.casefold() in folded else "")
    for pattern in expected.matches:
        yield _check(f"matches {pattern}", "" if re.search(pattern, answer) else f"it does not. {shown}")


def _check(what: str, why: str) -> Check:
    return Check(one_line(what, LONGEST_SHOWN), "failed" if why else "passed", why)
