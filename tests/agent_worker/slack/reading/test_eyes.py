"""Promises of whose eyes decide: nobody reads through the agent what they may not see at that moment."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.payloads.thread import Author
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.facts import Channel
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage, refusal

UNKNOWN = "C0NOSUCHONE"


@pytest.fixture
async def stage() -> AsyncIterator[ReadingStage]:
    async with reading_stage() as stage:
        yield stage


async def test_a_member_reads_the_channel_of_the_conversation(stage: ReadingStage) -> None:
    assert await stage.read(stage.view(), "here") == ["anna: hello"]


async def test_a_full_member_reads_a_public_channel_without_being_in_it(stage: ReadingStage) -> None:
    ben = stage.slack.add_user("ben")
    stage.public("news", ben)

    assert await stage.read(stage.view(), "#news") == ["ben: for everybody"]


async def test_a_guest_reads_a_public_channel_only_as_a_member(stage: ReadingStage) -> None:
    gus = stage.slack.add_user("gus", is_guest=True)
    news, _ = stage.public("news", stage.anna)
    ours, _ = stage.public("ours", stage.anna, gus)
    direct = stage.direct(gus)

    assert await stage.refused(gus, channel=news, thread_in=direct.channel) == sentences.NOT_THERE
    assert await stage.read(stage.view(gus, thread=direct), ours) == ["anna: for everybody"]


async def test_a_member_who_became_a_guest_a_minute_ago_is_a_guest(stage: ReadingStage) -> None:
    news, _ = stage.public("news", stage.slack.add_user("ben"))
    direct = stage.direct(stage.anna)
    await stage.read(stage.view(thread=direct), news)

    stage.slack.make_guest(stage.anna)

    assert await stage.refused(channel=news, thread_in=direct.channel) == sentences.NOT_THERE


@pytest.mark.parametrize("kind", ["stranger", "deactivated", "another workspace of the organisation", "unknown"])
async def test_who_is_no_full_member_reads_no_public_channel_that_they_are_not_in(
    stage: ReadingStage, kind: str
) -> None:
    news, _ = stage.public("news", stage.anna)
    teams = {"stranger": ("T0OTHER", ""), "another workspace of the organisation": ("T0OTHER", "E0ORG")}
    team, organisation = teams.get(kind, (None, ""))
    who = "U0NOBODY" if kind == "unknown" else stage.slack.add_user("eve", team_id=team, organisation=organisation)
    if kind == "deactivated":
        stage.slack.deactivate(who)
    home = stage.slack.open_dm(who) if kind != "unknown" else stage.general

    assert await stage.refused(who, channel=news, thread_in=home) == sentences.NOT_THERE


async def test_a_member_of_the_workspace_in_an_organisation_is_a_full_member(stage: ReadingStage) -> None:
    ola = stage.slack.add_user("ola", organisation="E0ORG")
    news, _ = stage.public("news", stage.anna)

    assert await stage.read(stage.view(ola, thread=stage.direct(ola)), news) == ["anna: for everybody"]


async def test_a_message_that_names_another_workspace_as_its_authors_is_not_a_full_members(
    stage: ReadingStage,
) -> None:
    news, _ = stage.public("news", stage.slack.add_user("ben"))
    author = Author(id=stage.anna, team="T0OTHER")
    view = stage.stage.ours.reading.view(stage.direct(stage.anna), [author], "")

    assert await refusal(view.read_channel(news, "", "", 10)) == sentences.NOT_THERE


async def test_all_who_ask_have_to_see_it(stage: ReadingStage) -> None:
    ben = stage.slack.add_user("ben")
    secret, _ = stage.private("secret", stage.anna)
    group = stage.slack.open_group_dm([stage.anna, ben])

    assert await stage.refused(stage.anna, ben, channel=secret, thread_in=group) == sentences.NOT_THERE


async def test_an_app_reads_the_channel_of_the_conversation_and_no_other(stage: ReadingStage) -> None:
    news, _ = stage.public("news", stage.anna)

    assert await stage.read(stage.view_for_app(), "here") == ["anna: hello"]
    assert await refusal(stage.view_for_app().read_channel(news, "", "", 10)) == sentences.NOT_THERE


async def test_who_has_left_a_minute_ago_reads_no_more(stage: ReadingStage) -> None:
    secret, _ = stage.private("secret", stage.anna, stage.slack.add_user("ben"))
    direct = stage.direct(stage.anna)
    assert await stage.read(stage.view(thread=direct), secret) == ["anna: the secret"]

    stage.slack.leave(stage.anna, secret)

    assert await stage.refused(channel=secret, thread_in=direct.channel) == sentences.NOT_THERE
    assert await stage.refused(channel="here", thread_in=secret) == sentences.HERE_UNKNOWN


async def test_a_public_channel_that_became_private_is_private_at_once(stage: ReadingStage) -> None:
    ben = stage.slack.add_user("ben")
    plans, _ = stage.public("plans", ben)
    assert await stage.read(stage.view(), plans) == ["ben: for everybody"]

    stage.slack.backend.workspace.channels[plans].kind = "group"

    assert await stage.refused(channel=plans) == sentences.NOT_THERE
    assert await stage.refused(ben, channel=plans) == sentences.PRIVATE


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.info"])
async def test_while_slack_is_away_nobody_is_judged(stage: ReadingStage, method: str) -> None:
    news, _ = stage.public("news", stage.anna)
    stage.slack.faults.add(method=method, kind="internal_error")

    with pytest.raises(ApplicationError) as away:
        await stage.view().read_channel(news, "", "", 10)

    assert (away.value.type, away.value.non_retryable) == (SLACK_UNAVAILABLE, False)


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("conversations.info", sentences.NOT_THERE),
        ("conversations.members", sentences.READERS_UNKNOWN),
        ("users.info", sentences.NOT_THERE),
    ],
)
async def test_what_slack_does_not_tell_is_no_permission(stage: ReadingStage, method: str, sentence: str) -> None:
    news, _ = stage.public("news", stage.slack.add_user("ben"))
    stage.slack.faults.add(method=method, kind="error", error="missing_scope", times=10)

    assert await stage.refused(channel=news) == sentence


async def test_a_channel_of_which_slack_does_not_say_that_it_is_public_is_private(stage: ReadingStage) -> None:
    told = {"id": "C1", "name": "x"}

    assert not Channel.read(told).is_public
    assert Channel.read({**told, "is_private": False}).is_public
    assert not Channel.read({**told, "is_private": False, "is_mpim": True}).is_public
    assert Channel.read({**told, "is_pending_ext_shared": True}).is_shared
    assert Channel.read({**told, "is_shared": True}).is_shared
    assert not Channel.read({**told, "is_shared": True, "is_org_shared": True}).is_shared


async def test_in_a_conversation_outside_slack_nothing_is_read(stage: ReadingStage) -> None:
    terminal = stage.stage.thread.model_copy(update={"surface": "terminal"})

    assert await refusal(stage.view(thread=terminal).read_channel("here", "", "", 10)) == sentences.NOT_IN_SLACK
