"""Promises of the directory: who people are by name, few questions to Slack, and nothing known for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.slack import directory
from agent_worker.slack.api import SlackApi
from agent_worker.slack.directory import AT_ONCE, REMEMBERED_FOR, Directory
from agent_worker.slack.rate_limits import CALLS_PER_MINUTE, SlackBudget
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def directory_at(stage: SlackStage, clock: Clock) -> Directory:
    return Directory(SlackApi(stage.client, SlackBudget()), bot_user_id=stage.slack.bot_user_id, timer=clock)


async def test_a_person_goes_by_the_display_name_or_else_the_real_name(stage: SlackStage) -> None:
    ben = stage.slack.add_user("bl", real_name="Ben Lee", display_name="benny")

    assert await stage.directory.names([stage.anna, ben]) == {stage.anna: "anna", ben: "benny"}


async def test_a_channel_goes_by_its_name(stage: SlackStage) -> None:
    assert await stage.directory.names([stage.channel]) == {stage.channel: "general"}


@pytest.mark.parametrize("kind", ["private channel", "group direct messages"])
async def test_the_name_of_a_private_channel_is_told_only_in_that_channel(stage: SlackStage, kind: str) -> None:
    if kind == "private channel":
        private = stage.slack.add_channel("layoffs", members=[stage.anna], is_private=True)
    else:
        private = stage.slack.open_group_dm([stage.anna, stage.slack.add_user("ben")])

    elsewhere = await stage.directory.names([private], within=stage.channel)
    nowhere = await stage.directory.names([private])
    there = await stage.directory.names([private, stage.channel], within=private)

    assert (elsewhere, nowhere) == ({private: private}, {private: private})
    assert there[private] != private
    assert there[stage.channel] == "general"


async def test_each_person_is_asked_about_once_and_the_agent_never(stage: SlackStage) -> None:
    await stage.directory.names([stage.anna, stage.slack.bot_user_id])

    names = await stage.directory.names([stage.anna, stage.anna])

    assert names == {stage.anna: "anna"}
    assert stage.calls("users.info") == 1


async def test_several_who_ask_about_one_person_at_the_same_time_ask_slack_once(stage: SlackStage) -> None:
    names = await asyncio.gather(*[stage.directory.name(stage.anna) for _ in range(5)])

    assert names == ["anna"] * 5
    assert stage.calls("users.info") == 1


async def test_one_who_gives_up_takes_the_answer_from_nobody_else(stage: SlackStage) -> None:
    first = asyncio.ensure_future(stage.directory.name(stage.anna))
    second = asyncio.ensure_future(stage.directory.name(stage.anna))
    await asyncio.sleep(0)  # both have begun
    first.cancel()

    assert await second == "anna"


async def test_who_slack_does_not_tell_about_goes_by_the_id(stage: SlackStage) -> None:
    assert await stage.directory.names(["U0STRANGER", "C0NOWHERE"]) == {
        "U0STRANGER": "U0STRANGER",
        "C0NOWHERE": "C0NOWHERE",
    }


async def test_it_knows_whom_it_was_told_about_and_itself(stage: SlackStage) -> None:
    await stage.directory.names([stage.anna])

    assert stage.directory.knows([stage.anna, stage.slack.bot_user_id])
    assert not stage.directory.knows([stage.anna, "U0STRANGER"])


async def test_what_slack_told_is_asked_again_after_a_while_and_not_before(stage: SlackStage) -> None:
    clock = Clock()
    people = directory_at(stage, clock)
    await people.user(stage.anna)

    clock.seconds = REMEMBERED_FOR.total_seconds() - 1
    await people.user(stage.anna)
    asked_before = stage.calls("users.info")
    clock.seconds = REMEMBERED_FOR.total_seconds()

    assert not people.knows([stage.anna])
    await people.user(stage.anna)
    assert (asked_before, stage.calls("users.info")) == (1, 2)


async def test_what_slack_told_of_many_people_does_not_pile_up(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "REMEMBERED", 2)
    people = [stage.slack.add_user(f"person{number}") for number in range(5)]
    few = directory_at(stage, Clock())

    for person in people:
        await few.user(person)

    assert [few.knows([person]) for person in people] == [False, False, False, True, True]


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error"])
async def test_while_slack_cannot_be_asked_nobody_is_judged_and_who_has_no_name_is_left_out(
    stage: SlackStage, kind: Any
) -> None:
    stage.slack.faults.add(method="users.info", kind=kind, times=2)
    with pytest.raises(ApplicationError) as failed:
        await stage.directory.people([stage.anna])
    nameless = await directory_at(stage, Clock()).names([stage.anna])

    assert (failed.value.type, failed.value.non_retryable) == (SLACK_UNAVAILABLE, False)
    assert nameless == {}
    assert await directory_at(stage, Clock()).names([stage.anna]) == {stage.anna: "anna"}


async def test_many_people_are_asked_about_at_the_same_time_but_not_all_at_once(stage: SlackStage) -> None:
    crowd = [stage.slack.add_user(f"person{number}") for number in range(3 * AT_ONCE)]
    stage.slack.faults.add(method="users.info", kind="slow", seconds=0.2, times=None)
    asking = asyncio.create_task(directory_at(stage, Clock()).people(crowd))
    most = 0
    while not asking.done():
        most = max(most, stage.slack.calls_held_up)
        await asyncio.sleep(0)

    assert set(await asking) == set(crowd)
    assert 1 < most <= AT_ONCE


async def test_who_is_found_in_time_is_named_and_nobody_waits_for_the_others(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "NAMES_WITHIN", 0.5)
    ben = stage.slack.add_user("ben")
    never = stage.slack.hold("users.info", when=lambda arguments: arguments["user"] == ben)

    names = await stage.directory.names([stage.anna, ben])

    assert names == {stage.anna: "anna"}
    never.release()


async def test_names_that_only_help_leave_half_of_the_calls_to_others(stage: SlackStage) -> None:
    crowd = [stage.slack.add_user(f"person{number}") for number in range(100)]

    names = await stage.directory.names(crowd, only_to_spare=True)

    at_once = CALLS_PER_MINUTE["users_info"] / 4
    assert 0 < len(names) <= at_once / 2 + 1
    assert names == {person: f"person{number}" for number, person in enumerate(crowd[: len(names)])}


async def test_who_was_unknown_for_want_of_a_scope_is_asked_about_again(stage: SlackStage) -> None:
    stage.slack.revoke("users:read")
    before = await stage.directory.user(stage.anna)
    stage.slack.grant("users:read")

    assert (before, (await stage.directory.user(stage.anna))["name"]) == ({}, "anna")


# Profiles and places


async def test_profiles_are_those_of_people_who_were_looked_up_and_cost_nothing(stage: SlackStage) -> None:
    ben = stage.slack.add_user("ben", real_name="Ben Lee", title="Cook", time_zone="Asia/Kolkata")
    await stage.directory.people([ben])

    told = stage.directory.profiles([ben, stage.anna, "U0STRANGER", stage.channel])

    assert told.keys() == {ben}
    assert (told[ben].full_name, told[ben].title, told[ben].time_zone) == ("Ben Lee", "Cook", "Asia/Kolkata")
    assert [offset for _, offset in told[ben].offsets] == [19_800]
    assert stage.calls("users.info") == 1


async def test_a_changed_profile_is_noticed_when_the_person_is_asked_about_again(stage: SlackStage) -> None:
    clock = Clock()
    people = directory_at(stage, clock)
    ben = stage.slack.add_user("ben", real_name="Ben Lee")
    await people.user(ben)
    users = stage.slack._backend.workspace.users
    users[ben] = replace(users[ben], real_name="Ben Long")
    before = people.profiles([ben])[ben].full_name
    clock.seconds = REMEMBERED_FOR.total_seconds()

    forgotten = people.profiles([ben])
    await people.user(ben)

    assert (before, forgotten, people.profiles([ben])[ben].full_name) == ("Ben Lee", {}, "Ben Long")


async def test_a_place_is_told_with_its_kind_and_asked_for_once(stage: SlackStage) -> None:
    private = stage.slack.add_channel("layoffs", members=[stage.anna], is_private=True)
    shared = stage.slack.add_channel("with-acme", members=[stage.anna], is_shared=True)
    group = stage.slack.open_group_dm([stage.anna, stage.slack.add_user("ben")])

    places = [await stage.directory.place(channel) for channel in (stage.channel, private, shared, group)]
    again = await stage.directory.place(stage.channel)

    told = [(one.kind, one.name, one.shared) for one in places if one is not None]
    assert told[:3] == [
        ("public channel", "general", False),
        ("private channel", "layoffs", False),
        ("public channel", "with-acme", True),
    ]
    assert told[3][0] == "group direct message"
    assert (again, stage.calls("conversations.info")) == (places[0], 4)


async def test_a_topic_and_a_purpose_are_told_and_a_changed_topic_after_a_while(stage: SlackStage) -> None:
    clock = Clock()
    places = directory_at(stage, clock)
    ducks = stage.slack.add_channel("ducks", members=[stage.anna], topic="Q&amp;A", purpose="All about <@U1|ducks>")
    before = await places.place(ducks)
    stage.slack.set_topic(stage.anna, ducks, "Geese")
    same = await places.place(ducks)
    clock.seconds = REMEMBERED_FOR.total_seconds()

    after = await places.place(ducks)

    assert before is not None and after is not None  # noqa: PT018  for the types
    assert (before.topic, before.purpose, same, after.topic) == ("Q&A", "All about @ducks", before, "Geese")


async def test_of_direct_messages_slack_is_asked_nothing(stage: SlackStage) -> None:
    direct = stage.slack.open_dm(stage.anna)

    assert await stage.directory.place(direct) is None
    assert stage.calls("conversations.info") == 0


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error"])
async def test_a_place_that_slack_does_not_tell_is_done_without(stage: SlackStage, kind: Any) -> None:
    stage.slack.faults.add(method="conversations.info", kind=kind, times=1)

    assert await stage.directory.place(stage.channel) is None
    assert await stage.directory.place("C0NOWHERE") is None


async def test_nobody_waits_long_for_a_place(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PLACE_WITHIN", 0.1)
    never = stage.slack.hold("conversations.info")

    async with asyncio.timeout(5):
        assert await stage.directory.place(stage.channel) is None

    never.release()


async def test_places_leave_half_of_the_calls_to_others(stage: SlackStage) -> None:
    at_once = CALLS_PER_MINUTE["conversations_info"] // 4
    channels = [stage.slack.add_channel(f"room-{number}", members=[stage.anna]) for number in range(2 * at_once)]

    told = [await stage.directory.place(channel) for channel in channels]

    assert 0 < sum(one is not None for one in told) <= at_once / 2 + 1
