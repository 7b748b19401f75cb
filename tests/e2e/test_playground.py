"""`make run` as a newcomer meets it: one command, a question, an answer, and nothing left behind."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.gemini.answers import text
from playground.processes import ManagedProcess
from playground.slack.emulator import SlackEmulator
from playground.temporal_server import free_port, is_in_use
from tests.e2e.stage import Stage

READY = "Ctrl-C"


@pytest.fixture
async def ports() -> dict[str, str]:
    names = ("PLAYGROUND_SLACK_PORT", "PLAYGROUND_TEMPORAL_PORT", "PLAYGROUND_TEMPORAL_UI_PORT")
    return {name: str(free_port()) for name in names}


@pytest.fixture
async def playground(ports: dict[str, str], tmp_path: Path) -> AsyncIterator[ManagedProcess]:
    run = ManagedProcess("playground", ports, ready=READY, directory=tmp_path)
    yield run
    await run.stop()


async def chat(ports: dict[str, str], *lines: str) -> list[str]:
    url = f"http://127.0.0.1:{ports['PLAYGROUND_SLACK_PORT']}"
    chat = ManagedProcess("playground.slack.chat", {}, ready="", arguments=["--url", url], typed="\n".join(lines))
    await chat.start(wait=False)
    assert await chat.ended() == 0, chat.lines
    return chat.lines


async def test_without_tokens_it_is_a_playground_that_says_what_is_real(
    playground: ManagedProcess, ports: dict[str, str]
) -> None:
    await playground.start()

    said = await chat(ports, "@agent are there any weather alerts where I am?", "and what is my name?")

    log = "\n".join(playground.lines)
    assert "a SCRIPTED stand-in" in log
    assert "SAMPLE data" in log
    assert any("New York" in line for line in said)


async def test_it_starts_again_what_was_killed_and_cleans_up_at_the_end(
    playground: ManagedProcess, ports: dict[str, str]
) -> None:
    await playground.start()
    worker = int(next(line for line in playground.lines if "kill -9" in line).split()[3])

    os.kill(worker, 9)
    await playground.logged("worker | is back")

    assert await chat(ports, "@agent are you there?")
    assert await playground.stop() == 0
    assert not any(is_in_use(int(port)) for port in ports.values())


async def test_a_port_in_use_is_named_with_the_setting_that_changes_it(
    playground: ManagedProcess, ports: dict[str, str]
) -> None:
    async with SlackEmulator(port=int(ports["PLAYGROUND_SLACK_PORT"])):
        await playground.start(wait=False)

        assert await playground.ended() == 2

    assert any("PLAYGROUND_SLACK_PORT" in line and "in use" in line for line in playground.lines)


async def test_with_tokens_it_is_the_real_slack_and_conversations_survive_a_restart(
    ports: dict[str, str], temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        environment = {**stage.environment, **ports}
        del environment["TEMPORAL_ADDRESS"]
        first = ManagedProcess("playground", environment, ready=READY, directory=tmp_path)
        second = ManagedProcess("playground", environment, ready=READY, directory=tmp_path)
        stage.processes += [first, second]
        stage.gemini.script(text("A heron."), text("The heron.").given(contains="remember the heron"))

        await first.start()
        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> remember the heron")
        await stage.answered(ts)
        assert await first.stop() == 0
        await second.start()
        stage.slack.say(stage.anna, stage.channel, "which one?", thread_ts=ts)

        assert await stage.answered(ts, times=2) == ["A heron.", "The heron."]
        assert await second.stop() == 0
        assert not any("PLAYGROUND" in line or "stand-in" in line for line in second.lines)
        stage.gemini.assert_script_finished()
