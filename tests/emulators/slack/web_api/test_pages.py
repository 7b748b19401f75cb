"""Cursors and time ranges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, refusal
from tests.support.emulators.threads import replies, stamps, thread


async def test_a_range_leaves_its_ends_out_unless_inclusive_and_keeps_the_root(stage: Scene) -> None:
    root, answers = thread(stage, 4)
    ends = {"oldest": answers[0], "latest": answers[2]}

    assert stamps(await replies(stage, root, **ends)) == [root, answers[1]]
    assert stamps(await replies(stage, root, **ends, inclusive=True)) == [root, *answers[:3]]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"cursor": "broken"}, "invalid_cursor"),
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1_001}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "today"}, "invalid_ts_latest"),
    ],
)
async def test_wrong_pages_and_ranges_are_refused(stage: Scene, options: dict[str, Any], error: str) -> None:
    root, _ = thread(stage, 1)

    body = await refusal(stage.client.conversations_replies(channel=stage.general, ts=root, **options))

    assert body["error"] == error
