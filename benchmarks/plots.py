"""Two kinds of plots as SVG, for the README: bars side by side, and lines that grow or do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks import crowds, growth, turns
from benchmarks.plan import Crowd, Turns
from benchmarks.stubs import NONE, REAL
from benchmarks.table import number

COLOURS = {"product": "#2f6fde", "plain": "#8a8f98", "tutorial": "#d9822b"}
WIDTH, MARGIN, LABEL = 720, 20, 190
ROW, GAP = 22, 14
LINES_HEIGHT = 260
_STYLE = """\
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:15px;font-weight:600}.axis{stroke:#8a8f98}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>"""

Group = tuple[str, Mapping[str, float]]  # a label, and the values of the contenders
Line = Sequence[tuple[float, float]]


def write(report: Mapping[str, Any], directory: Path) -> list[Path]:
    """Those plots for which there is something to draw."""
    drawn = {
        "whole-turn.svg": _whole_turn(report),
        "throughput.svg": _throughput(report),
        "history.svg": _lines(report),
    }
    paths = []
    for name, svg in drawn.items():
        if svg:
            (directory / name).write_text(svg, encoding="utf-8")
            paths.append(directory / name)
    return paths


def _whole_turn(report: Mapping[str, Any]) -> str:
    kinds = [Turns(kind, latencies, 0, 0) for latencies in (REAL, NONE) for kind in ("haiku", "chain")]
    groups = [(f"{one.kind} at {one.latencies.name}", turns.where(one, turns.FIRST)) for one in kinds]
    return bar_plot("A whole turn, in milliseconds (shorter is better)", _groups(report, "whole turn", groups))


def _throughput(report: Mapping[str, Any]) -> str:
    sizes = [Crowd(threads, 0, 0) for threads in (1, 20, 200)]
    groups = [(f"{crowd.threads} at once", crowds.where(crowd)) for crowd in sizes]
    return bar_plot("Turns per second (longer is better)", _groups(report, "turns per second", groups))


def _lines(report: Mapping[str, Any]) -> str:
    lines = {}
    for name in COLOURS:
        found = [(length, _value(report, "history bytes", growth.turn(length), name)) for length in growth.LENGTHS]
        lines[name] = [(float(length), value / 1000) for length, value in found if value is not None]
    kept = {name: line for name, line in lines.items() if line}
    return line_plot("History of one turn, in KB, after so many turns of 1.5 KB each way", kept)


def _groups(report: Mapping[str, Any], what: str, places: Sequence[tuple[str, str]]) -> list[Group]:
    groups: list[Group] = []
    for label, where in places:
        values = {name: _value(report, what, where, name) for name in COLOURS}
        kept = {name: value for name, value in values.items() if value is not None}
        if kept:
            groups.append((label, kept))
    return groups


def _value(report: Mapping[str, Any], what: str, where: str, contender: str) -> float | None:
    for one in report["measurements"]:
        if (one["what"], one["where"], one["contender"]) == (what, where, contender):
            return float(one["median"])
    return None


def bar_plot(title: str, groups: Sequence[Group]) -> str:
    """Bars that share one scale in each group: groups may differ by orders of magnitude. Nothing for no groups."""
    rows, y = [], 2 * ROW + MARGIN
    for label, values in groups:
        rows.append(_text(MARGIN, y + ROW * len(values) / 2 + 4, label))
        for name, value in values.items():
            rows.append(_bar(y, name, value, value / max(values.values())))
            y += ROW
        y += GAP
    return _svg(title, y, rows) if groups else ""


def _bar(y: float, name: str, value: float, part: float) -> str:
    length = max(1.0, part * (WIDTH - MARGIN - LABEL - 130))
    bar = f'<rect x="{LABEL}" y="{y + 3}" width="{length:.1f}" height="{ROW - 6}" rx="2" fill="{COLOURS[name]}"/>'
    return bar + _text(LABEL + length + 6, y + ROW - 6, f"{number(value)} {name}")


def line_plot(title: str, lines: Mapping[str, Line]) -> str:
    """Lines from nothing on both axes. Nothing for no lines."""
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    most_x, most_y = (max(point[axis] for point in points) or 1.0 for axis in (0, 1))
    left, top, right, bottom = 80, 2 * ROW + MARGIN, WIDTH - 130, LINES_HEIGHT

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return left + (right - left) * point[0] / most_x, bottom - (bottom - top) * point[1] / most_y

    parts = [f'<path class="axis" fill="none" d="M{left} {top}V{bottom}H{right}"/>']
    parts += [_text(MARGIN, place((0, most_y))[1] + 4, number(most_y)), _text(MARGIN, bottom, "0")]
    parts += [_text(place((x, 0))[0] - 8, bottom + 18, number(x)) for x in sorted({point[0] for point in points})]
    for name, line in lines.items():
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, line))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2.5"/>')
        x, y = place(line[-1])
        parts.append(_text(x + 8, y + 4, f"{number(line[-1][1])} {name}"))
    return _svg(title, bottom + 2 * MARGIN, parts)


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{f" class={kind!r}" if kind else ""}>{escape(text)}</text>'


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" width="{WIDTH}">'
    heading = _text(MARGIN, MARGIN + ROW / 2, title, "title")
    return "\n".join([head, f"<title>{escape(title)}</title>", _STYLE, heading, *parts, "</svg>", ""])
