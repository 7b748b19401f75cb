"""Questions about the time: which places and which time of day stand in them, and the calls that answer them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

NOW, CONVERT = "get_current_time", "convert_time"  # as mcp-server-time calls them
Call = tuple[str, dict[str, Any]]
_TIME = re.compile(r"\b(what time|what('s| is) the time|time (is it|zone|in))\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d{1,2})(?::([0-5]\d))?\s*([ap]m)?\b", re.IGNORECASE)
_NAMED = {"noon": "12:00", "midnight": "00:00"}
_NAMED_CLOCK = re.compile(r"\b(?:noon|midnight)\b", re.IGNORECASE)
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def is_about_time(text: str) -> bool:
    """Whether it asks what time it is, or names a time of day together with two places."""
    return bool(_TIME.search(text)) or (clock_in(text) is not None and len(zones_in(text)) > 1)


def calls_about_time(text: str, declared: Iterable[str]) -> list[Call]:
    """The calls of the declared tools that answer the question; none if it lacks a place or if no tool is declared."""
    zones, clock, tools = zones_in(text), clock_in(text), _tools(declared)
    if clock and len(zones) > 1:
        source, *targets = zones
        given = {"source_timezone": source, "time": clock}
        return [(tools[CONVERT], given | {"target_timezone": zone}) for zone in targets] if CONVERT in tools else []
    return [(tools[NOW], {"timezone": zone}) for zone in zones] if NOW in tools else []


def _tools(declared: Iterable[str]) -> dict[str, str]:
    """The tools of MCP servers, by the names that the servers gave them."""
    return {name.partition("__")[2]: name for name in declared if "__" in name}


def clock_in(text: str) -> str | None:
    """The first time of day in the text, such as 9:00 or 9 pm, as HH:MM."""
    return next((clock for clock, _, _ in clocks_in(text)), None)


def clocks_in(text: str) -> list[tuple[str, int, int]]:
    """All times of day as HH:MM, each with where it begins and ends."""
    found = [(_NAMED[match[0].lower()], *match.span()) for match in _NAMED_CLOCK.finditer(text)]
    for match in _CLOCK.finditer(text):
        hour, minute, half = match.groups()
        if not (minute or half) or int(hour) > (12 if half else 23):
            continue
        hours = int(hour) % 12 + 12 * (half.lower() == "pm") if half else int(hour)
        found.append((f"{hours:02}:{minute or '00'}", *match.span()))
    return found


def zones_in(text: str) -> list[str]:
    """The time zones of the places that the text names, each once, in the order of the text."""
    zones = _zones()
    words = re.findall(r"[\w/+-]+", text.lower())
    found, at = [], 0
    while at < len(words):
        name = next((name for name in (" ".join(words[at : at + n]) for n in (3, 2, 1)) if name in zones), "")
        found += [zones[name]] if name else []
        at += len(name.split()) or 1
    return list(dict.fromkeys(found))


def place_of(zone: str) -> str:
    """The place after which a time zone is named."""
    return zone.rpartition("/")[2].replace("_", " ")


def told(output: Mapping[str, Any]) -> str | None:
    """A result of these tools as a sentence; None if it is none of theirs."""
    if isinstance(output.get("source"), Mapping) and isinstance(output.get("target"), Mapping):
        return f"{_moment(output['source'])} is {_moment(output['target'])}."
    return f"It is {_moment(output)}." if "datetime" in output and "timezone" in output else None


def _moment(one: Mapping[str, Any]) -> str:
    day, _, clock = str(one.get("datetime")).partition("T")
    return f"**{clock[:5]}** in {place_of(str(one.get('timezone')))} ({one.get('day_of_week') or day})"


@cache
def _zones() -> dict[str, str]:
    """The time zones by their own names and by those of their places, in small letters."""
    names = sorted(available_timezones())
    places = {place_of(name).lower(): name for name in names if name.startswith(_REGIONS) and name.count("/") == 1}
    return places | {name.lower(): name for name in names if "/" in name} | {"utc": "UTC", "gmt": "GMT"}
