"""Moments as the person who asks says and reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from agent_worker.conversation.wording.moments import written_at
from agent_worker.slack.reading import sentences
from agent_worker.slack.time_zones import zone_of
from agent_worker.toolbox.tool import ToolError

_DATE_LENGTH = len("2026-11-27")
_LONGEST_MOMENT = 40  # characters


@dataclass(frozen=True)
class AskerTime:
    zone: tzinfo = UTC

    @classmethod
    def of(cls, user: Mapping[str, Any]) -> AskerTime:
        """The time zone of a person, as `users.info` tells; UTC if it does not."""
        return cls(zone_of(user.get("tz"), user.get("tz_offset")) or UTC)

    def said(self, ts: str) -> str:
        """A Slack `ts` as `Fri 2026-11-27 10:15 UTC+01:00`; "" if it is no moment."""
        try:
            offset = datetime.fromtimestamp(float(ts), self.zone).utcoffset()
        except (ValueError, OverflowError, OSError):
            return ""
        return written_at(ts, [(0, round(offset.total_seconds()))] if offset else ())

    def between(self, since: str, until: str) -> tuple[float, float]:
        """Two moments as the model writes them, in seconds since 1970; 0.0 for one that is "".

        A date is the beginning of its day as the first one, and the end of it as the second. Raises ToolError.
        """
        try:
            first = self._begin(since.strip()).timestamp() if since.strip() else 0.0
            last = self._end(until.strip()).timestamp() if until.strip() else 0.0
        except (ValueError, OverflowError, OSError):
            raise ToolError(sentences.BAD_MOMENT) from None
        if first < 0 or last < 0 or (last and last < first):
            raise ToolError(sentences.BAD_MOMENT)
        return first, last

    def _begin(self, moment: str) -> datetime:
        if len(moment) > _LONGEST_MOMENT:
            raise ValueError("too long")
        read = datetime.fromisoformat(moment)
        return read if read.tzinfo else read.replace(tzinfo=self.zone)

    def _end(self, moment: str) -> datetime:
        if len(moment) != _DATE_LENGTH:
            return self._begin(moment)
        next_day = date.fromisoformat(moment) + timedelta(days=1)
        return datetime(next_day.year, next_day.month, next_day.day, tzinfo=self.zone) - timedelta(microseconds=1)
