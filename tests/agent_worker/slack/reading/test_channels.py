"""Promises of finding channels: by name, topic and purpose, and only those of which everybody concerned may know."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.channels import ONLY_HERE, TOO_MANY
from agent_worker.slack.reading.view import View
from agent_worker.slack.reading.words import MOST_FOUND
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage, refusal


@pytest.fixture
async def stage() -> AsyncIterator[ReadingStage]:
    async with reading_stage() as stage:
        yield stage


async def channels(view: View, query: str) -> set[str]:
    return {one["channel"] for one in (await view.find_channels(query)).result["channels"]}


async def test_a_channel_is_found_with_what_it_is_about(stage: ReadingStage) -> None:
    money = stage.slack.add_channel("money", members=[stage.anna], topic="Invoices", purpose="All that is paid")

    found = await stage.view().find_channels("invoices")

    assert found.result == {
        "channels": [
            {"channel": "#money", "id": money, "topic": "Invoices", "purpose": "All that is paid", "members": 2}
        ]
    }
    assert found.listed() == [{"text": "#money", "url": f"https://playground.slack.com/archives/{money}"}]


async def test_public_channels_are_found_by_name_topic_or_purpose_even_where_the_agent_is_not(
    stage: ReadingStage,
) -> None:
    stage.slack.add_channel("invoices", members=[stage.anna], bot_is_member=False)
    stage.slack.add_channel("money", members=[stage.anna], purpose="about invoices")
    stage.slack.archive(stage.slack.add_channel("old-invoices", members=[stage.anna]))

    assert await channels(stage.view(), "#invoices") == {"#invoices", "#money"}


async def test_private_channels_are_found_only_in_direct_messages_by_their_members(stage: ReadingStage) -> None:
    ben = stage.slack.add_user("ben")
    stage.private("secret-plans", stage.anna)
    stage.slack.add_channel("secret-love", members=[stage.anna], is_private=True, bot_is_member=False)
    stage.public("plans", ben)

    assert await channels(stage.view(), "plans secret") == {"#plans"}
    assert await channels(stage.view(thread=stage.direct(stage.anna)), "plans") == {"#secret-plans", "#plans"}
    assert await channels(stage.view(ben, thread=stage.direct(ben)), "plans") == {"#plans"}
    (found,) = (await stage.view(thread=stage.direct(stage.anna)).find_channels("secret")).result["channels"]
    assert (found["channel"], found["private"]) == ("#secret-plans", True)


async def test_a_guest_finds_the_channels_that_they_are_in(stage: ReadingStage) -> None:
    gus = stage.slack.add_user("gus", is_guest=True)
    stage.public("plans", stage.anna)
    stage.public("plans-for-gus", stage.anna, gus)
    stage.private("plans-in-private", gus)

    found = await channels(stage.view(gus, thread=stage.direct(gus)), "plans")

    assert found == {"#plans-for-gus", "#plans-in-private"}


@pytest.mark.parametrize("is_shared", [False, True])
async def test_where_guests_or_outsiders_read_no_other_channel_is_named(
    stage: ReadingStage, *, is_shared: bool
) -> None:
    guests = [] if is_shared else [stage.slack.add_user("gus", is_guest=True)]
    stage.public("plans", stage.anna)
    place, _ = stage.public("plans-with-others", stage.anna, *guests, is_shared=is_shared)

    found = await stage.view(thread=stage.thread_in(place)).find_channels("plans")

    assert [one["channel"] for one in found.result["channels"]] == ["#plans-with-others"]
    assert found.result["left_out"] == ONLY_HERE


async def test_of_many_channels_some_are_listed_and_it_is_said(stage: ReadingStage) -> None:
    for number in range(MOST_FOUND + 1):
        stage.slack.add_channel(f"plans{number}", members=[stage.anna])

    found = await stage.view().find_channels("plans")

    assert (len(found.result["channels"]), found.result["left_out"]) == (MOST_FOUND, TOO_MANY)


async def test_no_channel_is_looked_for_without_words_or_for_an_app(stage: ReadingStage) -> None:
    assert await refusal(stage.view().find_channels("  ")) == sentences.NO_WORDS
    assert await refusal(stage.view_for_app().find_channels("plans")) == sentences.NOBODY_ASKS


async def test_what_slack_does_not_permit_to_list_is_left_out(stage: ReadingStage) -> None:
    stage.slack.faults.add(method="conversations.list", kind="error", error="missing_scope")

    assert (await stage.view().find_channels("plans")).result["channels"] == []
