"""Promises of what the worker brings of people and of the place: at hand anyway, or with one call that nobody needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.agent_gate import AgentGate
from agent_worker.payloads.opening import LookUpNames, Names, OpenConversation, Opened
from agent_worker.payloads.surroundings import Place
from agent_worker.payloads.thread import Author
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import agents_in, gate, write
from tests.support.agent_worker.rehearsal import POLICY
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

LOOK, WHO, READ = "conversations.info", "users.info", "conversations.replies"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def activities(stage: SlackStage, agents: AgentGate | None = None) -> Activities:
    return activities_on(stage.ours, policy=POLICY, gate=agents or gate(Toolbox([])))


async def opened(stage: SlackStage, agents: AgentGate | None = None, earlier_than: str | None = None) -> Opened:
    request = OpenConversation(
        thread=stage.thread, ids=[stage.anna], authors=[Author(id=stage.anna)], earlier_than=earlier_than
    )
    return await ActivityEnvironment().run(activities(stage, agents).open_conversation, request)


async def asked_again(stage: SlackStage, *, asks_for_place: bool = True) -> Names:
    request = LookUpNames(ids=[], authors=[Author(id=stage.anna)], thread=stage.thread, asks_for_place=asks_for_place)
    return await ActivityEnvironment().run(activities(stage).look_up_names, request)


def reads(stage: SlackStage) -> list[str]:
    """The calls that read something, in the order of their names."""
    return sorted(call.method for call in stage.slack.calls if call.method in {LOOK, WHO, READ})


async def test_an_opening_brings_the_author_and_the_place_with_one_call_each(stage: SlackStage) -> None:
    told = await opened(stage)

    assert told.tells_surroundings
    assert told.profiles[stage.anna].full_name == "Anna Berg"
    assert told.place == Place(channel=stage.channel, kind="public channel", name="general")
    assert reads(stage) == [LOOK, WHO]


async def test_the_next_conversation_of_the_channel_and_the_next_judgement_cost_no_call(stage: SlackStage) -> None:
    await opened(stage)

    second, third = await opened(stage), await asked_again(stage)

    assert second.place == third.place is not None
    assert second.profiles.keys() == third.profiles.keys() == {stage.anna}
    assert reads(stage) == [LOOK, WHO]


async def test_people_see_that_the_agent_thinks_while_it_asks_slack_where_it_is(stage: SlackStage) -> None:
    await stage.ours.directory.user(stage.anna)
    request = OpenConversation(
        thread=stage.thread, ids=[], authors=[Author(id=stage.anna)], is_addressed=True, turn=stage.root
    )

    for status in ("is thinking…", ""):  # the second time, the channel is known: the model call shows it soon enough
        await ActivityEnvironment().run(activities(stage).open_conversation, request)
        assert stage.slack.status(stage.channel, stage.root) == status
        await stage.ours.status.end(stage.thread, waits=False)


async def test_in_direct_messages_everything_costs_what_it_did_before(stage: SlackStage) -> None:
    async with slack_stage(direct=True) as direct:
        told = await opened(direct)
        await asked_again(direct)

        assert told.place is None
        assert told.profiles.keys() == {direct.anna}
        assert reads(direct) == [WHO]


async def test_where_the_gate_has_to_know_the_channels_name_the_place_costs_no_call(
    stage: SlackStage, tmp_path: Path
) -> None:
    write(tmp_path, "default")
    write(tmp_path, "ops", "channels: [general]")

    told = await opened(stage, AgentGate(agents_in(tmp_path), stage.directory))

    assert (told.agent, told.place is not None) == ("ops", True)
    assert reads(stage) == [LOOK, WHO]


async def test_what_a_person_presses_brings_no_place(stage: SlackStage) -> None:
    assert (await asked_again(stage, asks_for_place=False)).place is None
    assert reads(stage) == [WHO]


async def test_without_calls_to_spare_the_conversation_opens_without_its_place(stage: SlackStage) -> None:
    while stage.directory._api.budget.spare("conversations_info"):
        pass

    assert (await opened(stage)).place is None
    assert reads(stage) == [WHO]


async def test_a_place_that_takes_long_holds_up_no_opening(stage: SlackStage) -> None:
    never = stage.slack.hold(LOOK)

    async with asyncio.timeout(5):
        told = await opened(stage)

    assert (told.place, told.judged) == (None, [stage.anna])
    never.release()


async def test_those_who_wrote_before_are_known_without_a_call_more_and_each_line_has_its_moment(
    stage: SlackStage,
) -> None:
    ben = stage.slack.add_user("ben", real_name="Ben Lee")
    stage.slack.say(ben, stage.channel, "look", thread_ts=stage.root)
    (now,) = stage.people_say("and now?")

    told = await opened(stage, earlier_than=now)

    assert told.profiles[ben].full_name == "Ben Lee"
    assert told.names == {stage.anna: "anna", ben: "ben"}
    assert all('"at":"' in one.line for one in told.before)
    assert reads(stage) == [LOOK, READ, WHO, WHO]
