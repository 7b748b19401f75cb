"""People who correct themselves: edits and deletions of what was asked."""

from __future__ import annotations

from emulators.gemini.answers import calls, text
from tests.support.e2e.stage import Stage

ALERTS = "get_weather_alerts"


def mention(stage: Stage, question: str) -> str:
    return f"<@{stage.slack.bot_user_id}> {question}"


def ask(stage: Stage, question: str) -> str:
    return stage.slack.say(stage.anna, stage.channel, mention(stage, question))


async def everything_is_stored(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


async def test_a_message_that_waits_is_answered_as_it_reads_in_the_end(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "say something")
    await held.reached()
    reply = stage.slack.say(stage.anna, stage.channel, "then something about dogs", thread_ts=ts)
    stage.slack.edit(stage.channel, reply, "then something about cats")
    await everything_is_stored(stage)
    stage.gemini.script(text("Miaow.").given(contains="about cats", lacks="about dogs"))

    held.release(text("Something."))

    assert await stage.answered(ts, times=2) == ["Something.", "Miaow."]


async def test_an_edit_of_what_is_being_answered_steers_the_turn(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "tell me about dogs")
    await held.reached()
    stage.gemini.script(text("Miaow.").given(contains="about cats"))

    stage.slack.edit(stage.channel, ts, mention(stage, "tell me about cats"))

    assert await stage.answered(ts) == ["Miaow."]
    await held.abandoned()


async def test_deleting_the_question_takes_back_what_was_shown(stage: Stage) -> None:
    stage.gemini.script(text("Hello."), calls((ALERTS, {"state": "NY"})))
    ts = ask(stage, "hello")
    await stage.answered(ts)
    held = stage.world.hold("weather")
    question = stage.slack.say(stage.anna, stage.channel, "alerts in New York?", thread_ts=ts)
    await held.reached()
    await stage.slack.until(lambda: stage.progress(ts))

    stage.slack.delete(stage.channel, question)

    await stage.slack.until(lambda: not (stage.progress(ts) or stage.slack.status(stage.channel, ts)))
    assert stage.said(ts) == ["Hello."]
    await held.abandoned()


async def test_deleting_a_message_that_waits_takes_it_out(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "say something")
    await held.reached()
    reply = stage.slack.say(stage.anna, stage.channel, "never mind", thread_ts=ts)
    stage.slack.delete(stage.channel, reply)
    await everything_is_stored(stage)

    held.release(text("Something."))

    assert await stage.answered(ts) == ["Something."]
    await stage.slack.until(lambda: not stage.slack.status(stage.channel, ts))
    assert len(stage.gemini.requests) == 1


async def test_a_preview_or_a_reply_count_is_no_edit(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "look at https://example.com")
    await held.reached()

    stage.slack.say(stage.ben, stage.channel, f"<@{stage.anna}> nice find", thread_ts=ts)  # not for the agent
    stage.slack.unfurl(stage.channel, ts)
    stage.slack.recount(stage.channel, ts)
    await everything_is_stored(stage)
    held.release(text("Seen."))

    assert await stage.answered(ts) == ["Seen."]
    assert len(stage.gemini.requests) == 1
