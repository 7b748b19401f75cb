"""`python -m agent_worker.ask`: the same agent from a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from emulators.gemini.answers import calls, text
from tests.support.agent_worker.model_lines import undated
from tests.support.e2e.stage import Stage

ASK = "agent_worker.ask"


def moment(at: str) -> datetime:
    return datetime.strptime(at, "%a %Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)


async def test_a_question_from_the_terminal_shows_its_steps_and_its_answer(stage: Stage) -> None:
    stage.gemini.script(
        calls(("get_weather_alerts", {"state": "NY"}), ("get_location_info", {"ipaddress": "10.0.0.1"})),
        text("It will **rain**."),
    )
    ask = stage.process(ASK, ready="", arguments=["are there any weather alerts", "for New York?"])

    await ask.start(wait=False)
    code = await ask.ended()

    assert code == 0
    assert ask.lines[0] == "… thinking"
    assert '… Weather alerts for New York [get_weather_alerts {"state":"NY"}]' in ask.lines
    assert '✓ Weather alerts for New York [get_weather_alerts {"state":"NY"}]' in ask.lines
    assert any(line.startswith("✗") and "get_location_info" in line for line in ask.lines)
    assert ask.lines[-1] == "It will **rain**."
    (part,) = stage.gemini.requests[0].contents[0]["parts"]
    assert undated(json.loads(part["text"])) == {"text": "are there any weather alerts for New York?"}
    assert abs(moment(json.loads(part["text"])["at"]) - datetime.now(UTC)) < timedelta(minutes=10)
    assert stage.slack.messages(stage.channel) == []


async def test_nothing_that_the_model_says_steers_the_terminal(stage: Stage) -> None:
    escapes = "\x1b[2J\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x9b31m \N{RIGHT-TO-LEFT OVERRIDE}txt.exe"
    stage.gemini.script(calls(("get_weather_alerts", {"state": "\x9b31m"})), text(f"It is\n{escapes}"))
    ask = stage.process(ASK, ready="", arguments=["what is it?"])

    await ask.start(wait=False)

    assert await ask.ended() == 0
    assert ask.lines[-1] == "[2J]8;;https://evil.examplelink]8;; 31m txt.exe"
    assert not any(set(line) & {"\x1b", "\x07", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}"} for line in ask.lines)


async def test_a_worker_without_a_bot_token_says_so_and_serves_the_terminal(stage: Stage) -> None:
    await stage.worker.stop()
    stage.gemini.script(text("Hello."))
    lonely = stage.process("agent_worker", ready="worker is ready", SLACK_BOT_TOKEN="")

    await lonely.start()
    ask = stage.process(ASK, ready="", arguments=["hello"])
    await ask.start(wait=False)

    assert await ask.ended() == 0
    assert any("no SLACK_BOT_TOKEN" in line for line in lonely.lines)


async def test_a_question_that_cannot_be_answered_is_answered_plainly(stage: Stage) -> None:
    ask = stage.process(ASK, ready="", arguments=[])

    await ask.start(wait=False)

    assert await ask.ended() == 2
