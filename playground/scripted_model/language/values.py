"""The values in a sentence: quotations, numbers, days, addresses, places, each with where it stands. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.scripted_model.language.dates import days_in
from playground.scripted_model.language.times import clocks_in, place_of, zones_in
from playground.scripted_model.language.us_states import states_in
from playground.scripted_model.language.words import NUMBERS

_QUOTED = re.compile(r"\"([^\"]{1,2000})\"|“([^“”]{1,2000})”|`([^`]{1,2000})`|(?<![\w@<])'([^']{1,2000})'(?!\w)")
_NUMBER = re.compile(
    rf"(?<![\w.:/#-])-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?\b|(?<![\w.:/#])-?\d+(?:\.\d+)?(?![\w:/-]|\.\d)|\b(?:{'|'.join(NUMBERS)})\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"(?<![\w.:-])(\d{{1,6}}(?:\.\d{{1,3}})?|{'|'.join(NUMBERS)})"
    r"[ -]?(days?|hours?|h|minutes?|mins?|seconds?|secs?)\b",
    re.IGNORECASE,
)
_ISO_DURATION = re.compile(r"(?<!\w)P(?=T?\d)(?:\d{1,6}D)?(?:T(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,6}S)?)?(?!\w)")
_DURATIONS = {"d": "P{}D", "h": "PT{}H", "m": "PT{}M", "s": "PT{}S"}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s<>|\"']*[^\s<>|\"'.,;:!?)]")
_PATH = re.compile(r"(?<!\S)(~?[\w.-]*/[\w./-]*\w|[\w-]+\.[a-z]{1,4})(?!\w)")
_ID = re.compile(r"(?<!\S)#?(?=[\w-]*\d)[\w-]+\b")
_CHANNEL = re.compile(r"#[\w.-]*\w")
_MENTION = re.compile(r"<@(\w+)>|(?<![\w.])@([\w.-]*\w)")
_PLACE = re.compile(
    r"\b(?:in|for|at|near|of|from|to|around|into)\s+(?:the\s+)?((?:[A-Z][\w.'-]*)(?:[ -][A-Z][\w.'-]*){0,3})"
)
_PLACE_IN_SMALL = re.compile(
    r"\b(?:in|near|around|at)\s+(?!the\b|my\b|a\b|an\b|here\b|there\b|this\b|it\b)([a-z][\w'-]*)"
)
_YES = re.compile(r"\b(?:on|yes|true|enabled?|with|please do|activated?)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:off|no|not|false|disabled?|without|don't|deactivated?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A value, and where it begins and ends in the text."""

    value: Any
    start: int
    end: int

    def overlaps(self, other: Found) -> bool:
        return self.start < other.end and other.start < self.end


def quoted(text: str) -> list[Found]:
    found = [Found("".join(filter(None, match.groups())), *match.span()) for match in _QUOTED.finditer(text)]
    return [one for one in found if one.value.strip()]


def numbers(text: str) -> list[Found]:
    """Whole numbers as int, others as float; those up to twelve also in words."""
    return [Found(number_of(match[0]), *match.span()) for match in _NUMBER.finditer(text)]


def number_of(text: str) -> int | float:
    plain = text.replace(",", "").lower()
    if plain in NUMBERS:
        return NUMBERS[plain]
    return float(plain) if "." in plain else int(plain)


def days(text: str, now: datetime | None) -> list[Found]:
    """As YYYY-MM-DD."""
    return [Found(day.isoformat(), start, end) for day, start, end in days_in(text, now)]


def clocks(text: str) -> list[Found]:
    """As HH:MM."""
    return [Found(*one) for one in clocks_in(text)]


def durations(text: str) -> list[Found]:
    """As ISO 8601 writes them: 90 minutes are PT90M."""
    written = [Found(match[0], *match.span()) for match in _ISO_DURATION.finditer(text)]
    return written + [
        Found(_DURATIONS[match[2][0].lower()].format(number_of(match[1])), *match.span())
        for match in _DURATION.finditer(text)
    ]


def zones(text: str) -> list[Found]:
    """Time zones by their names or by those of their places."""
    found = []
    for zone in zones_in(text):
        named = (text.lower().find(name.lower()) for name in (zone, place_of(zone)))
        start = next((at for at in named if at >= 0), 0)
        found.append(Found(zone, start, start + len(place_of(zone))))
    return found


def states(text: str) -> list[Found]:
    """Codes of states of the USA."""
    return [Found(code, 0, 0) for code in states_in(text)]


def addresses(text: str) -> list[Found]:
    """IP addresses."""
    found = []
    for match in re.finditer(r"[0-9A-Fa-f:.]{3,}", text):
        word = match[0].rstrip(".:") if "::" not in match[0] else match[0]
        try:
            found.append(Found(str(ipaddress.ip_address(word)), match.start(), match.start() + len(word)))
        except ValueError:
            continue
    return found


def places(text: str) -> list[Found]:
    """Names with capital letters behind in, for, at and the like; or one word behind in, near or at."""
    found = [Found(match[1], *match.span(1)) for match in _PLACE.finditer(text)]
    return found or [Found(match[1].title(), *match.span(1)) for match in _PLACE_IN_SMALL.finditer(text)]


def people(text: str) -> list[Found]:
    return [Found(match[1] or match[2], *match.span()) for match in _MENTION.finditer(text)]


def _pattern(pattern: re.Pattern[str]) -> Callable[[str], list[Found]]:
    return lambda text: [Found(match[0], *match.span()) for match in pattern.finditer(text)]


emails, urls, channels = _pattern(_EMAIL), _pattern(_URL), _pattern(_CHANNEL)


def ids(text: str) -> list[Found]:
    """Words with a digit, such as A-1234 or #17."""
    return [Found(match[0].removeprefix("#"), *match.span()) for match in _ID.finditer(text)]


def paths(text: str) -> list[Found]:
    """Paths and names of files."""
    return [Found(match[1], *match.span(1)) for match in _PATH.finditer(text)]


def truth(text: str) -> bool | None:
    """Whether it says yes or no; None if neither."""
    if _NO.search(text):
        return False
    return True if _YES.search(text) else None
