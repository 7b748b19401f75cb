"""What a parameter takes, as its schema, name and description tell: which values of a sentence can be meant. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from playground.scripted_model.language import values
from playground.scripted_model.language.values import Found
from playground.scripted_model.language.words import STOP_WORDS, readable, stem, stems, telling, words
from playground.scripted_model.request.tools import Parameter

Finder = Callable[[str], list[Found]]
LONGEST_ID = 64  # characters of a word that is compared with a pattern
_SHORT = 2  # letters of an option that is a code: it counts in capitals only
_BY_FORMAT: dict[str, Finder] = {
    "time": values.clocks,
    "duration": values.durations,
    "email": values.emails,
    "uri": values.urls,
    "url": values.urls,
    "ipv4": values.addresses,
    "ipv6": values.addresses,
}
# Words of a parameter's name, and what its description may say, for each kind of text. The first that fits counts.
_BY_NAME: Sequence[tuple[str, str, Finder]] = (
    ("timezone tz zone", r"\bIANA\b|\btime ?zone (?:name|such as)", values.zones),
    ("email mail recipient", r"\be-?mail address", values.emails),
    ("url uri link href website", r"", values.urls),
    ("ip ipaddress", r"\bIP(?:v4)? address", values.addresses),
    ("path file filename directory folder dir", r"", values.paths),
    ("channel", r"", values.channels),
    ("time clock hour", r"\bHH:MM\b", values.clocks),
    ("city place location country town region where destination origin", r"", values.places),
    ("id number key code sku ref reference order", r"", values.ids),
    ("user person assignee member owner who", r"", values.people),
)
_DAY = re.compile(r"\bYYYY-MM-DD\b|\bISO (?:8601 )?date\b", re.IGNORECASE)
_DAY_NAMES = {"date", "day", "since", "until", "deadline", "due", "birthday", "when"}


def finder(parameter: Parameter, now: datetime | None) -> Finder | None:
    """What finds its values in a sentence; None for a text of any kind."""
    if parameter.options:
        return lambda text: options_in(parameter, text)
    if parameter.kind in {"integer", "number"}:
        return lambda text: [found for found in values.numbers(text) if _fits(parameter, found.value)]
    if parameter.kind != "string":
        return None
    if _is_day(parameter):
        return lambda text: values.days(text, now)
    if parameter.schema.get("format") == "date-time":
        return lambda text: _moments(text, now)
    return _BY_FORMAT.get(str(parameter.schema.get("format"))) or _by_pattern(parameter) or _by_name(parameter)


def options_in(parameter: Parameter, text: str) -> list[Found]:
    """The options that the text names, by themselves, by a state's name, or by what the description says of them."""
    found = [one for option in parameter.options if (one := _named(option, text))]
    if not found and {"NY", "CA", "TX"} <= set(map(str, parameter.options)):
        found = [one for one in values.states(text) if one.value in parameter.options]
    return sorted(found, key=lambda one: one.start) or _told_of(parameter, text)


def coerced(parameter: Parameter, text: str, now: datetime | None) -> Any:
    """What a text is as a value of the parameter; None if it cannot be one."""
    text = text.strip().strip("\"'“”`").strip()
    if parameter.kind == "boolean":
        return values.truth(text)
    if parameter.kind == "array":
        parts = re.split(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+", text.strip("[]"))
        return [one for part in parts if (one := coerced(parameter.item, part, now)) is not None] or None
    if parameter.kind == "object":
        return _object(text)
    find = finder(parameter, now)
    found = find(text) if find else []
    if found:
        return found[0].value
    return text if text and parameter.kind == "string" and not parameter.options else None


def cue_words(parameter: Parameter) -> set[str]:
    """The stems of the words of its name."""
    return {stem(word) for word in words(parameter.name) if len(word) > 1}


def _is_day(parameter: Parameter) -> bool:
    if parameter.schema.get("format") == "date":
        return True
    return bool(_DAY_NAMES & set(words(parameter.name)) or _DAY.search(parameter.described))


def _by_name(parameter: Parameter) -> Finder | None:
    named = set(stems(parameter.name))
    for names, described, find in _BY_NAME:
        if named & set(stems(names)) or (described and re.search(described, parameter.described)):
            return find
    return None


def _by_pattern(parameter: Parameter) -> Finder | None:
    """Words that the schema's pattern allows. A pattern that is none for Python is left out."""
    try:
        pattern = re.compile(str(parameter.schema["pattern"]))
    except (KeyError, re.error):
        return None
    return lambda text: [
        Found(spelled, *match.span())
        for match in re.finditer(r"[^\s,;\"“”]+(?<![.!?])", text)
        for spelled in dict.fromkeys((match[0], match[0].upper()))
        if len(spelled) <= LONGEST_ID and pattern.search(spelled)
    ]


def _fits(parameter: Parameter, value: float) -> bool:
    return parameter.kind == "number" or value == int(value)


def _named(option: Any, text: str) -> Found | None:
    """Where the text names the option. Codes and words such as "it" count in capitals only."""
    name = str(option)
    is_strict = len(name) <= _SHORT or name.lower() in STOP_WORDS
    spelled = re.escape(name.upper() if is_strict else name)
    variants = spelled if is_strict else rf"{spelled}|{re.escape(readable(name))}s?"
    match = re.search(rf"(?<!\w)(?:{variants})(?!\w)", text, 0 if is_strict else re.IGNORECASE)
    return Found(option, *match.span()) if match else None


def _told_of(parameter: Parameter, text: str) -> list[Found]:
    """The option whose words stand in the text, if the description says `option: words; option: words`."""
    said, found = telling(text), []
    for option in parameter.options:
        told = re.search(rf"(?<!\w){re.escape(str(option))}\s*[:=]\s*([^;.\n]+)", parameter.described)
        if told and said & telling(told[1]):
            found.append(Found(option, 0, 0))
    return found


def _moments(text: str, now: datetime | None) -> list[Found]:
    """A day with a time of day, as 2026-11-27T10:15."""
    days, clocks = values.days(text, now), values.clocks(text)
    if not clocks:
        return days
    day = days[0] if days else Found(now.date().isoformat(), 0, 0) if now else None
    return [Found(f"{day.value}T{clocks[0].value}", day.start, day.end)] if day else []


def _object(text: str) -> Any:
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def says_something_of(parameter: Parameter, text: str) -> bool:
    """Whether a word of its name stands in the text."""
    return bool(cue_words(parameter) & set(stems(text)))
