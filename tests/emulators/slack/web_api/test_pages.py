"""Cursors and time ranges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, refusal


def _thread(stage: Scene, replies: int) -> tuple[str, list[str]]:
    root = stage.slack.say(stage.anna, stage.general, "root")
    answers = [stage.slack.say(stage.anna, stage.general, f"{n}", thread_ts=root) for n in range(replies)]
    return root, answers


async def _replies(stage: Scene, ts: str, **options: Any) -> dict[str, Any]:
    answer = await stage.client.conversations_replies(channel=stage.general, ts=ts, **options)
    assert isinstance(answer.data, dict)
    return answer.data


def _stamps(answer: dict[str, Any]) -> list[str]:
    return [message["ts"] for message in answer["messages"]]


async def test_a_range_leaves_its_ends_out_unless_inclusive_and_keeps_the_root(stage: Scene) -> None:
    root, answers = _thread(stage, 4)
    ends = {"oldest": answers[0], "latest": answers[2]}

    assert _stamps(await _replies(stage, root, **ends)) == [root, answers[1]]
    assert _stamps(await _replies(stage, root, **ends, inclusive=True)) == [root, *answers[:3]]


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
    root, _ = _thread(stage, 1)

    body = await refusal(stage.client.conversations_replies(channel=stage.general, ts=root, **options))

    assert body["error"] == error
