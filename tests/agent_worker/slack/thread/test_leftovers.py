"""Promises of the delivery after something went wrong: leftovers are found, and the answer stands there once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.model import AskModel
from agent_worker.payloads.thread import Author, Draft
from agent_worker.slack.blocks.posts import notice
from agent_worker.slack.thread.streams import text_chunk
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.settling import (
    ANSWER,
    APPEND,
    DELETE,
    POST,
    START,
    STOP,
    UPDATE,
    asked_to,
    posted,
    posts,
    settled,
    standing,
    streamed,
)
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

LOST = pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", "refused"])
LONG = "".join(f"{number} " for number in range(4_000))
UNSURE = Draft(unsure=True)


@pytest.fixture(params=[False, True], ids=["channel", "direct"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=request.param) as stage:
        yield stage


async def begun(stage: SlackStage, text: str = "It is ") -> str:
    """A stream that the conversation knows nothing of."""
    ts = await stage.ours.streams.start(stage.thread, Author(id=stage.anna), [text_chunk(text)])
    assert ts is not None
    return ts


# Replies that are lost


@LOST
@pytest.mark.parametrize("text", [ANSWER, LONG])
@pytest.mark.parametrize("times", [1, 2])
async def test_an_answer_whose_reply_was_lost_is_not_posted_again(
    stage: SlackStage, kind: FaultKind, text: str, times: int
) -> None:
    stage.slack.faults.add(method=POST, kind=kind, times=times)
    attempts = await settled(stage, asked_to(stage, text))

    assert " ".join(standing(stage)).split() == text.split()
    assert attempts > 1


@LOST
@pytest.mark.parametrize("texts", [["It is "], ["It is ", "**sunny** in "]])
async def test_a_stream_whose_end_was_not_confirmed_ends_once(
    stage: SlackStage, kind: FaultKind, texts: list[str]
) -> None:
    draft = await streamed(stage, *texts)
    stage.slack.faults.add(method=STOP, kind=kind)
    attempts = await settled(stage, asked_to(stage, draft=draft))

    assert "".join(standing(stage)) == ANSWER
    assert attempts > 1


@LOST
@pytest.mark.parametrize("text", [ANSWER, LONG])
async def test_an_update_whose_reply_was_lost_is_the_answer_all_the_same(
    stage: SlackStage, kind: FaultKind, text: str
) -> None:
    draft = await posted(stage, "It is ")
    stage.slack.faults.add(method=UPDATE, kind=kind)
    await settled(stage, asked_to(stage, text, draft=draft))

    assert " ".join(standing(stage)).split() == text.split()
    assert posts(stage)[0].ts == draft.messages[0]


@LOST
@pytest.mark.parametrize("withdrawn", [False, True])
async def test_what_was_too_much_is_taken_away_in_the_end(
    stage: SlackStage, kind: FaultKind, *, withdrawn: bool
) -> None:
    draft = await streamed(stage, "one", "two")
    stage.slack.clock.advance(301)
    stage.slack.faults.add(method=DELETE, kind=kind)
    await settled(stage, asked_to(stage, draft=draft, withdrawn=withdrawn))

    assert standing(stage) == ([] if withdrawn else [ANSWER])


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit"])
@pytest.mark.parametrize("method", [START, APPEND])
async def test_a_stream_whose_reply_was_lost_becomes_the_answer(
    stage: SlackStage, method: str, kind: FaultKind
) -> None:
    stage.slack.faults.add(method=method, kind=kind)
    with pytest.raises(ApplicationError):
        await stage.ours.streams.append(stage.thread, await begun(stage), [text_chunk("**sunny")])
    await settled(stage, asked_to(stage, draft=UNSURE))

    assert standing(stage) == [ANSWER]
    assert stage.calls(POST) == 0


# Streams that nobody ends


@pytest.mark.parametrize("age", [0, 301])
async def test_a_stream_that_a_killed_worker_has_left_becomes_the_answer(stage: SlackStage, age: float) -> None:
    orphan = await begun(stage)
    stage.slack.clock.advance(age)
    await settled(stage, asked_to(stage, draft=UNSURE))
    await settled(stage, asked_to(stage, draft=UNSURE), is_retry=True)

    assert standing(stage) == [ANSWER]
    assert [post.ts for post in posts(stage)] == [orphan]


async def test_of_several_streams_that_nobody_ends_one_becomes_the_answer(stage: SlackStage) -> None:
    orphans = [await begun(stage), await begun(stage), await begun(stage)]
    await settled(stage, asked_to(stage, draft=UNSURE))

    assert standing(stage) == [ANSWER]
    assert [post.ts for post in posts(stage)] == orphans[:1]


async def test_what_was_known_and_what_was_found_become_one_answer(stage: SlackStage) -> None:
    draft = await streamed(stage, "one", "two")
    await begun(stage)
    await settled(stage, asked_to(stage, LONG, draft=draft.model_copy(update={"unsure": True})))

    assert " ".join(standing(stage)).split() == LONG.split()
    assert [post.ts for post in posts(stage)] == draft.messages


async def test_a_stream_that_nobody_knew_of_is_taken_away_with_the_question(stage: SlackStage) -> None:
    await begun(stage)
    await settled(stage, asked_to(stage, draft=UNSURE, withdrawn=True))

    assert posts(stage) == []


async def test_a_stream_that_a_person_has_stopped_is_found_too(stage: SlackStage) -> None:
    orphan = await begun(stage)
    stage.slack.press_stop(stage.anna, stage.channel, stage.root)
    stage.slack.faults.add(method=STOP, kind="error", error="stopped_by_user")
    stage.slack.clock.advance(301)
    await settled(stage, asked_to(stage, "Stopped.", draft=UNSURE, is_notice=True))

    assert standing(stage) == ["Stopped."]
    assert [post.ts for post in posts(stage)] == [orphan]


async def test_a_stream_that_the_thread_does_not_show_yet_is_ended_all_the_same() -> None:
    """Slack may show a message to readers later than to its writer."""
    async with slack_stage(read_lag=60.0) as stage:
        stage.slack.clock.advance(61)
        draft = await streamed(stage, "It is ")
        await settled(stage, asked_to(stage, draft=draft.model_copy(update={"unsure": True})))

        assert standing(stage) == [ANSWER]
        assert [post.ts for post in posts(stage)] == draft.messages


async def test_a_message_that_is_still_streaming_is_ended_and_changed(stage: SlackStage) -> None:
    draft = Draft(messages=(await streamed(stage, "It is ")).messages)
    await settled(stage, asked_to(stage, draft=draft))

    assert standing(stage) == [ANSWER]
    assert [post.ts for post in posts(stage)] == draft.messages


# What is not ours to change


async def test_other_turns_and_other_apps_are_left_alone(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, "The first answer."))
    stage.slack.say_as_other_bot(stage.channel, "What an app says.", thread_ts=stage.root)
    (second,) = stage.people_say("And tomorrow?")
    await begun(stage)
    await settled(stage, asked_to(stage, turn=second, answers=[second], draft=UNSURE))

    assert standing(stage) == ["The first answer.", ANSWER]
    assert "What an app says." in [message.text for message in stage.slack.messages(stage.channel)]


async def test_a_turn_that_is_tried_again_leaves_the_first_answer_alone(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, "The first answer."))
    await begun(stage)
    await settled(stage, asked_to(stage, turn=f"{stage.root}:again1", draft=UNSURE))

    assert standing(stage) == ["The first answer.", ANSWER]


async def test_the_steps_of_the_turn_are_no_part_of_its_answer(stage: SlackStage) -> None:
    await stage.posts.post(stage.thread, f"{stage.root}:progress", notice("Looking."))
    await settled(stage, asked_to(stage, draft=UNSURE))

    assert standing(stage) == ["Looking.", ANSWER]


async def test_a_thread_that_begins_with_a_message_of_the_agent_keeps_it() -> None:
    async with slack_stage() as stage:
        root = await stage.client.chat_postMessage(channel=stage.channel, text="Ask me anything.")
        thread = stage.thread.model_copy(update={"thread_ts": root["ts"]})
        asked: dict[str, Any] = {"thread": thread, "turn": root["ts"], "answers": [root["ts"]]}
        await settled(stage, asked_to(stage, **asked, draft=UNSURE))

        said = [message.text for message in stage.slack.thread(stage.channel, root["ts"])]
        assert (len(said), said[0]) == (2, "Ask me anything.")


async def test_a_file_of_the_agent_is_no_draft(stage: SlackStage) -> None:
    uploads = stage.ours.delivery._uploads
    file = await uploads.upload("report.txt", b"text")
    assert file is not None
    await uploads.show(stage.thread, file, "report.txt")
    await settled(stage, asked_to(stage, draft=UNSURE))

    assert len(posts(stage)) == 2
    assert posts(stage)[0].files


async def test_a_model_call_that_is_tried_again_goes_on_in_the_messages_that_are_there(stage: SlackStage) -> None:
    draft = await streamed(stage, "one", "two")
    orphan = await begun(stage)
    request = AskModel(thread=stage.thread, turn=stage.root, model="m", epoch="e", known=0, new=[], draft=draft)

    assert await stage.ours.leftovers.draft(request, is_retry=False) == draft
    assert await stage.ours.leftovers.draft(request, is_retry=True) == Draft(messages=[*draft.messages, orphan])
