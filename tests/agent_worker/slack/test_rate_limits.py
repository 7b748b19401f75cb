"""Promises of the budget: Slack's limits are never exceeded, displays give way, nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.slack.attempt_time import AttemptTime
from agent_worker.slack.rate_limits import (
    CALLS_PER_MINUTE,
    CHANNELS_PAUSED,
    PATIENCE,
    SlackBudget,
    Urgency,
    on_behalf_of,
    urgency,
)
from agent_worker.slack.refusals import WAITS

UPDATE, POST, READ = "chat_update", "chat_postMessage", "conversations_replies"


class Time:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


class CommonTime:
    """A clock for several who sleep at the same time: it goes on to the end of the shortest sleep when all sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self._alarms: list[tuple[float, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        alarm = asyncio.Event()
        self._alarms.append((self.now + seconds, alarm))
        await alarm.wait()

    async def run(self, *tasks: asyncio.Task[None]) -> None:
        """Until the tasks are done."""
        while not all(task.done() for task in tasks):
            for _ in range(20):  # until everybody sleeps who is going to
                await asyncio.sleep(0)
            if self._alarms:
                first = min(self._alarms, key=lambda alarm: alarm[0])
                self._alarms.remove(first)
                self.now = max(self.now, first[0])
                first[1].set()
        await asyncio.gather(*tasks)


async def used_up(time: CommonTime, method: str) -> SlackBudget:
    """A budget without a call of the method that may be made now."""
    slack = SlackBudget(clock=time, sleep=time.sleep, first_part=lambda: 0.0)
    await slack.wait(method)
    return slack


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


async def test_a_refused_post_pauses_its_channel_alone() -> None:
    time = Time()
    slack = budget(time)
    slack.pause(POST, 25, "C1")

    await slack.wait(POST, "C2")
    assert time.now == 0
    await slack.wait(POST, "C1")
    assert time.now >= 25


async def test_an_answer_for_a_paused_channel_stands_in_nobodys_way() -> None:
    time = CommonTime()
    slack = SlackBudget(clock=time, sleep=time.sleep)
    slack.pause(POST, 25, "C1")
    paused = asyncio.create_task(slack.wait(POST, "C1"))
    await asyncio.sleep(0)

    assert slack.spare(POST, "C2")
    await time.run(asyncio.create_task(slack.wait(POST, "C3")))
    assert time.now < 25

    await time.run(paused)


async def test_posts_refused_in_many_channels_at_once_pause_the_workspace() -> None:
    time = Time()
    slack = budget(time)
    for number in range(CHANNELS_PAUSED):
        slack.pause(POST, 25, f"C{number}")

    await slack.wait(POST, "another")

    assert time.now >= 25


@pytest.mark.parametrize("method", sorted(CALLS_PER_MINUTE.keys() - {POST}))
async def test_every_other_refusal_pauses_the_method_in_the_whole_workspace(method: str) -> None:
    time = Time()
    slack = budget(time)
    slack.pause(method, 25, "C1")

    await slack.wait(method, "C2")

    assert time.now >= 25


# Who goes first


async def test_what_an_answer_needs_goes_before_everything_else_that_reads() -> None:
    time = CommonTime()
    slack, done = await used_up(time, READ), list[Urgency]()

    async def read(how: Urgency) -> None:
        with urgency(how):
            await slack.wait(READ)
        done.append(how)

    tasks = [asyncio.create_task(read(how)) for how in (Urgency.TIDYING, Urgency.OPENING, Urgency.ANSWER)]
    await time.run(*tasks)

    assert done == [Urgency.ANSWER, Urgency.OPENING, Urgency.TIDYING]


async def test_nobody_waits_for_ever_however_many_answers_come_later() -> None:
    time = CommonTime()
    slack = await used_up(time, READ)
    answered, tidied = list[float](), list[float]()

    async def tidy() -> None:
        with urgency(Urgency.TIDYING):
            await slack.wait(READ)
        tidied.append(time.now)

    async def answers() -> None:
        while not tidied:
            await slack.wait(READ)
            answered.append(time.now)

    await time.run(asyncio.create_task(tidy()), *[asyncio.create_task(answers()) for _ in range(3)])

    assert sum(at < tidied[0] for at in answered) > 5, "answers went first"
    assert tidied[0] < Urgency.TIDYING + 15


async def test_displays_are_left_out_while_an_answer_waits() -> None:
    time = CommonTime()
    slack = await used_up(time, UPDATE)
    answer = asyncio.create_task(slack.wait(UPDATE))
    await asyncio.sleep(0)
    time.now += 1.7  # there is a call now, for the answer

    assert not slack.spare(UPDATE)
    await time.run(answer)


async def test_a_call_that_is_given_up_holds_nobody_up() -> None:
    time = CommonTime()
    slack = await used_up(time, READ)
    first = asyncio.create_task(slack.wait(READ))
    second = asyncio.create_task(slack.wait(READ))
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await time.run(second)

    assert time.now < 4


# Of several workers


async def test_a_worker_that_follows_a_killed_one_does_not_begin_with_a_burst() -> None:
    time = Time()
    slack = SlackBudget(clock=time, sleep=time.sleep, first_part=lambda: 0.0)

    for _ in range(3):
        await slack.wait(READ)

    assert time.now > 4


async def test_it_has_its_calls_some_seconds_later_also_in_a_channel_that_is_new_to_it() -> None:
    time = Time()
    slack = SlackBudget(clock=time, sleep=time.sleep, first_part=lambda: 0.0)
    assert not slack.spare(POST, "C1")

    time.now = 12.0

    assert slack.spare(POST, "C2"), "people are to see steps"


async def test_the_share_of_a_dead_worker_is_used_as_soon_as_it_is_known_to_be_dead() -> None:
    time, workers = CommonTime(), [3]
    slack = SlackBudget(lambda: 1 / workers[0], time, time.sleep, first_part=lambda: 0.0)
    await slack.wait(READ)
    read = asyncio.create_task(slack.wait(READ))  # eight seconds with a third of the limit

    await asyncio.sleep(0)
    workers[0] = 1
    await time.run(read)

    assert time.now < 4


async def test_an_attempt_that_would_wait_for_long_goes_back_so_that_any_worker_can_take_it() -> None:
    slack = SlackBudget(lambda: 1 / 3, first_part=lambda: 0.0)
    await slack.wait(READ)

    async with asyncio.timeout(60) as deadline:
        now = asyncio.get_running_loop().time()
        with AttemptTime(deadline, now + 60, can_be_given_back=True).kept(), pytest.raises(ApplicationError) as error:
            await slack.wait(READ)

    assert (error.value.type, error.value.message, error.value.non_retryable) == (SLACK_UNAVAILABLE, WAITS, False)
    assert error.value.next_retry_delay is not None
    assert error.value.next_retry_delay.total_seconds() < PATIENCE


async def test_an_attempt_that_slack_itself_makes_wait_comes_back_when_it_may_go_on() -> None:
    slack = SlackBudget()
    slack.pause(POST, 25, "C1")

    async with asyncio.timeout(60) as deadline:
        now = asyncio.get_running_loop().time()
        with AttemptTime(deadline, now + 60, can_be_given_back=True).kept(), pytest.raises(ApplicationError) as error:
            await slack.wait(POST, "C1")

    assert error.value.next_retry_delay is not None
    assert error.value.next_retry_delay.total_seconds() == pytest.approx(25, abs=1)


async def test_the_call_of_the_oldest_activity_goes_first() -> None:
    time = CommonTime()
    slack, done = await used_up(time, READ), list[float]()

    async def read(age: float) -> None:
        async with asyncio.timeout(60) as deadline:
            now = asyncio.get_running_loop().time()
            with AttemptTime(deadline, now + 60, age=age).kept():
                await slack.wait(READ)
        done.append(age)

    await time.run(*[asyncio.create_task(read(age)) for age in (1.0, 30.0, 7.0)])

    assert done == [30.0, 7.0, 1.0]


async def test_a_person_with_many_answers_waits_for_these_and_nobody_else_does() -> None:
    time = CommonTime()
    slack, done = await used_up(time, POST), list[str]()

    async def post(person: str) -> None:
        with on_behalf_of(person):
            await slack.wait(POST, "C1")
        done.append(person)

    flood = [asyncio.create_task(post("U1")) for _ in range(30)]
    await asyncio.sleep(0)
    await time.run(*flood, asyncio.create_task(post("U2")), asyncio.create_task(post("U3")))

    assert {"U2", "U3"} < set(done[:4])
    assert done.count("U1") == 30


async def test_a_method_without_a_limit_never_waits() -> None:
    slack = budget(Time())

    for _ in range(1_000):
        await slack.wait("auth_test")
