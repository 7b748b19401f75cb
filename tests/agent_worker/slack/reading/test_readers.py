"""Promises of who reads an answer: the agent says in a thread only what everybody who reads the thread may see."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.slack.reading import eyes, sentences
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage, refusal

UNKNOWN = "C0NOSUCHONE"


@pytest.fixture
async def stage() -> AsyncIterator[ReadingStage]:
    async with reading_stage() as stage:
        yield stage


async def test_a_private_channel_is_not_read_into_another_channel_and_a_direct_message_is_offered(
    stage: ReadingStage,
) -> None:
    secret, ts = stage.private("secret", stage.anna)
    other, _ = stage.private("other", stage.anna)

    for place in (stage.general, other, stage.slack.open_group_dm([stage.anna, stage.slack.add_user("ben")])):
        assert await stage.refused(channel=secret, thread_in=place) == sentences.PRIVATE
        assert await stage.refused(channel="#secret", thread_in=place) == sentences.PRIVATE
        reading = stage.view(thread=stage.thread_in(place)).read_thread(stage.link(secret, ts))
        assert await refusal(reading) == sentences.PRIVATE


async def test_slacks_preview_of_a_private_message_is_not_read_with_the_link_to_it(stage: ReadingStage) -> None:
    secret, ts = stage.private("secret", stage.anna)
    url = stage.link(secret, ts)
    preview = {"is_msg_unfurl": True, "from_url": url, "channel_id": secret, "ts": ts, "text": "the secret"}
    forwarded = {**preview, "is_share": True, "text": "for all"}
    asked = stage.slack.say(stage.anna, stage.general, f"<{url}>", attachments=[preview, forwarded])

    assert (await stage.read(stage.view(), "here"))[-1] == f"anna: {url}\nfor all"
    found = await stage.view(thread=stage.direct(stage.anna)).read_thread(stage.link(stage.general, asked))
    assert "the secret" not in str(found.result)


async def test_a_member_reads_a_private_channel_in_direct_messages(stage: ReadingStage) -> None:
    secret, _ = stage.private("secret", stage.anna)

    assert await stage.read(stage.view(thread=stage.direct(stage.anna)), secret) == ["anna: the secret"]


async def test_a_private_channel_is_read_into_its_own_threads(stage: ReadingStage) -> None:
    secret, _ = stage.private("secret", stage.anna)

    assert await stage.read(stage.view(thread=stage.thread_in(secret)), "here") == ["anna: the secret"]


async def test_a_private_channel_sounds_like_one_that_does_not_exist_to_whoever_is_not_in_it(
    stage: ReadingStage,
) -> None:
    ben = stage.slack.add_user("ben")
    secret, ts = stage.private("layoffs", stage.anna)
    nowhere = stage.slack.add_channel("nowhere", members=[stage.anna], is_private=True, bot_is_member=False)

    for place in (stage.general, stage.slack.open_dm(ben)):
        view = stage.view(ben, thread=stage.thread_in(place))
        answers = [
            await refusal(view.read_channel(name, "", "", 10))
            for name in (
                "#layoffs",
                "layoffs",
                secret,
                f"<#{secret}|layoffs>",
                nowhere,
                "#nowhere",
                UNKNOWN,
                "#unheard",
            )
        ]
        answers += [
            await refusal(view.read_thread(stage.link(channel, moment)))
            for channel, moment in ((secret, ts), (secret, "1700000000.000001"), (UNKNOWN, ts))
        ]
        answers += [await refusal(view.find_people("anna", name)) for name in (secret, "#layoffs", UNKNOWN)]
        assert set(answers) == {sentences.NOT_THERE}


async def test_nobody_reads_the_direct_messages_of_another(stage: ReadingStage) -> None:
    ben = stage.slack.add_user("ben")
    bens = stage.slack.open_dm(ben)
    ts = stage.slack.say(ben, bens, "I want a raise")

    for place in (stage.general, stage.slack.open_dm(stage.anna)):
        view = stage.view(thread=stage.thread_in(place))
        assert await refusal(view.read_channel(bens, "", "", 10)) == sentences.NOT_THERE
        assert await refusal(view.read_thread(stage.link(bens, ts))) == sentences.NOT_THERE
        assert await refusal(view.read_thread(stage.link("D0NOSUCHONE", ts))) == sentences.NOT_THERE
    assert not [call for call in stage.slack.calls if call.arguments.get("channel") == bens]


async def test_direct_messages_with_the_agent_are_read_only_there(stage: ReadingStage) -> None:
    direct = stage.direct(stage.anna)
    stage.slack.say(stage.anna, direct.channel, "between us")

    assert await stage.read(stage.view(thread=direct), "here") == ["anna: between us"]
    assert await stage.refused(channel=direct.channel) == sentences.NOT_THERE


async def test_somebody_who_asks_in_the_direct_messages_of_another_reads_nothing(stage: ReadingStage) -> None:
    ben = stage.slack.add_user("ben")
    news, _ = stage.public("news", stage.anna)
    annas = stage.slack.open_dm(stage.anna)

    assert await stage.refused(ben, channel="here", thread_in=annas) == sentences.HERE_UNKNOWN
    assert await stage.refused(ben, channel=news, thread_in=annas) == sentences.READERS_UNKNOWN


async def test_group_direct_messages_are_read_by_their_members_there_and_in_direct_messages(
    stage: ReadingStage,
) -> None:
    ben, eve = stage.slack.add_user("ben"), stage.slack.add_user("eve")
    group = stage.slack.open_group_dm([stage.anna, ben])
    stage.slack.say(ben, group, "for the two of us")

    assert await stage.read(stage.view(thread=stage.thread_in(group)), "here") == ["ben: for the two of us"]
    assert await stage.read(stage.view(thread=stage.direct(stage.anna)), group) == ["ben: for the two of us"]
    assert await stage.refused(channel=group) == sentences.PRIVATE
    assert await stage.refused(eve, channel=group) == sentences.NOT_THERE
    assert await stage.refused(eve, channel=group, thread_in=stage.slack.open_dm(eve)) == sentences.NOT_THERE


async def test_a_public_channel_is_not_read_where_a_guest_reads_who_is_not_in_it(stage: ReadingStage) -> None:
    gus = stage.slack.add_user("gus", is_guest=True)
    news, _ = stage.public("news", stage.anna)
    project = stage.slack.add_channel("project", members=[stage.anna, gus])

    assert await stage.refused(channel=news, thread_in=project) == sentences.OUTSIDERS

    stage.slack.join(gus, news)

    assert await stage.read(stage.view(thread=stage.thread_in(project)), news) == ["anna: for everybody"]


async def test_a_guest_who_has_joined_the_conversations_channel_a_moment_ago_counts(stage: ReadingStage) -> None:
    news, _ = stage.public("news", stage.anna)
    assert await stage.read(stage.view(), news) == ["anna: for everybody"]

    stage.slack.join(stage.slack.add_user("gus", is_guest=True), stage.general)

    assert await stage.refused(channel=news) == sentences.OUTSIDERS


async def test_into_a_channel_that_is_shared_with_others_nothing_is_read_but_itself(stage: ReadingStage) -> None:
    news, _ = stage.public("news", stage.anna)
    shared, _ = stage.public("shared", stage.anna, is_shared=True)

    assert await stage.refused(channel=news, thread_in=shared) == sentences.OUTSIDERS
    assert await stage.read(stage.view(thread=stage.thread_in(shared)), "here") == ["anna: for everybody"]


async def test_somebody_of_another_organisation_reads_the_shared_channel_and_nothing_else(stage: ReadingStage) -> None:
    eve = stage.slack.add_user("eve", team_id="T0OTHER")
    news, _ = stage.public("news", stage.anna)
    shared, _ = stage.public("shared", stage.anna, eve, is_shared=True)
    direct = stage.direct(eve)

    assert await stage.read(stage.view(eve, thread=stage.thread_in(shared)), "here") == ["anna: for everybody"]
    assert await stage.refused(eve, channel=news, thread_in=shared) == sentences.NOT_THERE
    assert await stage.refused(eve, channel=news, thread_in=direct.channel) == sentences.NOT_THERE


async def test_in_group_direct_messages_with_an_outsider_public_channels_stay_closed(stage: ReadingStage) -> None:
    eve = stage.slack.add_user("eve", team_id="T0OTHER")
    news, _ = stage.public("news", stage.anna)
    group = stage.slack.open_group_dm([stage.anna, eve])

    assert await stage.refused(channel=news, thread_in=group) == sentences.OUTSIDERS


async def test_apps_and_closed_accounts_are_no_readers(stage: ReadingStage) -> None:
    news, _ = stage.public("news", stage.anna)
    stage.slack.say_as_other_bot(stage.general, "hi")
    bot = next(user.id for user in stage.slack.backend.workspace.users.values() if user.name == "otherbot")
    gone = stage.slack.add_user("gone", is_guest=True)
    stage.slack.backend.workspace.channels[stage.general].members += [bot, gone]
    stage.slack.deactivate(gone)

    assert await stage.read(stage.view(), news) == ["anna: for everybody"]


@pytest.mark.parametrize("guests", [0, 1])
async def test_who_reads_a_large_channel_is_found_out_with_few_calls(stage: ReadingStage, guests: int) -> None:
    people = [stage.slack.add_user(f"p{number}") for number in range(eyes.ASKED_ONE_BY_ONE * 3)]
    people += [stage.slack.add_user(f"g{number}", is_guest=True) for number in range(guests)]
    large = stage.slack.add_channel("large", members=[stage.anna, *people])
    news, _ = stage.public("news", stage.anna)
    view = stage.view(thread=stage.thread_in(large))

    if guests:
        assert await refusal(view.read_channel(news, "", "", 10)) == sentences.OUTSIDERS
    else:
        assert await stage.read(view, news) == ["anna: for everybody"]
    assert stage.stage.calls("users.info") + stage.stage.calls("users.list") < 5


async def test_in_a_channel_with_more_people_than_can_be_looked_through_nothing_is_read_from_elsewhere(
    stage: ReadingStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_worker.slack.reading.bounded_api.PAGE", 1)
    monkeypatch.setattr("agent_worker.slack.reading.bounded_api.MOST_PAGES", 2)
    gus = stage.slack.add_user("gus", is_guest=True)
    people = [stage.slack.add_user(f"p{number}") for number in range(3)]
    large, _ = stage.public("large", stage.anna, *people)
    news, _ = stage.public("news", *people, gus)

    assert await stage.refused(channel=news, thread_in=large) == sentences.READERS_UNKNOWN
    assert await stage.refused(gus, channel=news, thread_in=stage.slack.open_dm(gus)) == sentences.TOO_MANY_MEMBERS
