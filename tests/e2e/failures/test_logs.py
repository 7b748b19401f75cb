"""What people say is in no log of any process, at no level, whatever they do and whatever fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from emulators.gemini.answers import calls, text
from emulators.gemini.faults import error
from slackbot.listeners.message_shortcut import ASK_ABOUT_MESSAGE
from tests.support.e2e.clumsy_worker import TRIPS_ACTIVITY, TRIPS_WORKFLOW
from tests.support.e2e.stage import Stage

SAID = "qzx"  # each text that a person, the model or a tool says begins with it; no other text contains it
ALERTS = "get_weather_alerts"


def ask(stage: Stage, words: str, thread_ts: str | None = None, **more: object) -> str:
    mention = f"<@{stage.slack.bot_user_id}> {SAID} {words}"
    return stage.slack.say(stage.anna, stage.channel, mention, thread_ts, **more)  # type: ignore[arg-type]


async def a_whole_conversation(stage: Stage) -> None:
    """A file, tools that answer and fail, an edit, a click of each kind, another try, a stop and a deletion."""
    stage.gemini.script(
        calls((ALERTS, {"state": "NY"}), (ALERTS, {"state": f"{SAID} nowhere"}), thought=f"{SAID} a thought"),
        text(f"{SAID} the first answer"),
        text(f"{SAID} another answer"),
    )
    files = [{"name": f"{SAID}-file.txt", "content": f"{SAID} in the file", "mimetype": "text/plain"}]
    ts = ask(stage, "the question", files=files)
    await stage.answered(ts)
    (post, *_) = [one for one in stage.slack.bot_posts(stage.channel, ts) if "the first answer" in one.text]
    stage.slack.press_button(stage.anna, stage.channel, post.ts, FEEDBACK_BUTTONS, f"good:{ts}")
    stage.slack.press_button(stage.anna, stage.channel, post.ts, TRY_AGAIN_BUTTON)
    await stage.answered(ts, times=2)
    stage.slack.rename_session(stage.anna, stage.channel, ts, f"{SAID} a title")
    stage.slack.use_shortcut(stage.anna, stage.channel, ts, ASK_ABOUT_MESSAGE)
    stage.slack.run_command(stage.anna, stage.channel, "/agent", f"{SAID} a command")
    stage.slack.open_app_home(stage.anna, "home")
    held = stage.gemini.hold()
    stage.gemini.script(text(f"{SAID} about the edit"))
    reply = ask(stage, "to be edited", ts)
    await held.reached()
    stage.slack.edit(stage.channel, reply, f"{SAID} edited")
    await stage.answered(ts, times=3)
    stage.slack.delete(stage.channel, reply)


async def what_fails(stage: Stage) -> None:
    """Gemini echoes the request in its errors, Slack refuses, an activity crashes, and the workflow's own code does."""
    echoes = f"{SAID} your request: key={stage.gemini.api_key}"
    stage.gemini.script(error(500, echoes), error(400, echoes))
    stage.slack.faults.add(method="chat.postMessage", kind="error", error="invalid_blocks", times=1)
    stage.slack.faults.add(method="chat.update", kind="internal_error", times=1)
    await stage.answered(ask(stage, "that Gemini refuses"))
    for trips in (TRIPS_ACTIVITY, TRIPS_WORKFLOW):
        stage.gemini.script(text(f"{SAID} after all"))
        await stage.answered(ask(stage, trips))


def secrets_of(stage: Stage) -> list[str]:
    return [SAID, stage.slack.bot_token, stage.slack.app_token, stage.gemini.api_key, "Anna Berg", "ticket="]


@pytest.mark.parametrize("log_format", ["lines", "json"])
async def test_no_log_holds_what_was_said_or_a_token(log_format: str, temporal_address: str, tmp_path: Path) -> None:
    loud = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": log_format, "AGENT_TITLES": "model"}
    async with Stage(temporal_address, tmp_path) as stage:
        stage.gemini.title_answer = text(f"{SAID} the model's title")
        for alert in stage.world.alerts["NY"]:
            alert["properties"]["headline"] = f"{SAID} a headline"
        stage.worker = stage.process("tests.support.e2e.clumsy_worker", ready="worker is ready", **loud)
        stage.bot = stage.process("slackbot", ready="bot is listening", **loud)
        await stage.start()

        await a_whole_conversation(stage)
        await what_fails(stage)
        await asyncio.gather(stage.worker.stop(), stage.bot.stop())

        lines = [line for process in (stage.worker, stage.bot) for line in process.lines]
        log = "\n".join(lines)
        assert [line for line in lines if any(secret in line for secret in secrets_of(stage))] == []
        stage.processes.clear()

    for told in (
        "activity failed",
        "ValidationError",
        "LookupError",
        "Python warns",
        "message stored",
        "UserWarning",
        "500 INTERNAL",
    ):
        assert told in log, f"the log does not tell of: {told}"
    assert "Failed activation on workflow" in log or "Failing workflow task" in log
