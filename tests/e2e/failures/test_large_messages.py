"""A message of any size is answered or refused plainly, and never stands in the way of the messages behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from emulators.gemini.answers import Answer, text
from emulators.gemini.request import ModelRequest
from playground.temporal_server import DevServer
from slackbot.conversations.left_out import TOO_LARGE
from tests.support.e2e.stage import Stage

SLACK_GIVES_UP = 400  # seconds: three attempts, the last five minutes after the others
LARGE: dict[str, dict[str, Any]] = {
    "characters that JSON writes with six": {"text": "\x01" * 400_000},
    "characters of four bytes": {"text": "\U0001f600" * 700_000},
    "a large attachment": {"text": "see", "attachments": [{"text": "x" * 3_000_000}]},
    "many attachments": {"text": "see", "attachments": [{"text": "x" * 3_000}] * 1_000},
    "large blocks": {"text": "see", "blocks": [{"type": "markdown", "text": "\u4e2d" * 1_000_000}]},
    "a frame larger than a WebSocket client takes by itself": {"text": "x" * 6_000_000},
}


def say(stage: Stage, large: dict[str, Any], thread_ts: str | None = None) -> str:
    words = f"<@{stage.slack.bot_user_id}> {large['text']}"
    return stage.slack.say(stage.anna, stage.channel, **(large | {"text": words}), thread_ts=thread_ts)


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
async def test_a_message_that_is_larger_than_temporal_takes_is_read_as_far_as_it_fits(
    stage: Stage, large: dict[str, Any]
) -> None:
    stage.gemini.script(text("That was long."), text("And this was not."))

    ts = say(stage, large)

    assert await stage.answered(ts) == ["That was long."]
    await stage.slack.until(lambda: stage.is_acknowledged(ts))
    stage.slack.say(stage.anna, stage.channel, "and this?", thread_ts=ts)
    assert (await stage.answered(ts, times=2))[-1] == "And this was not."


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
async def test_a_large_message_that_the_bot_has_missed_does_not_stop_the_catch_up(
    stage: Stage, large: dict[str, Any]
) -> None:
    await stage.slack.until(lambda: any("first start" in line for line in stage.bot.lines))
    assert await stage.bot.stop() == 0
    stage.gemini.script(*[text("Read.")] * 2)

    asked = [say(stage, large), say(stage, {"text": "and what is behind it?"})]
    stage.slack.clock.advance(SLACK_GIVES_UP)
    await stage.bot.start()

    for ts in asked:
        assert await stage.answered(ts) == ["Read."]


class Steady:
    """Always gives the same answer."""

    def answer(self, _: ModelRequest) -> Answer:
        return text("As it reads in the end.")


async def test_a_question_that_is_edited_again_and_again_to_a_large_one_is_answered(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, script=Steady()) as stage:
        await stage.start()
        held = [stage.gemini.hold() for _ in range(6)]
        ts = say(stage, {"text": "first"})

        for number, call in enumerate(held):
            await call.reached()
            stage.slack.edit(stage.channel, ts, f"<@{stage.slack.bot_user_id}> {number} " + "x" * 390_000)

        assert await stage.answered(ts) == ["As it reads in the end."]


LIMITS = [word for kind in ("warn", "error") for word in ("--dynamic-config-value", f"limit.blobSize.{kind}=100000")]


class StrictServer(DevServer):
    """A Temporal that takes less in one call than the bot thinks."""

    def _command(self) -> list[str]:
        return [*super()._command(), *LIMITS]


@asynccontextmanager
async def a_strict_stage(directory: Path) -> AsyncIterator[Stage]:
    with StrictServer(database=directory / "temporal.db") as temporal:
        async with Stage(temporal.address, directory) as stage:
            await stage.start()
            yield stage
            stage.gemini.assert_script_finished()


TOO_MUCH = {"text": "x" * 150_000}


def told(stage: Stage, user: str) -> list[str]:
    return [stage.slack.visible_text(message) for message in stage.slack.ephemerals(stage.channel, user)]


async def test_what_temporal_never_takes_is_acknowledged_and_its_author_told_once(
    processes: None, tmp_path: Path
) -> None:
    async with a_strict_stage(tmp_path) as stage:
        stage.gemini.script(text("Short enough."))

        ts = say(stage, TOO_MUCH)
        await stage.slack.until(lambda: stage.is_acknowledged(ts) and told(stage, stage.anna))
        stage.slack.redeliver(stage.channel, ts)
        await stage.slack.until(lambda: stage.is_acknowledged(ts))

        assert await stage.answered(say(stage, {"text": "shorter"})) == ["Short enough."]
        assert told(stage, stage.anna) == [TOO_LARGE]
        assert stage.said(ts) == []
        await stage.bot.logged("message left out")


async def test_what_temporal_never_takes_does_not_stop_the_catch_up(processes: None, tmp_path: Path) -> None:
    async with a_strict_stage(tmp_path) as stage:
        await stage.slack.until(lambda: any("first start" in line for line in stage.bot.lines))
        stage.gemini.script(text("Found."))
        assert await stage.bot.stop() == 0
        say(stage, TOO_MUCH)
        behind = say(stage, {"text": "and what is behind it?"})
        stage.slack.clock.advance(SLACK_GIVES_UP)

        await stage.bot.start()

        assert await stage.answered(behind) == ["Found."]
        await stage.slack.until(lambda: told(stage, stage.anna))
        assert told(stage, stage.anna) == [TOO_LARGE]


async def test_an_edit_that_temporal_never_takes_is_told_and_takes_the_old_words_away(
    processes: None, tmp_path: Path
) -> None:
    async with a_strict_stage(tmp_path) as stage:
        held = stage.gemini.hold()
        ts = say(stage, {"text": "a question"})
        await held.reached()

        stage.slack.edit(stage.channel, ts, f"<@{stage.slack.bot_user_id}> {TOO_MUCH['text']}")
        await stage.slack.until(lambda: stage.is_acknowledged(ts) and told(stage, stage.anna))
        held.release(text("Answered."))
        stage.gemini.script(text("Answered anew.").given(lacks="a question"))
        stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> and now?", thread_ts=ts)

        assert await stage.answered(ts) == ["Answered anew."]
        assert told(stage, stage.anna) == [TOO_LARGE]
