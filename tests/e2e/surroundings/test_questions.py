"""What people ask of an agent that knows where it is, through the real processes and with the scripted model."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from playground.scripted_model.model import ScriptedModel
from tests.support.e2e.stage import Stage

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def stage(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(temporal_address, tmp_path, script=ScriptedModel()) as stage:
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


async def ask(stage: Stage, question: str, person: str = "") -> tuple[str, str]:
    """Asks in #general; returns the answer, and the thread's blocks with all that is on the card."""
    mention = f"<@{stage.slack.bot_user_id}> {question}"
    ts = stage.slack.say(person or stage.anna, stage.channel, mention)
    return await answer(stage, stage.channel, ts)


async def answer(stage: Stage, channel: str, ts: str) -> tuple[str, str]:
    (said,) = await stage.answered(ts, channel)
    await stage.steps_are_over(ts, channel)
    return said.replace("*", ""), json.dumps([post.blocks for post in stage.slack.bot_posts(channel, ts)])


def archived(channel: str, ts: str) -> str:
    """The part of a message's link that no other message has."""
    return f"/archives/{channel}/p{ts.replace('.', '')}"


def day_of(ts: str, zone: ZoneInfo) -> str:
    day = datetime.fromtimestamp(float(ts), zone)
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 25 hours apart
async def test_what_day_is_it_here_is_answered_for_whoever_asks(stage: Stage, zone: str) -> None:
    clara = stage.slack.add_user("clara", time_zone=zone)
    ts = stage.slack.say(clara, stage.channel, f"<@{stage.slack.bot_user_id}> what day is it here?")

    said, _ = await answer(stage, stage.channel, ts)

    assert f"It is {day_of(ts, ZoneInfo(zone))} for you ({zone})." in said
    assert len(stage.gemini.requests) == 1


async def test_what_was_decided_in_this_channel_yesterday_is_told_with_who_said_it_and_where(stage: Stage) -> None:
    clara = stage.slack.add_user("clara", time_zone="Europe/Berlin")
    yesterday = datetime.now(BERLIN).replace(hour=10, minute=15, second=0, microsecond=0) - timedelta(days=1)
    before = yesterday - timedelta(days=1)
    stage.slack.say_earlier(stage.ben, stage.channel, "We decided to take the red one.", at=before.timestamp())
    decided = stage.slack.say_earlier(
        stage.ben, stage.channel, "We decided to take the blue one.", at=yesterday.timestamp()
    )
    stage.slack.say(stage.anna, stage.channel, "We decided to take none.")

    said, shown = await ask(stage, "what did we decide in this channel yesterday?", clara)

    assert "We decided to take the blue one." in said
    assert "ben" in said
    assert "red one" not in said + shown
    assert "take none" not in said + shown
    assert archived(stage.channel, decided) in shown


async def test_a_link_to_a_thread_is_summarised_with_what_was_said_in_it(stage: Stage) -> None:
    root = stage.slack.say(stage.ben, stage.channel, "The build is red.")
    reply = stage.slack.say(stage.anna, stage.channel, "It is the clock again.", thread_ts=root)
    link = stage.slack.permalink(stage.channel, root)
    direct = stage.slack.open_dm(stage.anna)

    said, shown = await answer(stage, direct, stage.slack.say(stage.anna, direct, f"summarize <{link}>"))

    assert "The build is red." in said
    assert "It is the clock again." in said
    assert "ben" in said
    assert archived(stage.channel, root) in shown
    assert archived(stage.channel, reply) in shown
    assert len(stage.gemini.requests) == 1  # it was read before the model was asked


async def test_summarize_this_is_about_the_message_that_is_open_beside_the_agent(stage: Stage) -> None:
    stage.slack.say(stage.ben, stage.channel, "Lunch is at noon.")
    root = stage.slack.say(stage.ben, stage.channel, "The build is red.")
    stage.slack.say(stage.anna, stage.channel, "It is the clock again.", thread_ts=root)
    stage.slack.look_at(stage.anna, stage.channel, root)
    direct = stage.slack.open_dm(stage.anna)

    said, shown = await answer(stage, direct, stage.slack.say(stage.anna, direct, "summarize this"))

    assert "The build is red." in said
    assert "It is the clock again." in said
    assert "Lunch" not in said
    assert archived(stage.channel, root) in shown


async def test_who_knows_about_invoices_is_searched_with_the_permission_of_who_asks(stage: Stage) -> None:
    other = stage.slack.add_channel("other", members=[stage.anna])
    stage.slack.say(stage.anna, other, "Invoices are none of my business.")
    told = stage.slack.say(stage.ben, stage.channel, "Invoices go out on Fridays, I send them.")

    said, shown = await ask(stage, "who in #general knows about invoices?")

    assert "ben" in said
    assert "Invoices go out on Fridays" in said
    assert "none of my business" not in said
    assert archived(stage.channel, told) in shown
    (search,) = [call for call in stage.slack.calls if call.method == "assistant.search.context"]
    assert search.outcome == "ok"
    assert stage.slack.backend.action_tokens.person(search.arguments["action_token"]) == stage.anna
