"""Messages that arrive late, out of order or again: each is answered, and once."""

from __future__ import annotations

from tests.durability.stage import BreakableStage
from tests.durability.talks import Talk


async def test_a_reply_that_overtakes_its_mention_is_answered_too(stage: BreakableStage) -> None:
    talk = Talk(stage, "overtaken")
    await stage.bot.kill()
    talk.ask()
    await stage.bot.start()

    talk.ask_again()
    await stage.slack.until(lambda: any(one.channel == talk.channel and one.acked for one in stage.slack.deliveries))
    await stage.all_acknowledged([talk.channel])

    await stage.slack.until(lambda: {talk.question.name, talk.follow_up.name} <= set(talk.questions_answered))


async def test_a_first_message_that_comes_again_after_its_conversation_has_closed_is_not_answered_again(
    stage: BreakableStage,
) -> None:
    talk = Talk(stage, "forgotten")
    talk.ask()
    await stage.slack.until(lambda: talk.is_answered(1))
    stage.channel = talk.channel
    await stage.forget(talk.ts)
    await stage.bot.stop()
    await stage.bot.start()  # another process, which remembers nothing

    stage.slack.redeliver(talk.channel, talk.ts)
    await stage.bot_has_seen_all()
    talk.ask_again()
    await stage.slack.until(lambda: talk.follow_up.name in talk.questions_answered)

    assert talk.questions_answered == [talk.question.name, talk.follow_up.name]
