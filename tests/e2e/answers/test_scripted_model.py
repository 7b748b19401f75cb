"""A whole conversation with the model that answers without a key, through the real processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_worker.contract.names import TRY_AGAIN_BUTTON
from agent_worker.workflow.agent import BEFORE_A_QUESTION
from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.talk.capabilities import IS_SCRIPT
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import TicketCard, filed


@pytest.fixture
async def stage(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(temporal_address, tmp_path, script=ScriptedModel()) as stage:
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


async def test_it_goes_on_in_the_thread_answers_what_was_edited_and_has_other_words_on_try_again(stage: Stage) -> None:
    channel, mention = stage.channel, f"<@{stage.slack.bot_user_id}>"
    ts = stage.slack.say(stage.anna, channel, f"{mention} are there any weather alerts for New York?")
    await stage.answered(ts)
    stage.slack.say(stage.anna, channel, "and for California?", thread_ts=ts)
    await stage.answered(ts, times=2)
    stage.slack.press_button(stage.anna, channel, stage.slack.bot_posts(channel, ts)[-1].ts, TRY_AGAIN_BUTTON)
    await stage.answered(ts, times=3)
    name = stage.slack.say(stage.anna, channel, "my name is Ada", thread_ts=ts)
    await stage.answered(ts, times=4)
    stage.slack.edit(channel, name, "my name is Eve")
    stage.slack.say(stage.anna, channel, "what is my name?", thread_ts=ts)

    first, california, again, _, eve = await stage.answered(ts, times=5)

    assert "New York" in first
    assert IS_SCRIPT in first
    assert "California" in california
    assert IS_SCRIPT not in california + again
    assert "California" in again
    assert again != california
    assert "Eve" in eve
    assert "Ada" not in eve


async def test_it_tells_what_is_in_a_file_and_files_a_ticket_once_somebody_allows_it(stage: Stage) -> None:
    note = {"name": "note.txt", "mimetype": "text/plain", "content": b"The heating is off in room 7."}
    packed = {"name": "all.zip", "mimetype": "application/zip", "content": b"PK\x03\x04"}
    mention = f"<@{stage.slack.bot_user_id}>"
    ts = stage.slack.say(stage.anna, stage.channel, f"{mention} what is in these?", files=[note, packed])

    (told,) = await stage.answered(ts)
    stage.slack.say(stage.anna, stage.channel, "file a ticket", thread_ts=ts)
    asks = (await stage.answered(ts, times=2))[-1]
    stage.slack.say(stage.anna, stage.channel, "the heating is off", thread_ts=ts)
    await stage.slack.until(lambda: bool(stage.question_cards(ts)))
    TicketCard(stage, ts, stage.channel).press(stage.anna)
    said = await stage.answered(ts, times=4)

    assert "The heating is off in room 7." in told
    assert "I cannot read this file: only text, PDF" in told
    assert "What is the ticket about?" in asks
    assert said[-2] == BEFORE_A_QUESTION
    assert said[-1].startswith("I filed")
    assert filed(stage) == ["The heating is off"]
