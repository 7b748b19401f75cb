"""Messages that arrive late, out of order or again: each is answered, and once."""

from __future__ import annotations

from pathlib import Path

from tests.support.durability.stage import BreakableStage
from tests.support.durability.talks import Talk


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
    processes: None, tmp_path: Path
) -> None:
    async with BreakableStage(tmp_path, behind=7_200, AGENT_IDLE_DAYS="0.00001") as stage:
        talk = Talk(stage, "closed")
        talk.ask()
        await stage.slack.until(lambda: talk.is_answered(1))
        await (await talk.workflow()).result()
        await stage.bot.stop()
        await stage.bot.start()  # another process, which remembers nothing

        stage.slack.redeliver(talk.channel, talk.ts)
        await stage.slack.until(lambda: sum("message stored" in line for line in stage.bot.lines) == 2)
        await (await talk.workflow()).result()
        assert talk.status == ""
        talk.ask_again()
        await stage.slack.until(lambda: talk.follow_up.name in talk.questions_answered)

        assert len(talk.answers) == 2, talk.answers
        assert talk.calls()["tool 1"] == 1
