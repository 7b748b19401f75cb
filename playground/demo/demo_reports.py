"""What the demo's model writes about the results of its tools: Markdown made of what they returned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playground.demo.demo_states import NAMES

MOST_HEADLINES = 5
_PLACE_FIELDS = ("city", "region", "country")


def report(results: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> str:
    """One paragraph or list for each call with its response."""
    return "\n\n".join(_paragraph(call, response) for call, response in results)


def _paragraph(call: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    subject = _subject(call)
    if "error" in response:
        return f"**{subject}**: that did not work. {response['error']}"
    output = response.get("output", response)
    if isinstance(output, Mapping) and isinstance(output.get("alerts"), list):
        return _alerts(subject, output)
    if isinstance(output, Mapping) and any(field in output for field in _PLACE_FIELDS):
        place = ", ".join(str(output[field]) for field in _PLACE_FIELDS if output.get(field))
        return f"**{subject}**: {place}."
    return f"**{subject}**: {_plain(output)}"


def _subject(call: Mapping[str, Any]) -> str:
    """What was asked: the value that the tool was given, a state by its name, else the tool's name in words."""
    value = next(iter((call.get("args") or {}).values()), None)
    if value:
        return NAMES.get(str(value), str(value))
    return str(call["name"]).removeprefix("get_").replace("_", " ").capitalize().replace("Ip ", "IP ")


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
    if isinstance(output, Mapping):
        return "; ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in _known(output))
    return str(output)


def _known(output: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, value in output.items() if value not in (None, "", [], {}))
