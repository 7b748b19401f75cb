"""The Markdown that the scripted model writes about the results of its tools."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from playground.scripted_model.language.times import told as time_told
from playground.scripted_model.language.us_states import NAMES
from playground.scripted_model.language.words import readable
from playground.scripted_model.request.turn import OUTCOME, WAITING, Result
from playground.scripted_model.tools.plain_results import plain, short
from text.json_shapes import mapping, string

ASKED = "I have asked whether I may. Nothing is done before somebody allows it."
MOST_HEADLINES = 5
LONGEST_SUBJECT = 60  # characters
# What becomes of a call that somebody has to allow first, and is not carried out.
_NOT_CARRIED_OUT = {
    "rejected": "it was not allowed",
    "expired": "nobody decided about it in time",
    "cancelled": "it was cancelled before it began",
}
_PLACE_FIELDS = ("city", "region", "country")


def report(results: Sequence[Result]) -> str:
    """One paragraph or list for each pair of call and response."""
    return "\n\n".join(_paragraph(call, response) for call, response in results)


def what_was_decided(results: Mapping[str, Any]) -> str:
    """The same for calls of which only the titles are known."""
    return report([({"name": title, "title": title}, mapping(response)) for title, response in results.items()])


def _paragraph(call: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    subject = _subject(call)
    if response.get(OUTCOME) == WAITING:
        return f"**{subject}**: {ASKED}"
    if "error" in response:
        return f"**{subject}**: that did not work. {response['error']}"
    output = response.get("output", response)
    if not_carried_out := _not_carried_out(response) or _not_carried_out(mapping(output)):
        return f"**{subject}**: that was not carried out: {not_carried_out}"
    return _result(call, output) + _edited(response, mapping(output))


def _result(call: Mapping[str, Any], output: object) -> str:
    subject, found = _subject(call), mapping(output)
    if sentence := _sentence(call["name"], found) or time_told(found):
        return sentence
    if call["name"] == "get_weather_alerts" and isinstance(found.get("alerts"), list):
        return _alerts(subject, found)
    if call["name"] == "get_location_info":
        place = ", ".join(str(found[field]) for field in _PLACE_FIELDS if found.get(field))
        return f"**{subject}**: {place}."
    return f"**{subject}**: {plain(output)}"


def _sentence(tool: str, found: Mapping[str, Any]) -> str:
    """What these tools return, as a sentence; "" for any other."""
    number, url = string(found.get("ticket")), string(found.get("url"))
    if tool == "file_ticket" and number:
        return f"I filed [{number}]({url})." if url else f"I filed **{number}**."
    if tool == "ask_person" and (said := string(found.get("answer"))):
        return f"Your answer is: **{said}**."
    return ""


def _not_carried_out(found: Mapping[str, Any]) -> str:
    """Why the call was not carried out; "" if it was."""
    why = _NOT_CARRIED_OUT.get(string(found.get(OUTCOME)))
    reason = string(found.get("reason")).strip()
    return f"{why}. {reason}".strip() if why else ""


def _edited(*found: Mapping[str, Any]) -> str:
    """What somebody has changed in the call's arguments before it was carried out, as a sentence."""
    changed = mapping(next((one["edited"] for one in found if mapping(one.get("edited"))), None))
    changes = "; ".join(f"{name.replace('_', ' ')}: {short(value)}" for name, value in changed.items())
    return f" It was changed before it was carried out ({changes})." if changes else ""


def _subject(call: Mapping[str, Any]) -> str:
    """What was asked for: the title, the argument of the call (a state by its name), or the tool's name in words."""
    if title := string(call.get("title")):
        return title
    value = next(iter((call.get("args") or {}).values()), None)
    if isinstance(value, str) and re.search(r"\w", value) and len(value) <= LONGEST_SUBJECT and "\n" not in value:
        return NAMES.get(value, value)
    words = readable(str(call["name"]).rpartition("__")[2].removeprefix("get_")) or str(call["name"])
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
