"""A thread of many people: one who asks in it sees at once that the agent thinks, and waits for no name."""

from __future__ import annotations

from pathlib import Path

from agent_worker.payloads import errors
from agent_worker.slack.messages import MOST_NAMED
from agent_worker.workflow.access import ASK_AGAIN
from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage

CROWD = 100
SLACK_GIVES_UP = 400  # seconds: three attempts, the last five minutes after the others


def a_crowded_thread(stage: Stage) -> str:
    """A thread in which each of a hundred people has written."""
    root = stage.slack.say(stage.ben, stage.channel, "who is in?")
    for number in range(CROWD):
        person = stage.slack.add_user(f"person{number}")
        stage.slack.join(person, stage.channel)
        stage.slack.say(person, stage.channel, f"I am number {number}", thread_ts=root)
    return root


async def test_the_status_comes_first_and_an_answer_does_not_wait_for_a_hundred_names(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, rate_limits=True) as stage:
        root = a_crowded_thread(stage)
        stage.slack.clock.advance(SLACK_GIVES_UP)  # the agent hears of none of it
        await stage.start()
        stage.gemini.script(text("All of them.").given(contains="I am number 99"))
        stage.slack.faults.add(method="users.info", kind="slow", seconds=2, times=None)

        stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> who is in?", thread_ts=root)
        await stage.slack.until(lambda: stage.slack.status(stage.channel, root) and not stage.calls("users.info"))

        assert await stage.answered(root, seconds=15) == ["All of them."]
        assert stage.calls("users.info") <= MOST_NAMED + 2
        assert [call.method for call in stage.slack.calls if call.outcome != "ok"] == []
        stage.gemini.assert_script_finished()


async def test_an_opening_that_takes_too_long_each_time_ends_in_a_plain_notice(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("tests.support.e2e.impatient_worker", ready="worker is ready")
        await stage.start()
        stage.gemini.script(text("Here I am."))
        root = stage.slack.say(stage.ben, stage.channel, "a thread")
        stage.slack.faults.add(method="conversations.replies", kind="slow", seconds=20, times=None)

        stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> what is it?", thread_ts=root)

        assert await stage.answered(root) == [errors.sentence(errors.OUT_OF_TIME)]
        stage.slack.faults.clear()
        stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> and now?", thread_ts=root)
        assert (await stage.answered(root, times=2))[-1] == "Here I am."
        stage.gemini.assert_script_finished()


async def test_a_person_of_whom_slack_never_tells_keeps_nobody_waiting(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        await stage.start()
        bot = f"<@{stage.slack.bot_user_id}>"
        stage.gemini.script(text("Hello."), text("Yes, Anna."))
        root = stage.slack.say(stage.anna, stage.channel, f"{bot} hello")
        await stage.answered(root)
        stage.slack.faults.add(method="users.info", kind="error", error="fatal_error", times=None)

        stage.slack.say(stage.ben, stage.channel, f"{bot} I am nobody", thread_ts=root)
        stage.slack.say(stage.anna, stage.channel, f"{bot} and I?", thread_ts=root)

        assert await stage.answered(root, times=2) == ["Hello.", "Yes, Anna."]
        await stage.slack.until(lambda: stage.slack.ephemerals(stage.channel, stage.ben))
        whispers = [stage.slack.visible_text(line) for line in stage.slack.ephemerals(stage.channel, stage.ben)]
        assert whispers == [ASK_AGAIN]
        assert "I am nobody" not in str(stage.gemini.requests[-1].contents)
