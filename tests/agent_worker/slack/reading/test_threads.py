"""Promises of reading what a link leads to: the message, and its thread if there is one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.conversation.transcript.taken_back import LEFT_OUT as ANSWER_LEFT_OUT
from agent_worker.slack.blocks import posts
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.bounded_api import MOST_CALLS
from agent_worker.slack.reading.threads import LEFT_OUT, MOST_MESSAGES
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage, refusal, said

ORDERS: list[dict[str, Any]] = [{}, {"newest_replies_first": True, "root_on_every_page": True}]


@pytest.fixture(params=ORDERS, ids=["oldest first", "newest first"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[ReadingStage]:
    async with reading_stage(**request.param) as stage:
        yield stage


def reply(stage: ReadingStage, text: str) -> str:
    return stage.slack.say(stage.anna, stage.general, text, thread_ts=stage.stage.root)


def linked(found: Any) -> list[str]:
    return [row["text"] for row in found.result["messages"] if row.get("linked")]


async def test_a_link_to_a_message_without_replies_leads_to_it_alone(stage: ReadingStage) -> None:
    stage.slack.say(stage.anna, stage.general, "another one")

    found = await stage.view().read_thread(stage.link(stage.general, stage.stage.root))

    assert (said(found), linked(found)) == (["anna: hello"], ["hello"])
    assert "left_out" not in found.result


async def test_a_link_to_a_root_or_to_a_reply_leads_to_the_whole_thread(stage: ReadingStage) -> None:
    first, second = reply(stage, "one"), reply(stage, "two")
    root = stage.stage.root

    for ts, link in {
        "hello": stage.link(stage.general, root),
        "one": stage.link(stage.general, first, root),
        "two": f"summarise <{stage.link(stage.general, second, root).replace('&', '&amp;')}> please",
    }.items():
        found = await stage.view().read_thread(link)
        assert (said(found), linked(found)) == (["anna: hello", "anna: one", "anna: two"], [ts])


async def test_a_link_to_a_reply_that_does_not_name_its_thread_leads_to_it_all_the_same(stage: ReadingStage) -> None:
    ts = reply(stage, "one")

    found = await stage.view().read_thread(stage.link(stage.general, ts))

    assert (said(found), linked(found)) == (["anna: hello", "anna: one"], ["one"])


async def test_the_linked_message_and_the_root_come_first_among_the_sources(stage: ReadingStage) -> None:
    replies = [reply(stage, str(number)) for number in range(8)]
    root = stage.stage.root

    found = await stage.view().read_thread(stage.link(stage.general, replies[2], root))

    assert [source["url"] for source in found.listed()] == [
        stage.link(stage.general, replies[2], root),
        stage.link(stage.general, root),
        *(stage.link(stage.general, ts, root) for ts in (replies[7], replies[6], replies[5])),
    ]


@pytest.mark.parametrize("count", [500, 10_000])
async def test_of_a_long_thread_the_root_the_linked_message_and_the_newest_are_read(
    stage: ReadingStage, count: int
) -> None:
    replies = [reply(stage, str(number)) for number in range(count)]

    found = await stage.view().read_thread(stage.link(stage.general, replies[100], stage.stage.root))

    lines = said(found)
    assert lines[:2] == ["anna: hello", "anna: 100"]
    assert lines[2:] == [f"anna: {number}" for number in range(count - MOST_MESSAGES + 2, count)]
    assert linked(found) == ["100"]
    assert found.result["left_out"] == LEFT_OUT
    assert stage.stage.calls("conversations.replies") < MOST_CALLS / 2


async def test_of_a_thread_of_long_messages_the_root_and_the_linked_one_are_never_cut_off(stage: ReadingStage) -> None:
    replies = [reply(stage, f"{number} " + "x" * 3_000) for number in range(60)]

    found = await stage.view().read_thread(stage.link(stage.general, replies[1], stage.stage.root))

    assert said(found)[0] == "anna: hello"
    assert said(found)[1].startswith("anna: 1 xxx")
    assert said(found)[-1].startswith("anna: 59 xxx")


async def test_a_message_that_does_not_exist_or_was_deleted_is_said_to_be_none(stage: ReadingStage) -> None:
    gone = reply(stage, "gone")
    reply(stage, "there")
    stage.slack.delete(stage.general, gone)
    root = stage.stage.root
    links = [
        stage.link(stage.general, gone, root),
        stage.link(stage.general, gone),
        stage.link(stage.general, "1700000000.000001"),
        stage.link(stage.general, "1700000000.000001", root),
    ]

    for link in links:
        assert await refusal(stage.view().read_thread(link)) == sentences.NO_SUCH_MESSAGE

    stage.slack.delete(stage.general, root)
    assert await refusal(stage.view().read_thread(stage.link(stage.general, root))) == sentences.NO_SUCH_MESSAGE


@pytest.mark.parametrize("text", ["", "hello", "https://example.com/", "https://slack.com/archives/C1", "#general"])
async def test_what_is_no_link_to_a_message_is_said_to_be_none(stage: ReadingStage, text: str) -> None:
    assert await refusal(stage.view().read_thread(text)) == sentences.NO_LINK


async def test_a_link_into_another_workspace_is_not_read_even_if_its_ids_are_ours(stage: ReadingStage) -> None:
    link = stage.link(stage.general, stage.stage.root)

    for host in ("evil.slack.com", "playground.slack-gov.com", "playground.evil.slack.com"):
        elsewhere = link.replace("playground.slack.com", host)
        assert await refusal(stage.view().read_thread(elsewhere)) == sentences.ELSEWHERE


async def test_a_link_with_the_address_of_the_organisation_is_read(stage: ReadingStage) -> None:
    link = stage.link(stage.general, stage.stage.root).replace("playground.slack.com", "acme.enterprise.slack.com")

    assert said(await stage.view().read_thread(link)) == ["anna: hello"]


async def test_the_agents_steps_are_not_read_and_its_answers_are_its_own(stage: ReadingStage) -> None:
    root = stage.stage.root
    await stage.stage.posts.post(stage.stage.thread, f"{root}:progress", posts.notice("looking it up"))
    await stage.stage.posts.post(stage.stage.thread, f"{root}:answer:0", posts.notice("It is sunny."), [root])

    assert said(await stage.view().read_thread(stage.link(stage.general, root))) == [
        "anna: hello",
        "You: It is sunny.",
    ]


async def test_own_answers_that_may_repeat_what_was_deleted_are_not_read(stage: ReadingStage) -> None:
    secret = reply(stage, "my password is hunter2")
    await stage.stage.posts.post(stage.stage.thread, f"{secret}:answer:0", posts.notice("Noted: hunter2."), [secret])
    stage.slack.delete(stage.general, secret)

    found = await stage.view().read_thread(stage.link(stage.general, stage.stage.root))

    assert said(found) == ["anna: hello", f"You: {ANSWER_LEFT_OUT}"]


async def test_a_public_channel_of_which_the_agent_is_no_member_is_not_read(stage: ReadingStage) -> None:
    news, ts = stage.public("news", stage.anna, bot_is_member=False)

    assert await refusal(stage.view().read_thread(stage.link(news, ts))) == sentences.not_in("#news")
