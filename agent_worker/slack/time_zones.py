"""When a time zone changes its offset from UTC, in the weeks around a moment. Reads this machine's time zones only."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 86_400  # seconds
WINDOW = 40 * DAY  # before the moment and after it; most zones change twice a year
MOST_OFFSETS = 5
LONGEST_OFFSET = 18 * 3_600  # seconds; the world's are within 14 hours
LONGEST_NAME = 100  # characters


def offsets(name: object, seconds: object, now: float) -> list[tuple[int, int]]:
    """As in `Profile.offsets`, of a zone as in `zone_of`; empty if Slack tells none."""
    since = (int(now) // DAY) * DAY - WINDOW
    zone = zone_of(name, seconds)
    if zone is None:
        return []
    found = [(since, _offset(zone, since))]
    for day in range(since + DAY, since + 2 * WINDOW + DAY, DAY):
        if _offset(zone, day) != found[-1][1]:
            change = _change(zone, day - DAY, day)
            found.append((change, _offset(zone, change)))
    return found[:MOST_OFFSETS]


def zone_of(name: object, seconds: object) -> tzinfo | None:
    """The zone as Slack tells it in `tz` and `tz_offset`; None if it tells none.

    Where the zone's name is unknown to this machine, the offset that Slack tells counts for the whole time.
    """
    if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME:
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):  # no such zone, no name of one, or of a folder
            return ZoneInfo(name)
    is_told = isinstance(seconds, int) and not isinstance(seconds, bool) and abs(seconds) <= LONGEST_OFFSET
    return timezone(timedelta(seconds=int(str(seconds)))) if is_told else None


def _change(zone: tzinfo, before: int, after: int) -> int:
    """The second from which on the offset of `after` holds; at `before`, another one does."""
    new = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _offset(zone, middle) == new else (middle, after)
    return after


def _offset(zone: tzinfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
