"""What a check has found: a state, the facts, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from text.lines import one_line

# ok: as it has to be. note: it works, and there is something to know or to improve. failed: it does not work. unknown:
# nobody can say now. skipped: it was not tried, because something that it needs is not ok.
State = Literal["ok", "note", "failed", "unknown", "skipped"]

LONGEST_QUOTATION = 10_000  # characters; more is a page of somebody else
ALL_IS_WELL, SOMETHING_FAILS, SOMETHING_IS_UNKNOWN = 0, 1, 2  # exit codes


@dataclass(frozen=True)
class Finding:
    """What one check has found. `mend` says what to do, "" if there is nothing to do."""

    section: str
    check: str
    state: State
    found: str
    mend: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a check returns. `check` is its own name if a check finds out several things, such as one for each tool."""

    state: State
    found: str
    mend: str = ""
    check: str = ""


def ok(found: str, *, check: str = "") -> Outcome:
    return Outcome("ok", found, check=check)


def note(found: str, mend: str = "", *, check: str = "") -> Outcome:
    return Outcome("note", found, mend, check)


def failed(found: str, mend: str, *, check: str = "") -> Outcome:
    return Outcome("failed", found, mend, check)


def unknown(found: str, mend: str, *, check: str = "") -> Outcome:
    return Outcome("unknown", found, mend, check)


def skipped(found: str, *, check: str = "") -> Outcome:
    return Outcome("skipped", found, check=check)


def quoted(text: str) -> str:
    """What somebody else has written, as one line between quotation marks; "nothing" if it is empty.

    It is not cut here but where it is shown, after secrets are hidden: so it stands at the end of a sentence.
    """
    line = one_line(text, LONGEST_QUOTATION)
    return f"“{line}”" if line else "nothing"


def named(kind: str, text: str) -> str:
    """An error by its kind, with its text if it has one."""
    return f"{kind} {quoted(text)}" if text else kind


def exit_code(findings: Iterable[Finding]) -> int:
    """1 if anything fails; otherwise 2 if anything could not be found out; otherwise 0."""
    states = {finding.state for finding in findings}
    if "failed" in states:
        return SOMETHING_FAILS
    return SOMETHING_IS_UNKNOWN if states & {"unknown", "skipped"} else ALL_IS_WELL


def as_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """All findings and the exit code, as plain JSON."""
    everything = list(findings)
    return {"exit_code": exit_code(everything), "findings": [asdict(finding) for finding in everything]}
