"""A small storm, with Slack's rate limits: nothing is lost, doubled or left, and the limits are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.durability import storm
from tests.support.durability.storm import Strength

pytestmark = pytest.mark.usefixtures("processes")

SMALL = Strength(seconds=10, threads=16, worker_kills=4, bot_kills=1, faults=6)


@pytest.mark.timeout(400)
async def test_a_small_storm_leaves_nothing_behind_and_stays_within_slacks_limits(tmp_path: Path) -> None:
    report = await storm.run(tmp_path, SMALL, seed=3)

    assert report.asked == SMALL.threads
    assert report.happened["workers killed"] == SMALL.worker_kills
    assert report.is_clean, str(report)
    assert report.refused_for_limits.total() <= 1, str(report)
