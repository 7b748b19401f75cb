"""Promises of an answer that is shown while it is written: soon, within Slack's limits, and nobody waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agent_worker.payloads.thread import Author, Draft, Progress, ShownStep
from agent_worker.slack.blocks import task_cards
from agent_worker.slack.thread import live_answer
from agent_worker.slack.thread.live_answer import LONG, OLD, TOO_LONG, TOO_OLD, LiveAnswer, Place
from emulators.slack.faults.web_api import FaultKind
from emulators.slack.state.messages import Message
from tests.support.agent_worker.counted import Counted
from tests.support.agent_worker.settling import kinds
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_WORDS", "BETWEEN_APPENDS", "FIRST_POST", "BETWEEN_UPDATES"):
        monkeypatch.setattr(live_answer, name, 0.01)


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


class Watch:
    """A clock for the age of streams."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def living(
    stage: SlackStage, draft: Draft | None = None, watch: Watch | None = None, **place: Any
) -> AsyncIterator[LiveAnswer]:
    audience = Author(id=stage.anna)
    defaults: dict[str, Any] = {"thread": stage.thread, "turn": stage.root, "audience": audience}
    there = Place(**(defaults | place))
    async with LiveAnswer(stage.posts, stage.ours.streams, there, draft or Draft(), watch or time.time) as live:
        yield live


def posts(stage: SlackStage) -> list[Message]:
    return stage.slack.bot_posts(stage.channel, stage.root)


def shown(stage: SlackStage) -> str:
    return "".join(post.text for post in posts(stage))


async def seen(stage: SlackStage, text: str) -> None:
    await stage.slack.until(lambda: shown(stage) == text, seconds=5)


# Streaming


async def test_text_appears_as_it_is_written_in_one_message(stage: SlackStage) -> None:
    async with living(stage) as live:
        live.add("An old silent ")
        await seen(stage, "An old silent ")
        live.add("pond\nA frog")
        await seen(stage, "An old silent pond\nA ")

    (post,) = posts(stage)
    assert post.streaming_state == "in_progress"
    assert live.draft.messages == [post.ts]
    assert live.draft.streaming_since is not None
    assert (live.draft.written, live.draft.unsure) == (len("An old silent pond\nA "), False)


async def test_an_answer_that_is_there_at_once_is_not_streamed(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_answer, "FIRST_WORDS", 60.0)

    async with living(stage) as live:
        live.add("All of it.")

    assert posts(stage) == []
    assert live.draft == Draft()


async def test_it_goes_on_in_the_message_that_shows_the_steps(stage: SlackStage) -> None:
    ts = await stage.ours.streams.start(stage.thread, Author(id=stage.anna), [])
    assert ts is not None

    async with living(stage, Draft(messages=[ts], streaming_since=time.time())) as live:
        live.add("Two alerts. ")
        await seen(stage, "Two alerts. ")

    assert [post.ts for post in posts(stage)] == live.draft.messages == [ts]


async def test_what_was_said_before_the_tools_stands_apart_from_the_answer(stage: SlackStage) -> None:
    async with living(stage) as first:
        first.add("Let me look. ")
        await seen(stage, "Let me look. ")

    async with living(stage, first.draft.model_copy(update={"written": 0})) as second:
        second.add("Two alerts. ")
        await seen(stage, "Let me look. \n\nTwo alerts. ")

    assert second.draft.written == len("Two alerts. ")


async def test_what_nobody_could_read_stands_before_the_answer(stage: SlackStage) -> None:
    async with living(stage, preface="> anna asks: why?\n\n") as live:
        live.add("Because. ")
        await seen(stage, "> anna asks: why?\n\nBecause. ")

    assert live.draft.written == len("Because. ")


async def test_nobody_is_pinged_by_text_that_comes_in_pieces(stage: SlackStage) -> None:
    async with living(stage, may_mention=[stage.anna]) as live:
        for piece in ("<!chan", "nel> and ", f"<@{stage.anna[:3]}", f"{stage.anna[3:]}> now "):
            live.add(piece)
        await stage.slack.until(lambda: "now" in shown(stage))

    assert "<!channel>" not in shown(stage)
    assert f"<@{stage.anna}>" in shown(stage)


# Rotation


async def test_a_stream_that_gets_old_goes_on_in_another_message_at_a_paragraph(stage: SlackStage) -> None:
    watch = Watch()
    async with living(stage, watch=watch) as live:
        live.add("one\n\n")
        await seen(stage, "one\n\n")
        await stage.slack.until(lambda: live.draft.streaming_since)
        watch.now += OLD
        live.add("two\n\nthree ")
        await seen(stage, "one\n\ntwo\n\nthree ")

    assert [post.text for post in posts(stage)] == ["one\n\ntwo\n\n", "three "]
    assert [post.streaming_state for post in posts(stage)] == ["completed", "in_progress"]
    assert live.draft.messages == [post.ts for post in posts(stage)]


async def test_a_stream_without_a_paragraph_ends_before_slack_ends_it(stage: SlackStage) -> None:
    watch = Watch()
    async with living(stage, watch=watch) as live:
        live.add("one ")
        await seen(stage, "one ")
        await stage.slack.until(lambda: live.draft.streaming_since)
        watch.now += TOO_OLD
        live.add("two ")
        await seen(stage, "one two ")
        await stage.slack.until(lambda: stage.calls(STOP))
        live.add("three ")
        await seen(stage, "one two three ")

    assert len(posts(stage)) == 2
    assert TOO_OLD < 240
    assert posts(stage)[0].streaming_state == "completed"


async def test_no_message_gets_longer_than_slack_shows(stage: SlackStage) -> None:
    text = "word " * (TOO_LONG // 4)
    async with living(stage) as live:
        for start in range(0, len(text), 3_000):
            live.add(text[start : start + 3_000])
            await asyncio.sleep(0)
        await seen(stage, text)

    assert LONG <= len(posts(stage)[0].text) <= TOO_LONG
    assert len(posts(stage)) == 2


async def test_after_three_messages_the_rest_waits_for_the_delivery(stage: SlackStage) -> None:
    async with living(stage) as live:
        live.add("word " * TOO_LONG)
        await stage.slack.until(lambda: stage.calls(STOP) == 3)

    assert len(shown(stage)) == live.draft.written <= 3 * TOO_LONG
    assert {post.streaming_state for post in posts(stage)} == {"completed"}


async def test_code_goes_on_as_code_in_the_next_message(stage: SlackStage) -> None:
    async with living(stage) as live:
        live.add("```python\n" + "a = 1\n" * (TOO_LONG // 5))
        await stage.slack.until(lambda: len(posts(stage)) == 2)

    first, second = posts(stage)
    assert first.text.endswith("\n```")
    assert second.text.startswith("```python\n")
    assert live.draft.written > 0


# What goes wrong


async def test_a_stream_that_has_died_goes_on_by_updates_of_the_same_message(stage: SlackStage) -> None:
    async with living(stage) as live:
        live.add("one ")
        await seen(stage, "one ")
        stage.slack.clock.advance(301)
        live.add("two ")
        await stage.slack.until(lambda: "two" in shown(stage))

    (post,) = posts(stage)
    assert post.blocks == [{"type": "markdown", "text": "one two"}]
    assert live.draft == Draft(messages=[post.ts], written=len("one "), characters=len("one "))


@pytest.mark.parametrize("method", [START, APPEND])
@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", "refused"])
async def test_when_nobody_knows_what_the_thread_holds_nothing_more_is_shown(
    stage: SlackStage, method: str, kind: FaultKind
) -> None:
    stage.slack.faults.add(method=method, kind=kind)

    async with living(stage) as live:
        live.add("one ")
        await stage.slack.until(lambda: stage.calls(START))
        live.add("two ")
        await stage.slack.until(lambda: live.draft.unsure)
        calls = len(stage.slack.calls)
        live.add("three ")

    assert len(stage.slack.calls) == calls


async def test_a_call_too_many_is_made_later(stage: SlackStage) -> None:
    stage.slack.faults.add(method=APPEND, kind="rate_limited", retry_after=1)

    async with living(stage) as live:
        live.add("one ")
        await seen(stage, "one ")
        live.add("two ")
        await stage.slack.until(lambda: stage.calls(APPEND))
        live.add("three ")
        await seen(stage, "one two three ")

    assert not live.draft.unsure


async def test_a_stream_that_has_died_shows_the_steps_above_the_text_and_not_as_cards(stage: SlackStage) -> None:
    steps = Progress(key=f"{stage.root}:progress", steps=[ShownStep(title="Looks it up", state="complete")])
    chunks = task_cards.chunks(steps, is_over=False)
    ts = await stage.ours.streams.start(stage.thread, Author(id=stage.anna), chunks)
    assert ts is not None
    stage.slack.clock.advance(301)
    draft = Draft(messages=[ts], streaming_since=time.time(), has_cards=True)

    async with living(stage, draft, above=[task_cards.plan_block(steps, is_over=False)]) as live:
        live.add("one ")
        await stage.slack.until(lambda: "markdown" in kinds(posts(stage)[0]))

    assert kinds(posts(stage)[0]) == ["plan", "markdown"]
    assert live.draft == Draft(messages=[ts])


async def test_after_a_person_pressed_stop_nothing_more_is_shown(stage: SlackStage) -> None:
    async with living(stage) as live:
        live.add("one ")
        await seen(stage, "one ")
        stage.slack.press_stop(stage.anna, stage.channel, stage.root)
        live.add("two ")
        await stage.slack.until(lambda: stage.calls(APPEND))
        live.add("three ")

    assert shown(stage) == "one "
    assert not live.draft.unsure


async def test_an_activity_that_is_cancelled_shows_nothing_afterwards(stage: SlackStage) -> None:
    held = stage.slack.hold(APPEND)
    lives: list[LiveAnswer] = []

    async def activity() -> None:
        async with living(stage) as live:
            lives.append(live)
            live.add("one ")
            await seen(stage, "one ")
            live.add("two ")
            await asyncio.Event().wait()

    running = asyncio.create_task(activity())
    await held.reached()
    running.cancel()
    await asyncio.wait([running])
    calls = len(stage.slack.calls)
    held.release()

    assert running.cancelled()
    assert lives[0].draft.unsure
    assert len(stage.slack.calls) <= calls + 1  # the one that was under way


async def test_text_that_is_taken_back_is_not_relied_on(stage: SlackStage) -> None:
    async with living(stage) as live:
        live.add("one ")
        await seen(stage, "one ")
        live.take_back()
        live.add("two ")

    assert live.draft.unsure


# Where there are no streams


@pytest.mark.parametrize("profile", [{"streaming": False}, {"mode": "post"}])
async def test_without_streams_the_answer_is_a_message_that_changes(profile: dict[str, Any]) -> None:
    async with slack_stage(**profile) as stage:
        async with living(stage) as live:
            live.add("one ")
            await seen(stage, "one")
            live.add("two ")
            await seen(stage, "one two")

        (post,) = posts(stage)
        assert live.draft == Draft(messages=[post.ts])
        assert stage.calls(START) == (1 if "streaming" in profile else 0)


async def test_a_member_of_an_organisation_is_streamed_to_as_one_of_the_agents_workspace(stage: SlackStage) -> None:
    greta = stage.slack.add_user("greta", organisation="E0OURS")
    stage.slack.join(greta, stage.channel)

    ts = await stage.ours.streams.start(stage.thread, Author(id=greta, team="E0OURS"), [])

    assert ts is not None


async def test_where_slack_takes_no_workspace_nothing_is_streamed(stage: SlackStage) -> None:
    of_the_organisation = stage.thread.model_copy(update={"team": "E0OURS"})
    unknown = Author(id=stage.anna, team="T0UNKNOWN")

    assert await stage.ours.streams.start(of_the_organisation, Author(id=stage.anna), []) is None
    assert await stage.ours.streams.start(stage.thread, unknown, []) is None


async def test_an_app_is_not_streamed_to(stage: SlackStage) -> None:
    async with living(stage, audience=None) as live:
        live.add("one ")
        await seen(stage, "one")

    assert stage.calls(START) == 0
    assert live.draft.streaming_since is None


async def test_where_this_person_cannot_be_streamed_to_others_still_are(stage: SlackStage) -> None:
    async with living(stage, audience=Author(id="U0NOBODY")) as live:
        live.add("one ")
        await seen(stage, "one")
    assert live.draft.streaming_since is None

    assert stage.ours.streams.may_start(stage.thread, Author(id=stage.anna))


async def test_a_long_answer_is_not_copied_at_each_piece(stage: SlackStage) -> None:
    copied: list[int] = []

    async with living(stage) as live:
        for _ in range(1_000):
            live.add(Counted("word ", copied))

    assert sum(copied) <= 2 * len("word ") * 1_000
