"""Promises of time zones: the offset that holds, when it changes, and nothing made up where Slack tells nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.conversation.wording.moments import written_at
from agent_worker.slack.time_zones import DAY, MOST_OFFSETS, WINDOW, offsets

HOUR = 3_600
NOVEMBER = datetime(2026, 11, 27, 9, 15, tzinfo=UTC).timestamp()
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)


def seconds(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "around", "change", "before", "after"),
    [
        ("Europe/Berlin", seconds(2026, 10, 20), seconds(2026, 10, 25, 1), 2 * HOUR, HOUR),
        ("Europe/Berlin", seconds(2026, 4, 1), seconds(2026, 3, 29, 1), HOUR, 2 * HOUR),
        ("America/New_York", seconds(2026, 11, 5), seconds(2026, 11, 1, 6), -4 * HOUR, -5 * HOUR),
        ("Australia/Lord_Howe", seconds(2026, 4, 1), seconds(2026, 4, 4, 15), 11 * HOUR, 10 * HOUR + HOUR // 2),
    ],
)
def test_a_change_is_known_to_the_second(zone: str, around: int, change: int, before: int, after: int) -> None:
    (first, second) = offsets(zone, None, around)

    assert first[1] == before
    assert second == (change, after)


def test_a_message_before_a_change_and_one_after_it_are_told_as_the_clocks_on_the_wall_were() -> None:
    berlin = offsets("Europe/Berlin", None, seconds(2026, 10, 20))

    assert written_at(f"{seconds(2026, 10, 25, 0, 59)}.5", berlin) == "Sun 2026-10-25 02:59 UTC+02:00"
    assert written_at(f"{seconds(2026, 10, 25, 1, 0)}.5", berlin) == "Sun 2026-10-25 02:00 UTC+01:00"


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("Asia/Kolkata", 19_800), ("Asia/Kathmandu", 20_700), ("America/Phoenix", -7 * HOUR), ("UTC", 0)],
)
def test_a_zone_without_changes_has_one_offset(zone: str, offset: int) -> None:
    assert [told for _, told in offsets(zone, None, NOVEMBER)] == [offset]


@given(st.sampled_from(ZONES), st.integers(0, 2**32), st.integers(-WINDOW + DAY, WINDOW - DAY))
def test_within_the_window_the_offset_is_that_of_the_zone(zone: str, now: int, distance: int) -> None:
    found = offsets(zone, None, now)
    at = now + distance
    expected = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).utcoffset()

    holding = [offset for since, offset in found if since <= at][-1]

    assert expected is not None
    assert holding == expected.total_seconds()
    assert len(found) <= MOST_OFFSETS
    assert found == sorted(found)


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", None, "../../etc/passwd", "/etc/localtime", "Europe", "x\x00", 7, "Z" * 9_000]
)
def test_for_a_zone_that_nobody_knows_the_offset_that_slack_tells_counts(zone: Any) -> None:
    assert [offset for _, offset in offsets(zone, -12_600, NOVEMBER)] == [-12_600]
    assert offsets(zone, None, NOVEMBER) == []


@pytest.mark.parametrize("told", [None, True, "3600", 10**9, -(10**9), 1.5, {}])
def test_an_offset_that_is_none_is_not_told(told: Any) -> None:
    assert offsets(None, told, NOVEMBER) == []
