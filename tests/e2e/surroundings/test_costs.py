"""What a turn costs that needs nothing of time, people, places and links: as much as before there was any of it."""

from __future__ import annotations

from collections import Counter

import pytest

from emulators.gemini.answers import text
from tests.support.agent_worker.agents import write
from tests.support.e2e.slack_calls import Calls
from tests.support.e2e.stage import Stage

HAIKU = "An old silent pond\na frog jumps into the pond\nsplash, silence again"
# Of a later turn of a thread; of the first one by somebody who is known already; of the first one by anybody else, who
# is looked up.
LATER = Counter({"assistant.threads.setStatus": 2, "chat.postMessage": 1})
KNOWN = LATER + Counter({"agents.sessions.rename": 1})
FIRST = KNOWN + Counter({"users.info": 1})
PLACE = Counter({"conversations.info": 1})  # at most once in five minutes for each channel, of calls that are to spare
ACTIVITIES = ["ask_model", "deliver"]


async def activities(stage: Stage, thread_ts: str, channel: str) -> list[str]:
    history = await (await stage.workflow(thread_ts, channel)).fetch_history()
    return [
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]


async def turns(stage: Stage, channel: str, mention: str, first: Counter[str]) -> None:
    """Two turns of one thread, with what they may cost."""
    stage.gemini.script(text(HAIKU), text(HAIKU))
    requests = len(stage.gemini.requests)
    calls = Calls(stage)

    ts = stage.slack.say(stage.anna, channel, f"{mention}a haiku")
    await stage.answered(ts, channel)
    assert await calls.of_turn(first) == first
    stage.slack.say(stage.anna, channel, "another one", thread_ts=ts)
    await stage.answered(ts, channel, times=2)
    assert await calls.of_turn(LATER) == LATER

    assert await activities(stage, ts, channel) == ["open_conversation", *ACTIVITIES, *ACTIVITIES]
    assert (len(stage.gemini.requests) - requests, stage.gemini.title_requests) == (2, [])


@pytest.fixture(params=["one agent", "another agent claims other channels"])
async def claiming(stage: Stage, request: pytest.FixtureRequest) -> Stage:
    if request.param != "one agent":
        await stage.worker.kill()
        write(stage.agents, "ops", "channels: ['#ops-*']", "You run things.")
        await stage.worker.start()
    return stage


async def test_a_haiku_in_a_direct_message_costs_what_it_always_did(claiming: Stage) -> None:
    await turns(claiming, claiming.slack.open_dm(claiming.anna), "", FIRST)


async def test_a_haiku_in_a_channel_costs_one_look_at_the_channel_more_and_the_next_thread_there_none(
    claiming: Stage,
) -> None:
    mention = f"<@{claiming.slack.bot_user_id}> "

    await turns(claiming, claiming.channel, mention, FIRST + PLACE)
    await turns(claiming, claiming.channel, mention, KNOWN)
