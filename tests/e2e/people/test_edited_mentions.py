"""An edit that newly addresses the agent is answered, once; another edit of the same message is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage


@pytest.fixture(params=["none", "new", "all"])
async def stage(request: pytest.FixtureRequest, temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Which edits Slack tells as mentions, too, is not documented."""
    async with Stage(temporal_address, tmp_path, mentions_of_edits=request.param) as stage:
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


def at_bot(stage: Stage, words: str) -> str:
    return f"<@{stage.slack.bot_user_id}> {words}"


async def everything_is_stored(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


async def begin(stage: Stage) -> str:
    """Anna and the agent talk in a thread, whose `ts` is returned."""
    stage.gemini.script(text("Hello."))
    ts = stage.slack.say(stage.anna, stage.channel, at_bot(stage, "hello"))
    await stage.answered(ts)
    return ts


async def answers_nothing_more(stage: Stage, ts: str, *said: str) -> None:
    """The next question gets the next answer."""
    await everything_is_stored(stage)
    stage.gemini.script(text("The last one."))
    stage.slack.say(stage.anna, stage.channel, at_bot(stage, "one more"), thread_ts=ts)
    assert await stage.answered(ts, times=len(said) + 1) == [*said, "The last one."]


async def test_a_message_of_a_channel_that_is_edited_to_mention_the_agent_is_answered_once(stage: Stage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "who knows the capital of Norway?")
    await everything_is_stored(stage)
    stage.gemini.script(text("Oslo.").given(contains="who knows the capital of Norway?"))

    stage.slack.edit(stage.channel, ts, at_bot(stage, "who knows the capital of Norway?"))

    assert await stage.answered(ts) == ["Oslo."]
    stage.slack.edit(stage.channel, ts, at_bot(stage, "who knows the capital of Sweden?"))
    await answers_nothing_more(stage, ts, "Oslo.")


async def test_a_reply_that_is_edited_to_mention_the_agent_is_answered_once(stage: Stage) -> None:
    ts = await begin(stage)
    reply = stage.slack.say(stage.ben, stage.channel, "what is the capital of Norway?", thread_ts=ts)
    await everything_is_stored(stage)
    stage.gemini.script(text("Oslo.").given(contains="capital of Norway"))

    stage.slack.edit(stage.channel, reply, at_bot(stage, "what is the capital of Norway?"))

    assert await stage.answered(ts, times=2) == ["Hello.", "Oslo."]
    await answers_nothing_more(stage, ts, "Hello.", "Oslo.")


async def test_a_reply_that_the_agent_had_read_beside_others_is_answered_once_when_it_is_edited(stage: Stage) -> None:
    ts = await begin(stage)
    reply = stage.slack.say(stage.ben, stage.channel, "Oslo is nice", thread_ts=ts)
    await everything_is_stored(stage)
    stage.gemini.script(text("Yes, it is.").given(contains="Oslo is nice"))
    stage.slack.say(stage.anna, stage.channel, at_bot(stage, "is it?"), thread_ts=ts)
    await stage.answered(ts, times=2)
    stage.gemini.script(text("It is in Norway."))

    stage.slack.edit(stage.channel, reply, at_bot(stage, "where is Oslo?"))

    said = ["Hello.", "Yes, it is.", "It is in Norway."]
    assert await stage.answered(ts, times=3) == said
    await answers_nothing_more(stage, ts, *said)


async def test_an_edit_during_the_turn_that_reads_the_message_is_answered_in_that_turn(stage: Stage) -> None:
    ts = await begin(stage)
    reply = stage.slack.say(stage.ben, stage.channel, "Oslo is nice", thread_ts=ts)
    await everything_is_stored(stage)
    held = stage.gemini.hold()
    stage.slack.say(stage.anna, stage.channel, at_bot(stage, "is it?"), thread_ts=ts)
    await held.reached()
    stage.gemini.script(text("In Norway, and yes.").given(contains="where is Oslo?"))

    stage.slack.edit(stage.channel, reply, at_bot(stage, "where is Oslo?"))

    assert await stage.answered(ts, times=2) == ["Hello.", "In Norway, and yes."]
    await answers_nothing_more(stage, ts, "Hello.", "In Norway, and yes.")


async def test_a_mention_that_is_edited_after_its_answer_is_not_answered_again(stage: Stage) -> None:
    ts = await begin(stage)

    stage.slack.edit(stage.channel, ts, at_bot(stage, "hello there"))

    await answers_nothing_more(stage, ts, "Hello.")


async def test_a_stop_between_a_message_and_its_edit_does_not_hold_for_the_edit(stage: Stage) -> None:
    ts = await begin(stage)
    reply = stage.slack.say(stage.ben, stage.channel, "what is the capital of Norway?", thread_ts=ts)
    stage.slack.press_stop(stage.anna, stage.channel, ts)
    await everything_is_stored(stage)
    stage.gemini.script(text("Oslo."))

    stage.slack.edit(stage.channel, reply, at_bot(stage, "what is the capital of Norway?"))

    assert await stage.answered(ts, times=2) == ["Hello.", "Oslo."]
