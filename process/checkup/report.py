"""How findings are shown: lines for people, as they come, or one JSON object at the end. Secrets are hidden here."""

from __future__ import annotations

import asyncio
import json
import re
import textwrap
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from process.checkup.checks import Check
from process.checkup.finding import SOMETHING_IS_UNKNOWN, Finding, State, as_json, exit_code
from text.characters import for_terminal
from text.lines import ELLIPSIS, one_line

MARKS = {"ok": "✓", "note": "i", "failed": "✗", "unknown": "?", "skipped": "-"}
WIDTH = 110  # characters of a line
NAME_WIDTH = 20
SHORTEST_SECRET = 8  # characters; what is shorter stands in too many texts
LONGEST_FACT = 600  # characters
_COUNTED: Mapping[State, tuple[str, str]] = {
    "failed": ("thing fails", "things fail"),
    "unknown": ("thing could not be found out", "things could not be found out"),
    "skipped": ("was not tried", "were not tried"),
    "note": ("note", "notes"),
}


async def tell(
    results: AsyncIterator[tuple[Check, list[Finding]]],
    secrets: Iterable[str],
    *,
    is_json: bool,
    write: Callable[[str], None],
) -> int:
    """Shows what the checks find with `write`, a line at a time, and returns the exit code.

    If somebody stops it, the process ends with the exit code for what could not be found out.
    """
    told: list[Finding] = []
    try:
        async for _, found in results:
            for finding in without(secrets, found):
                if not is_json:
                    for line in lines(finding, told[-1].section if told else ""):
                        write(line)
                told.append(finding)
    except asyncio.CancelledError:
        raise SystemExit(SOMETHING_IS_UNKNOWN) from None
    write(json.dumps(as_json(told), indent=2, ensure_ascii=False) if is_json else f"\n{summary(told)}")
    return exit_code(told)


def lines(finding: Finding, section_before: str) -> Iterator[str]:
    """A heading if a new section begins, then the finding, and below it how to mend it."""
    if finding.section != section_before:
        yield f"\n{finding.section}" if section_before else finding.section
    beginning = f"  {MARKS[finding.state]} {finding.check:<{NAME_WIDTH}} "
    yield from _wrapped(for_terminal(finding.found), beginning, " " * (NAME_WIDTH + 5))
    if finding.mend:
        yield from _wrapped(for_terminal(finding.mend), " " * (NAME_WIDTH + 5) + "→ ", " " * (NAME_WIDTH + 7))


def summary(findings: Iterable[Finding]) -> str:
    """How many findings of each kind there are, in one sentence."""
    counts = Counter(finding.state for finding in findings)
    words = [f"{counts[state]} {forms[counts[state] != 1]}" for state, forms in _COUNTED.items() if counts[state]]
    verdict = "" if counts["failed"] or counts["unknown"] or counts["skipped"] else "All is well"
    return ", ".join(filter(None, [verdict, *words])) + "."


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]


def without(secrets: Iterable[str], findings: Iterable[Finding]) -> list[Finding]:
    """The findings with "…" in place of each secret: a service may repeat what it was sent.

    Hides before it cuts: half a secret would not be recognised.
    """
    hidden = sorted((one for one in secrets if len(one) >= SHORTEST_SECRET), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, hidden))) if hidden else None

    def shown(text: str) -> str:
        return one_line(pattern.sub(ELLIPSIS, text) if pattern else text, LONGEST_FACT)

    return [replace(one, check=shown(one.check), found=shown(one.found), mend=shown(one.mend)) for one in findings]
