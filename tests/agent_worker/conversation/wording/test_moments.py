"""Promises of moments: a Slack `ts` as a person in a time zone says it, whatever the machine is set to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.conversation.wording.moments import DAY, pause, written_at
from tests.support.agent_worker.model_lines import MOMENT

FRIDAY = "1795770900.000100"  # 2026-11-27 09:15 UTC


@pytest.mark.parametrize(
    ("offsets", "told"),
    [
        ((), "Fri 2026-11-27 09:15 UTC"),
        ([(0, 0)], "Fri 2026-11-27 09:15 UTC"),
        ([(0, 3_600)], "Fri 2026-11-27 10:15 UTC+01:00"),
        ([(0, 19_800)], "Fri 2026-11-27 14:45 UTC+05:30"),
        ([(0, -12_600)], "Fri 2026-11-27 05:45 UTC-03:30"),
        ([(0, 54_000)], "Sat 2026-11-28 00:15 UTC+15:00"),
        ([(1_700_000_000, 7_200), (1_795_000_000, 3_600)], "Fri 2026-11-27 10:15 UTC+01:00"),
        ([(1_700_000_000, 7_200), (1_799_000_000, 3_600)], "Fri 2026-11-27 11:15 UTC+02:00"),
        ([(1_799_000_000, 3_600)], "Fri 2026-11-27 10:15 UTC+01:00"),
    ],
)
def test_a_moment_is_told_with_its_weekday_and_its_offset(offsets: list[tuple[int, int]], told: str) -> None:
    assert written_at(FRIDAY, offsets) == told


@pytest.mark.parametrize("ts", ["", "now", "nan", "inf", "-inf", "1e400", "9" * 40])
def test_what_is_no_moment_is_told_as_none(ts: str) -> None:
    assert written_at(ts, [(0, 3_600)]) == ""


@given(st.text() | st.floats().map(str), st.lists(st.tuples(st.integers(), st.integers()), max_size=3))
def test_any_text_is_a_moment_or_nothing(ts: str, offsets: list[tuple[int, int]]) -> None:
    told = written_at(ts, offsets)

    assert told == "" or MOMENT.fullmatch(told)
    assert told == written_at(ts, offsets)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5.0, ""),
        (0.0, ""),
        (DAY, ""),
        (DAY + 1, "1 day"),
        (1.6 * DAY, "2 days"),
        (7 * DAY, "7 days"),
        (400 * DAY, "400 days"),
    ],
)
def test_a_pause_is_told_from_a_day_on(seconds: float, told: str) -> None:
    assert pause(seconds) == told
