"""A person's time zone, as users.info describes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

# Slack's names: the database of time zones has abbreviations only, and those stand for zones that are not here.
_LABELS = {
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "WET": "Western European Time",
    "WEST": "Western European Summer Time",
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "EET": "Eastern European Time",
    "EEST": "Eastern European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "CST": "Central Standard Time",
    "CDT": "Central Daylight Time",
    "MST": "Mountain Standard Time",
    "MDT": "Mountain Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
}


def described(name: str, moment: float) -> dict[str, Any]:
    """`tz`, its label, and its offset from UTC in seconds, which are those of that moment."""
    here = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(name))
    offset, short = here.utcoffset(), here.tzname() or name
    return {
        "tz": name,
        "tz_label": _LABELS.get(short, short),
        "tz_offset": 0 if offset is None else int(offset.total_seconds()),
    }
