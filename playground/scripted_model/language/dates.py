"""Questions about days and hours, answered from when they were asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from playground.scripted_model.language.times import place_of, zones_in

NOT_COUNTED = "I can count minutes, hours, days and weeks, but no months and years."
UNKNOWN = "I do not know when you wrote that, so I cannot tell the day."
_MOMENT = re.compile(r"\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d) UTC([+-]\d\d:\d\d)?")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})"
_SOME_DAY = rf"(?:today|tomorrow|yesterday|the day (?:after|before)|(?:(?:this|next|last|on) )?{_WEEKDAY})\b"
_WHICH = rf"(?:it\b|{_SOME_DAY}|in {_NUMBER} |{_NUMBER} \w+ ago\b)"
_ASKS_FOR_DAY = re.compile(
    rf"\b(?:what|which) (?:day|date|weekday)(?: of the week)? (?:is|was|will) {_WHICH}"
    r"|\b(?:what's|what is|what was|what will be) (?:the|today's|tomorrow's|yesterday's) (?:day|date)\b"
    rf"(?! (?:of|for|when) (?!the week|{_SOME_DAY}))"
    rf"|\b(?:when (?:is|was) {_SOME_DAY}|what(?:'s| is) today)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_ASKS_FOR_HOUR = re.compile(r"\b(?:what time (?:is|was|will)|what(?:'s| is| will be) the time)\b", re.IGNORECASE)
_LATER = re.compile(rf"\bin (?P<number>{_NUMBER}) (?P<unit>minute|hour|day|week)s?\b", re.IGNORECASE)
_AGO = re.compile(rf"\b(?P<number>{_NUMBER}) (?P<unit>minute|hour|day|week)s? ago\b", re.IGNORECASE)
_TOO_FAR = re.compile(rf"\b(?:{_NUMBER}|next|last) (?:month|year)s?\b", re.IGNORECASE)
_NAMED_DAY = re.compile(
    rf"\b(?P<which>next|last|since|this|on|about|for)?\s*\b(?P<weekday>{_WEEKDAY})\b", re.IGNORECASE
)
_SHIFTS = re.compile(
    rf"\b(?:tomorrow|yesterday|{'|'.join(WEEKDAYS)}|(?:minute|hour|day|week)s? ago)\b|{_LATER.pattern}", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_DAY_OF_MONTH = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})"
    rf"|(?P<month_first>{_MONTH}) (?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?)(?:,? (?P<year>\d{{4}}))?\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"\b(?:today|(?:the )?day (?:after tomorrow|before yesterday)|tomorrow|yesterday"
    rf"|(?:(?:this|next|last|on) )?{_WEEKDAY}|in {_NUMBER} (?:day|week)s?|{_NUMBER} (?:day|week)s? ago)\b",
    re.IGNORECASE,
)
_DAYS = {"day after tomorrow": 2, "day before yesterday": -2, "tomorrow": 1, "yesterday": -1}


@dataclass(frozen=True)
class Span:
    """A time in which something was said: the first and the last day of it, "" for none, and how people call it."""

    since: str = ""
    until: str = ""
    called: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """As the tools that read messages take them."""
        return {name: day for name, day in (("since", self.since), ("until", self.until)) if day}


def local_time(written: str, zone: str = "") -> datetime | None:
    """A moment as the agent writes it, `Fri 2026-11-27 10:15 UTC+01:00`, in the zone if there is such a one."""
    found = _MOMENT.fullmatch(written)
    try:
        moment = datetime.fromisoformat(f"{found[1]}{found[2] or '+00:00'}") if found else None
    except ValueError:
        return None
    try:
        return moment.astimezone(ZoneInfo(zone)) if moment and zone else moment
    except (ValueError, OSError, LookupError):
        return moment


def day_or_hour(question: str, now: datetime | None, zone: str) -> str:
    """The answer to a question about a day or an hour; "" for any other, and for the hour if nobody knows it."""
    places = zones_in(question)
    is_shifted = bool(_SHIFTS.search(question))
    if _ASKS_FOR_DAY.search(question):
        if now is None or _TOO_FAR.search(question):
            return UNKNOWN if now is None else NOT_COUNTED
        there = now.astimezone(ZoneInfo(places[0])) if places else now
        return _told(shown_day(_day_in(question, there)), _whose(places, zone, now), is_shifted=is_shifted)
    if _ASKS_FOR_HOUR.search(question) and now and not places:
        return _told(f"{_shifted(question, now):%H:%M}", _whose([], zone, now), is_shifted=is_shifted)
    return ""


def days_in(text: str, now: datetime | None) -> list[tuple[date, int, int]]:
    """The days that the text names, each with where it begins and ends; only whole dates if nobody knows today."""
    found = [(date.fromisoformat(match[0]), *match.span()) for match in _ISO.finditer(text) if _is_day(match[0])]
    if now is None:
        return found
    found += [
        (day, *match.span())
        for match in _DAY_OF_MONTH.finditer(text)
        if (day := _day_of_month(match.groupdict(), now.date()))
    ]
    found += [(_day_in(match[0], now), *match.span()) for match in _RELATIVE.finditer(text)]
    return sorted(found, key=lambda one: one[1])


def span_in(question: str, now: datetime | None) -> Span:
    """The time that the question is about."""
    if now is None:
        return Span()
    text, today = question.lower(), now.date()
    monday = today - timedelta(days=today.weekday())
    if "this week" in text:
        return Span(monday.isoformat(), called="this week")
    if "last week" in text:
        return Span(_iso(monday, -7), _iso(monday, -1), "last week")
    if (found := _AGO.search(text)) and found["unit"] in {"day", "week"}:
        day = _shifted(found[0], now).date().isoformat()
        return Span(day, day, found[0])
    return _weekday_in(text, today) or _day_before(text, today)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _day_of_month(named: Mapping[str, str | None], today: date) -> date | None:
    """A day such as 5 March or March 5th: without a year, the next one."""
    month = _MONTHS.index((named["month"] or named["month_first"] or "")[:3].lower()) + 1
    day, year = int(named["day"] or named["day_after"] or 0), int(named["year"] or today.year)
    for later in (0, 1):
        try:
            found = date(year + later, month, day)
        except ValueError:
            continue
        if named["year"] or found >= today:
            return found
    return None


def _weekday_in(text: str, today: date) -> Span | None:
    """The newest day of that name, or the time since then; None if the day is what was talked about."""
    found = _NAMED_DAY.search(text)
    if found is None or found["which"] in {"next", "about", "for"}:
        return None
    ago = (today.weekday() - WEEKDAYS.index(found["weekday"])) % 7
    day = _iso(today, -(ago or 7) if found["which"] == "last" else -ago)
    name = found["weekday"].title()
    return Span(day, called=f"since {name}") if found["which"] == "since" else Span(day, day, f"on {name}")


def _day_before(text: str, today: date) -> Span:
    called = next((words for words in ("day before yesterday", "yesterday") if words in text), "")
    if not called:
        return Span(today.isoformat(), called="today") if "today" in text else Span()
    day, called_so = _iso(today, _DAYS[called]), f"the {called}" if called.startswith("day") else called
    return Span(day, called=f"since {called_so}") if f"since {called_so}" in text else Span(day, day, called_so)


def _iso(day: date, later: int) -> str:
    """The day so many days later."""
    return (day + timedelta(days=later)).isoformat()


def shown_day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _day_in(question: str, now: datetime) -> date:
    """The day that the question names; today if it names none."""
    text, today = question.lower(), now.date()
    for words, days in _DAYS.items():
        if words in text:
            return today + timedelta(days=days)
    if found := _NAMED_DAY.search(text):
        ago = (today.weekday() - WEEKDAYS.index(found["weekday"])) % 7
        is_past = found["which"] == "last" or re.search(r"\bwas\b", text)
        if found["which"] == "this" and not ago:
            return today
        return today + timedelta(days=-(ago or 7) if is_past else 7 - ago)
    return _shifted(question, now).date()


def _shifted(question: str, moment: datetime) -> datetime:
    """The moment that is as much later or earlier as the question says. Days keep the hour; an hour is an hour."""
    found = _LATER.search(question) or _AGO.search(question)
    if found is None:
        return moment
    number = _NUMBERS.get(found["number"].lower()) or int(found["number"])
    unit = found["unit"].lower()
    distance = timedelta(**{f"{unit}s": -number if found.re is _AGO else number})
    if unit in {"day", "week"}:
        return moment + distance
    return (moment.astimezone(UTC) + distance).astimezone(moment.tzinfo)


def _whose(places: list[str], zone: str, now: datetime) -> str:
    return f"in {place_of(places[0])}" if places else f"for you ({zone or now.tzname()})"


def _told(what: str, whose: str, *, is_shifted: bool) -> str:
    return f"{'That' if is_shifted else 'It'} is **{what}** {whose}."
