"""When something was written, as a person in a time zone would say it. Pure: the offsets come with the profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

Offsets = Sequence[tuple[int, int]]  # as in `Profile.offsets`
DAY = 86_400.0  # seconds
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # whatever the language of this machine


def written_at(ts: str, offsets: Offsets = ()) -> str:
    """A Slack `ts` as `Fri 2026-11-27 10:15 UTC+01:00`; in UTC without offsets. "" if it is no moment of a clock."""
    try:
        moment = datetime.fromtimestamp(int(float(ts)), UTC)
        offset = _offset(moment.timestamp(), offsets)
        local = moment.astimezone(timezone(timedelta(seconds=offset)))
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M} UTC{_signed(offset)}"


def pause(seconds: float) -> str:
    """A pause of more than a day, as `7 days`; "" for a shorter one."""
    if seconds <= DAY:
        return ""
    days = round(seconds / DAY)
    return "1 day" if days == 1 else f"{days} days"


def _offset(at: float, offsets: Offsets) -> int:
    """The offset that holds at this moment; the first one, if it is older than all of them."""
    holding = [seconds for since, seconds in offsets if since <= at] or [seconds for _, seconds in offsets[:1]]
    return holding[-1] if holding else 0


def _signed(seconds: int) -> str:
    if not seconds:
        return ""
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'+' if seconds > 0 else '-'}{hours:02}:{minutes:02}"
