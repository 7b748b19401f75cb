"""People who talk with somebody else in the agent's thread: the agent does not answer in their place."""

from __future__ import annotations

import pytest

from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage


async def begin(stage: Stage) -> str:
    """Anna and the agent talk in a thread, whose `ts` is returned."""
    stage.gemini.script(text("Hello."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")
    await stage.answered(ts)
    return ts


def reply(stage: Stage, ts: str, words: str) -> None:
    stage.slack.say(stage.anna, stage.channel, words, thread_ts=ts)


async def is_only_answered_when_asked(stage: Stage, ts: str) -> None:
    """The agent has said nothing since it said hello, and says one thing more to whoever asks it."""
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    stage.gemini.script(text("Sunny."))
    reply(stage, ts, f"<@{stage.slack.bot_user_id}> and the weather?")
    assert await stage.answered(ts, times=2) == ["Hello.", "Sunny."]


async def test_the_answer_to_another_apps_question_is_for_that_app(stage: Stage) -> None:
    ts = await begin(stage)
    tickets = stage.slack.add_user("tickets")
    reply(stage, ts, f"<@{tickets}> open a ticket, please")
    stage.slack.say_as_other_bot(stage.channel, "Which priority should it have?", thread_ts=ts)

    reply(stage, ts, "high")
    stage.slack.say_as_other_bot(stage.channel, "Done, it is number 5.", thread_ts=ts)
    reply(stage, ts, "thanks")

    await is_only_answered_when_asked(stage, ts)


@pytest.mark.parametrize(
    "question",
    ["Which priority should it have?", "Which one?\n• low\n• high", "*Priorität?* <https://example.com|Help>"],
)
async def test_an_app_that_asks_without_being_asked_gets_its_answer_too(stage: Stage, question: str) -> None:
    ts = await begin(stage)
    stage.slack.say_as_other_bot(stage.channel, question, thread_ts=ts)

    reply(stage, ts, "high")

    await is_only_answered_when_asked(stage, ts)


async def test_what_follows_a_message_to_another_person_is_for_that_person(stage: Stage) -> None:
    ts = await begin(stage)
    reply(stage, ts, f"<@{stage.ben}> which one do you like?")

    reply(stage, ts, "I like the second")

    await is_only_answered_when_asked(stage, ts)


async def test_a_thread_that_a_new_conversation_reads_tells_with_whom_people_talk(stage: Stage) -> None:
    ts = await begin(stage)
    await stage.forget(ts)
    stage.slack.say_as_other_bot(stage.channel, "Which priority should it have?", thread_ts=ts)

    reply(stage, ts, "high")

    await is_only_answered_when_asked(stage, ts)


async def test_a_bot_that_was_away_knows_too_with_whom_people_talked(stage: Stage) -> None:
    ts = await begin(stage)
    await stage.bot.kill()
    stage.slack.say_as_other_bot(stage.channel, "Which priority should it have?", thread_ts=ts)
    reply(stage, ts, "high")

    await stage.bot.start()
    await stage.bot.logged("caught up")

    await is_only_answered_when_asked(stage, ts)


async def test_an_app_that_only_tells_something_does_not_come_between(stage: Stage) -> None:
    ts = await begin(stage)
    told = "The build is green: <https://example.com/?build=7>"
    stage.slack.say_as_other_bot(stage.channel, told, thread_ts=ts)
    stage.gemini.script(text("You are welcome."))

    reply(stage, ts, "thank you")

    assert await stage.answered(ts, times=2) == ["Hello.", "You are welcome."]


async def test_after_the_agent_was_asked_again_it_answers_without_a_mention_as_before(stage: Stage) -> None:
    ts = await begin(stage)
    stage.slack.say_as_other_bot(stage.channel, "Which priority should it have?", thread_ts=ts)
    reply(stage, ts, "high")
    await is_only_answered_when_asked(stage, ts)
    stage.gemini.script(text("Rainy."))

    reply(stage, ts, "and tomorrow?")

    assert await stage.answered(ts, times=3) == ["Hello.", "Sunny.", "Rainy."]
