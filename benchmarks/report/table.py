"""The measurements and the targets as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.measurements.measurements import Measurement, Measurements
from benchmarks.report.target import Target

COLUMNS = ("product", "plain", "tutorial")
_SIGNS = {True: "reached", False: "MISSED", None: "—"}


def table(measurements: Measurements) -> str:
    """One line for each thing measured, under its conditions; one column for each contender."""
    rows: list[tuple[str, ...]] = [("", "", *COLUMNS, "runs")]
    for place in dict.fromkeys(one.where for one in measurements):
        here = [one for one in measurements if one.where == place]
        rows += [(place, "", "", "", "", "")]
        rows += [row for what in dict.fromkeys(one.what for one in here) for row in _rows(what, here)]
    return "\n".join(aligned(rows))


def _rows(what: str, here: Sequence[Measurement]) -> Iterator[tuple[str, ...]]:
    """One line that compares the contenders, and one for each process or number of workers that was measured alone."""
    found: dict[str, dict[str, Measurement]] = {}
    for one in here:
        if one.what == what:
            name, _, part = one.contender.partition(" ")
            found.setdefault(part, {})[name.rstrip(",")] = one
    for part, compared in found.items():
        unit = next(iter(compared.values())).unit
        runs = "/".join(str(compared[name].summary.runs) if name in compared else "-" for name in COLUMNS)
        values = (shown(compared.get(name)) for name in COLUMNS)
        yield "", f"{what}{f', {part}' if part else ''} ({unit})", *values, runs


def shown(one: Measurement | None) -> str:
    """The median with the 95th percentile in brackets; a question mark if more runs may change the median."""
    if one is None:
        return ""
    found = one.summary
    if found.low == found.high and found.median == found.p95:
        return number(found.median)
    return f"{number(found.median)}{'' if found.is_stable else '?'} ({number(found.p95)})"


def number(value: float) -> str:
    """The value with about three digits."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def target_table(targets: Iterable[Target]) -> str:
    """One line for each target: what is wanted, what was measured, and whether it is reached."""
    rows = [("target", "wanted", "measured", "", "")]
    rows += [(one.what, one.wanted, one.measured, _SIGNS[one.reached], one.note) for one in targets]
    return "\n".join(aligned(rows))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with columns of equal width. A row with nothing but its first cell is a heading, and may be wider."""
    widths = [max(len(row[column]) for row in rows if any(row[1:])) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
