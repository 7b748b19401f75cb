"""Promises of what reading costs: a bounded number of calls, and never before what an answer needs."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.slack.api import SlackApi
from agent_worker.slack.rate_limits import CALLS_PER_MINUTE, SlackBudget, Urgency, urgency
from agent_worker.slack.reading import bounded_api, sentences
from agent_worker.slack.reading.bounded_api import MOST_CALLS, BoundedApi
from agent_worker.slack.reading.listings import Listings
from agent_worker.toolbox.tool import ToolError
from emulators.slack.rules import rate_limits
from slackbot.catch_up.slack_history import LISTINGS_PER_MINUTE
from tests.support.agent_worker.reading_stage import reading_stage, refusal


async def test_one_call_of_a_tool_makes_a_bounded_number_of_calls() -> None:
    async with reading_stage() as stage:
        api = BoundedApi(stage.stage.ours.reading._workspace.api)
        for _ in range(MOST_CALLS):
            await api.call(api.client.users_info, user=stage.anna)

        with pytest.raises(ToolError, match=sentences.TOO_MUCH):
            await api.call(api.client.users_info, user=stage.anna)

        assert stage.stage.calls("users.info") == MOST_CALLS


async def test_a_tool_that_needs_more_calls_says_so_and_the_next_one_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with reading_stage() as stage:
        monkeypatch.setattr(bounded_api, "MOST_CALLS", 2)
        assert await refusal(stage.view().read_channel("#general", "", "", 10)) == sentences.TOO_MUCH
        monkeypatch.undo()
        assert await stage.read(stage.view(), "#general") == ["anna: hello"]


async def test_nobody_waits_out_a_long_pause_that_slack_asks_for() -> None:
    async with reading_stage() as stage:
        stage.slack.faults.add(method="conversations.history", kind="rate_limited", retry_after=300)

        assert await refusal(stage.view().read_channel("#general", "", "", 10)) == sentences.BUSY


async def test_a_short_pause_is_waited_out() -> None:
    async with reading_stage() as stage:
        stage.slack.faults.add(method="conversations.history", kind="rate_limited", retry_after=2)

        with pytest.raises(ApplicationError) as short:
            await stage.view().read_channel("#general", "", "", 10)

        assert (short.value.type, short.value.non_retryable) == (SLACK_UNAVAILABLE, False)


async def test_a_large_workspace_is_listed_in_several_attempts_if_one_has_too_little_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded_api, "PAGE", 1)
    now = ends = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        if now > ends:
            raise TimeoutError

    async with reading_stage() as stage:
        for number in range(15):
            stage.slack.add_user(f"ben{number}")
        api = SlackApi(stage.stage.client, SlackBudget(clock=lambda: now, sleep=sleep))
        listings = Listings(timer=lambda: now)
        for _ in range(2):
            ends = now + 30.0
            with suppress(TimeoutError):
                await listings.people(BoundedApi(api))

        ends = now
        assert len((await listings.people(BoundedApi(api))).by_id) == len(stage.slack.backend.workspace.users)


async def test_answers_and_openings_go_before_what_a_tool_reads() -> None:
    order: list[str] = []
    budget = _used_up()
    await budget.wait("users_info")

    class Recorded(SlackApi):
        async def call_at_once(self, method: object, **arguments: object) -> dict[str, object]:
            order.append(str(arguments["user"]))
            return {}

    async with reading_stage() as stage:
        api = Recorded(stage.stage.client, budget)
        reading = BoundedApi(api)
        reading.call_at_once = api.call_at_once  # type: ignore[method-assign]
        tasks = [asyncio.create_task(reading.call(api.client.users_info, user="reading"))]
        await asyncio.sleep(0)
        with urgency(Urgency.OPENING):
            tasks.append(asyncio.create_task(api.call(api.client.users_info, user="opening")))
        tasks.append(asyncio.create_task(api.call(api.client.users_info, user="answer")))
        await asyncio.gather(*tasks)

    assert order == ["answer", "opening", "reading"]


def _used_up() -> SlackBudget:
    """A budget with one call to begin with, whose pauses take no time."""
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += min(seconds, 0.01)
        await asyncio.sleep(0)

    return SlackBudget(clock=lambda: now, sleep=sleep, first_part=lambda: 0.0)


@pytest.mark.parametrize(
    "method",
    [
        "assistant_search_context",
        "conversations_history",
        "conversations_list",
        "conversations_members",
        "users_conversations",
        "users_list",
    ],
)
def test_every_method_that_is_read_stays_below_slacks_limit_and_leaves_the_bot_its_part(method: str) -> None:
    slacks = rate_limits.CALLS_PER_MINUTE[method.replace("_", ".")]
    bots = LISTINGS_PER_MINUTE if method in {"conversations_history", "users_conversations"} else 0

    assert CALLS_PER_MINUTE[method] + bots <= slacks
