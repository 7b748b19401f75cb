"""Promises of searching: only where the workspace grants it, and only what everybody concerned may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.search import LEFT_OUT, MOST_CHANNELS
from agent_worker.slack.reading.workspace import NOT_SEARCHED, SEARCH_SCOPE, SearchGrant
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage, refusal, said


@pytest.fixture
async def stage() -> AsyncIterator[ReadingStage]:
    async with reading_stage() as stage:
        stage.slack.grant(SEARCH_SCOPE)
        yield stage


def token(stage: ReadingStage, person: str) -> str:
    return stage.slack.backend.action_tokens.new(person)


async def search(stage: ReadingStage, query: str, *, asker: str = "", place: str = "", **times: str) -> list[str]:
    asker = asker or stage.anna
    thread = stage.thread_in(place) if place else None
    view = stage.view(asker, thread=thread, token=token(stage, asker))
    return said(await view.search_messages(query, times.get("since", ""), times.get("until", "")))


async def test_messages_of_public_channels_are_found_with_place_and_link_also_where_the_agent_is_not(
    stage: ReadingStage,
) -> None:
    news, ts = stage.public("news", stage.anna, text="the invoice is paid", bot_is_member=False)
    reply = stage.slack.say(stage.anna, news, "which invoice?", thread_ts=ts)

    found = await stage.view(token=token(stage, stage.anna)).search_messages("invoice", "", "")

    assert [(row["channel"], row["channel_id"], row["text"]) for row in found.result["messages"]] == [
        ("#news", news, "which invoice?"),
        ("#news", news, "the invoice is paid"),
    ]
    assert [source["url"] for source in found.listed()] == [stage.link(news, reply, ts), stage.link(news, ts)]


async def test_the_question_itself_and_its_thread_are_not_among_the_results(stage: ReadingStage) -> None:
    stage.slack.say(stage.anna, stage.general, "who has the invoice?", thread_ts=stage.stage.root)
    stage.slack.say(stage.anna, stage.general, "the invoice is paid")

    assert await search(stage, "invoice") == ["anna: the invoice is paid"]


async def test_only_the_messages_of_a_time_are_found(stage: ReadingStage) -> None:
    news = stage.slack.add_channel("news", members=[stage.anna])
    for day in (1, 2, 3):
        moment = datetime(2025, 5, day, 16, 0, tzinfo=UTC).timestamp()  # noon in New York, where Anna is
        stage.slack.say_earlier(stage.anna, news, f"invoice {day}", at=moment)

    assert await search(stage, "invoice", since="2025-05-02", until="2025-05-02") == ["anna: invoice 2"]
    assert await search(stage, "invoice", since="2025-05-03T12:00") == ["anna: invoice 3"]
    assert await search(stage, "invoice", until="2025-05-01T12:00") == ["anna: invoice 1"]


async def test_results_from_channels_that_the_asker_cannot_see_are_dropped_without_a_word(stage: ReadingStage) -> None:
    """Slack searches for the person of the token; another person who asks in the same turn may see less."""
    gus = stage.slack.add_user("gus", is_guest=True)
    stage.public("news", stage.anna, text="the invoice is paid")
    group = stage.slack.open_group_dm([stage.anna, gus])
    view = stage.view(stage.anna, gus, thread=stage.thread_in(group), token=token(stage, stage.anna))

    found = await view.search_messages("invoice", "", "")

    assert found.result == {"messages": []}
    assert found.listed() == []


async def test_where_guests_or_outsiders_read_only_their_channel_is_searched(stage: ReadingStage) -> None:
    gus = stage.slack.add_user("gus", is_guest=True)
    stage.public("news", stage.anna, gus, text="the invoice is paid")
    project, _ = stage.public("project", stage.anna, gus, text="an invoice of the project")
    shared, _ = stage.public("shared", stage.anna, text="a shared invoice", is_shared=True)

    assert await search(stage, "invoice", place=project) == ["anna: an invoice of the project"]
    assert await search(stage, "invoice", place=shared) == ["anna: a shared invoice"]
    assert await search(stage, "invoice", asker=gus, place=project) == ["anna: an invoice of the project"]


@pytest.mark.parametrize("is_direct", [False, True])
async def test_a_result_whose_channel_is_private_by_now_is_dropped(stage: ReadingStage, *, is_direct: bool) -> None:
    news, _ = stage.public("news", stage.anna, text="the invoice is paid")
    thread = stage.direct(stage.anna) if is_direct else None
    view = stage.view(thread=thread, token=token(stage, stage.anna))
    stage.slack.faults.add(
        method="conversations.info", kind="slow", seconds=0, when=lambda arguments: _close(stage, news)
    )

    found = await view.search_messages("invoice", "", "")

    assert found.result == {"messages": []}


def _close(stage: ReadingStage, channel: str) -> bool:
    stage.slack.backend.workspace.channels[channel].kind = "group"
    return False


async def test_results_of_very_many_channels_are_left_out_and_it_is_said(stage: ReadingStage) -> None:
    for number in range(MOST_CHANNELS + 3):
        stage.public(f"news{number}", stage.anna, text="invoice")

    found = await stage.view(token=token(stage, stage.anna)).search_messages("invoice", "", "")

    assert len(found.result["messages"]) == MOST_CHANNELS
    assert found.result["left_out"] == LEFT_OUT


async def test_when_the_permission_has_run_out_the_asker_has_to_write_again(stage: ReadingStage) -> None:
    old = token(stage, stage.anna)
    stage.slack.clock.advance(3_600)

    for expired in ("", old, "forged"):
        assert await refusal(stage.view(token=expired).search_messages("invoice", "", "")) == sentences.SEARCH_IS_OVER
    assert stage.stage.ours.reading.search_is_granted


@pytest.mark.parametrize("error", ["missing_scope", "feature_not_enabled", "not_allowed_token_type", "unknown_method"])
async def test_where_search_is_not_granted_it_is_not_offered_for_a_while(stage: ReadingStage, error: str) -> None:
    stage.slack.faults.add(method="assistant.search.context", kind="error", error=error)
    view = stage.view(token=token(stage, stage.anna))

    assert await refusal(view.search_messages("invoice", "", "")) == sentences.NO_SEARCH
    assert not stage.stage.ours.reading.search_is_granted


def test_search_is_offered_as_far_as_slack_has_granted_it() -> None:
    now = 0.0
    grant = SearchGrant(None, lambda: now)

    assert grant.is_granted
    assert SearchGrant({SEARCH_SCOPE}).is_granted
    assert not SearchGrant({"chat:write"}).is_granted
    grant.refused()
    assert not grant.is_granted
    now = NOT_SEARCHED.total_seconds()
    assert grant.is_granted


async def test_nothing_is_searched_for_an_app_or_without_words(stage: ReadingStage) -> None:
    for_app = stage.stage.ours.reading.view(stage.stage.thread, [], token(stage, stage.anna))

    assert await refusal(for_app.search_messages("invoice", "", "")) == sentences.NOBODY_ASKS
    assert await refusal(stage.view(token="x").search_messages(" ", "", "")) == sentences.NO_WORDS
    assert stage.stage.calls("assistant.search.context") == 0


async def test_while_slack_is_away_a_search_can_be_tried_again(stage: ReadingStage) -> None:
    stage.slack.faults.add(method="assistant.search.context", kind="internal_error")

    with pytest.raises(ApplicationError) as away:
        await stage.view(token=token(stage, stage.anna)).search_messages("invoice", "", "")

    assert not away.value.non_retryable
