"""The Markdown that the scripted model writes about the results of its tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playground.scripted_model.times import told
from playground.scripted_model.us_states import NAMES
from text.json_shapes import mapping
from text.lines import cut

MOST_HEADLINES = 5
LONGEST_TEXT = 800  # characters of what a tool has returned
_PLACE_FIELDS = ("city", "region", "country")


def report(results: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> str:
    """One paragraph or list for each pair of call and response."""
    return "\n\n".join(_paragraph(call, response) for call, response in results)


def _paragraph(call: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    subject = _subject(call)
    if "error" in response:
        return f"**{subject}**: that did not work. {response['error']}"
    output = response.get("output", response)
    found = mapping(output)
    if time := told(found):
        return time
    if isinstance(found.get("alerts"), list):
        return _alerts(subject, found)
    if any(field in found for field in _PLACE_FIELDS):
        place = ", ".join(str(found[field]) for field in _PLACE_FIELDS if found.get(field))
        return f"**{subject}**: {place}."
    return f"**{subject}**: {_lines(output) if isinstance(output, str) else _plain(output)}"


def _lines(text: str) -> str:
    """A text as the tool wrote it, in a code block if it has several lines; the beginning of a long one."""
    shown = cut(text.strip(), LONGEST_TEXT)
    return f"\n```\n{shown.replace('```', '')}\n```" if "\n" in shown else shown


def _subject(call: Mapping[str, Any]) -> str:
    """What was asked for: the argument of the call (a state by its name), else the tool's name in words."""
    value = next(iter((call.get("args") or {}).values()), None)
    if value and re.search(r"\w", str(value)):
        return NAMES.get(str(value), str(value))
    words = str(call["name"]).rpartition("__")[2].removeprefix("get_").replace("_", " ")
    return words.capitalize().replace("Ip ", "IP ")


def _alerts(subject: str, output: Mapping[str, Any]) -> str:
    alerts = output["alerts"]
    if not alerts:
        return f"**{subject}**: {output.get('note') or 'no active alerts.'}"
    total = output.get("total", len(alerts))
    lines = [f"**{subject}**: {total} active alert{'s' if total != 1 else ''}", *map(_line, alerts[:MOST_HEADLINES])]
    more = total - min(len(alerts), MOST_HEADLINES)
    return "\n".join([*lines, *([f"- and {more} more"] if more > 0 else [])])


def _line(alert: Mapping[str, Any]) -> str:
    headline = alert.get("headline") or alert.get("event") or "an alert without a headline"
    severity = f" _({alert['severity']})_" if alert.get("severity") else ""
    return f"- {headline}{severity}"


def _plain(output: object) -> str:
    """Any other result in words: the names and values of an object, or the text of anything else."""
    if isinstance(output, Mapping):
        return "; ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in _filled(output))
    return str(output)


def _filled(output: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, value in output.items() if value not in (None, "", [], {}))
