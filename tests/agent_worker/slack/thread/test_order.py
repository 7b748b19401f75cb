"""Promises of order: an answer never stands above its own steps, whatever was written before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from agent_worker.payloads.thread import Author, Draft, Progress, ShownStep, ShowProgress
from agent_worker.slack.blocks.posts import notice
from agent_worker.slack.thread.live_answer import LiveAnswer, Place
from emulators.slack.state.messages import Message
from tests.support.agent_worker.settling import ANSWER, DELETE, asked_to, kinds, posted, posts, settled, streamed
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

STEP = ShownStep(title="Weather alerts for New York", state="in_progress")


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


async def told_to_wait(stage: SlackStage) -> Draft:
    """Gemini was away for a while."""
    ts = await stage.posts.post(stage.thread, f"{stage.root}:waiting", notice("Gemini is not answering just now."))
    return Draft(messages=[ts])


async def said_by_update(stage: SlackStage) -> Draft:
    return await posted(stage, "Let me look.")


async def said_in_stream(stage: SlackStage) -> Draft:
    return (await streamed(stage, "Let me look.")).model_copy(update={"written": 0})


async def nothing_said(stage: SlackStage) -> Draft:
    return Draft()


BEFORE = pytest.mark.parametrize("before", [told_to_wait, said_by_update, said_in_stream, nothing_said])
Before = Callable[[SlackStage], Awaitable[Draft]]


def steps(stage: SlackStage, **more: Any) -> Progress:
    return Progress(key=f"{stage.root}:progress", steps=[STEP], **more)


async def shown(stage: SlackStage, draft: Draft) -> tuple[Progress, Draft]:
    """Shows the first step; returns where, and what the turn then knows of the draft."""
    request = ShowProgress(
        thread=stage.thread, turn=stage.root, progress=steps(stage), draft=draft, audience=Author(id=stage.anna)
    )
    now = await stage.progress.show(request)
    return steps(stage, ts=now.ts), (now.draft or draft).below(now.ts)


def read(post: Message) -> str:
    said = (str(block["text"]) for block in post.blocks if block["type"] == "markdown")
    return "steps" if "plan" in kinds(post) else next(said, post.text)


def standing(stage: SlackStage) -> list[str]:
    """The agent's messages from above to below."""
    return list(map(read, posts(stage)))


@BEFORE
async def test_the_answer_stands_below_steps_that_came_after_something_else(stage: SlackStage, before: Before) -> None:
    progress, draft = await shown(stage, await before(stage))

    await settled(stage, asked_to(stage, progress=progress, draft=draft))

    assert standing(stage) == ["steps", ANSWER]


@BEFORE
async def test_it_does_while_it_is_written_too(stage: SlackStage, before: Before) -> None:
    progress, draft = await shown(stage, await before(stage))

    place = Place(stage.thread, stage.root, Author(id=stage.anna))
    async with LiveAnswer(stage.ours.posts, stage.ours.streams, place, draft) as live:
        live.add(ANSWER[:10])
        await stage.slack.until(lambda: "It is" in standing(stage)[-1])
    while_it_is_written = standing(stage)
    await settled(stage, asked_to(stage, progress=progress, draft=live.draft))

    assert while_it_is_written[-2] == "steps"
    assert standing(stage) == ["steps", ANSWER]


@BEFORE
@pytest.mark.parametrize("is_retry", [False, True])
async def test_it_does_if_nobody_has_noted_that_the_steps_came_later(
    stage: SlackStage, before: Before, *, is_retry: bool
) -> None:
    """As after a worker of an older release, or one that was killed."""
    draft = await before(stage)
    progress, _ = await shown(stage, draft)

    await settled(stage, asked_to(stage, progress=progress, draft=draft), is_retry=is_retry)

    assert standing(stage) == ["steps", ANSWER]


@BEFORE
async def test_it_does_if_where_the_steps_are_is_not_known(stage: SlackStage, before: Before) -> None:
    draft = (await before(stage)).model_copy(update={"unsure": True})
    await shown(stage, draft)

    await settled(stage, asked_to(stage, progress=steps(stage, unsure=True), draft=draft))

    assert standing(stage) == ["steps", ANSWER]


async def test_what_said_that_there_is_no_answer_yet_goes_when_the_steps_come(stage: SlackStage) -> None:
    await shown(stage, await told_to_wait(stage))

    assert standing(stage) == ["steps"]


async def test_what_the_model_has_said_before_its_steps_stays_until_the_answer_is_there(stage: SlackStage) -> None:
    progress, draft = await shown(stage, await said_in_stream(stage))
    while_it_works = standing(stage)
    stage.slack.faults.add(method=DELETE, kind="internal_error")

    attempts = await settled(stage, asked_to(stage, progress=progress, draft=draft))

    assert (while_it_works, attempts) == (["Let me look.", "steps"], 2)
    assert standing(stage) == ["steps", ANSWER]


async def test_in_a_direct_message_the_steps_take_the_place_of_the_note_too() -> None:
    async with slack_stage(direct=True) as stage:
        request = ShowProgress(
            thread=stage.thread,
            turn=stage.root,
            progress=steps(stage),
            draft=await told_to_wait(stage),
            audience=Author(id=stage.anna),
        )
        now = await stage.progress.show(request)
        assert now.draft is not None
        assert standing(stage) == ["steps"]

        await settled(stage, asked_to(stage, progress=steps(stage), draft=now.draft))

        (post,) = posts(stage)
        assert kinds(post)[:2] == ["plan", "markdown"]


async def test_a_notice_that_ends_a_turn_in_a_direct_message_keeps_the_cards_and_says_nothing_twice() -> None:
    async with slack_stage(direct=True) as stage:
        request = ShowProgress(
            thread=stage.thread, turn=stage.root, progress=steps(stage), audience=Author(id=stage.anna)
        )
        now = await stage.progress.show(request)
        assert now.draft is not None
        stage.slack.press_stop(stage.anna, stage.channel, stage.root)
        stopped = STEP.model_copy(update={"state": "error", "outcome": "Stopped"})
        progress = Progress(key=f"{stage.root}:progress", steps=[stopped], ending="stopped", seconds=3)

        await settled(stage, asked_to(stage, "Stopped.", now.draft, is_notice=True, progress=progress))

        (post,) = posts(stage)
        assert (kinds(post), post.blocks[0]["title"]) == (["plan", "section"], "Stopped")
        assert stage.slack.visible_text(post).count("Stopped") == 2  # the title, and the sentence
        assert post.blocks[0]["tasks"][0]["output"]["elements"][0]["elements"][0]["text"] == "Stopped"
