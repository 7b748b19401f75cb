"""Promises of the budget: Slack's limits are never exceeded, and displays are left out before an answer waits."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.slack.rate_limits import CALLS_PER_MINUTE, SlackBudget

UPDATE, POST = "chat_update", "chat_postMessage"


class Time:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def budget(time: Time, share: float = 1.0) -> SlackBudget:
    return SlackBudget(lambda: share, time, time.sleep)


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=150))
async def test_no_minute_has_more_calls_than_slack_allows(calls: list[tuple[float, bool]]) -> None:
    time = Time()
    slack, made = budget(time), []
    for pause, is_display in calls:
        time.now += pause
        if is_display:
            if slack.spare(UPDATE):
                made.append(time.now)
        else:
            await slack.wait(UPDATE)
            made.append(time.now)

    for start in made:
        assert sum(start <= other < start + 60 for other in made) <= CALLS_PER_MINUTE[UPDATE]


async def test_displays_are_left_out_before_an_answer_has_to_wait() -> None:
    time = Time()
    slack = budget(time)

    shown = sum(slack.spare(POST, f"C{number}") for number in range(1_000))
    await slack.wait(POST, "C1")

    assert 0 < shown < CALLS_PER_MINUTE[POST] / 4
    assert time.now == 0


async def test_posts_to_one_channel_come_a_second_apart_after_a_short_burst() -> None:
    time = Time()
    slack = budget(time)

    for _ in range(10):
        await slack.wait(POST, "C1")

    assert time.now == pytest.approx(6, abs=0.1)
    await slack.wait(POST, "C2")
    assert time.now == pytest.approx(6, abs=0.1)


async def test_several_workers_share_the_limits() -> None:
    time = Time()
    workers = [budget(time, share=0.25) for _ in range(4)]
    made = 0
    while time.now < 59:
        for worker in workers:
            await worker.wait(UPDATE)
            made += time.now < 60

    assert made <= CALLS_PER_MINUTE[UPDATE] + 4


async def test_what_slack_itself_says_is_obeyed() -> None:
    time = Time()
    slack = budget(time)
    slack.pause(UPDATE, 30)

    assert not slack.spare(UPDATE)
    await slack.wait(UPDATE)

    assert time.now >= 30


async def test_a_method_without_a_limit_never_waits() -> None:
    slack = budget(Time())

    for _ in range(1_000):
        await slack.wait("auth_test")
