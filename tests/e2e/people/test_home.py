"""The Home tab lists a person's own conversations, however many others there are."""

from __future__ import annotations

from functools import partial

from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage
from tests.support.slackbot.conversations import eventually

OTHERS = 300
AT_ONCE = 25  # a slow machine does not acknowledge all of them within 3 s, and the others come again after a minute


async def test_a_persons_one_conversation_is_listed_among_300_newer_ones_of_others(stage: Stage) -> None:
    stage.gemini.script(text("Yes."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> are you there?")
    await stage.answered(ts)
    await stage.worker.kill()  # nobody answers the others: their conversations are open and newer
    for _ in range(OTHERS // AT_ONCE):
        others = [
            stage.slack.say(stage.ben, stage.channel, f"<@{stage.slack.bot_user_id}> and for me?")
            for _ in range(AT_ONCE)
        ]
        await stage.slack.until(partial(_are_acknowledged, stage, others), seconds=90)

    await stage.bot.kill()
    await stage.bot.start()

    assert await eventually(lambda: _own_link(stage, ts))


def _are_acknowledged(stage: Stage, asked: list[str]) -> bool:
    return all(map(stage.is_acknowledged, asked))


async def _own_link(stage: Stage, ts: str) -> bool:
    """Whether the page that Anna opens now shows her conversation and none of the others."""
    stage.slack.open_app_home(stage.anna, "home")
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    page = stage.slack.home(stage.anna) or {"blocks": []}
    actions = [block for block in page["blocks"] if block["type"] == "actions"]
    links = [button["url"] for block in actions for button in block["elements"] if "url" in button]
    return len(links) == 1 and ts.replace(".", "") in links[0]
