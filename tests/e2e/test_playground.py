"""`make run` as a newcomer meets it: one command, a question, an answer, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.gemini.answers import text
from emulators.slack.emulator import SlackEmulator
from playground.processes import ManagedProcess
from playground.temporal_server import free_port, is_in_use
from tests.support.agent_worker.agents import write
from tests.support.e2e.stage import Stage
from tests.support.playground.listening import ports_of, told_by_another_name
from tests.support.playground.running import READY, page_of


@pytest.fixture
async def ports(processes: None) -> dict[str, str]:
    names = ("PLAYGROUND_SLACK_PORT", "PLAYGROUND_TEMPORAL_PORT")
    return {name: str(free_port()) for name in names}


@pytest.fixture
async def playground(ports: dict[str, str], tmp_path: Path) -> AsyncIterator[ManagedProcess]:
    run = ManagedProcess("playground", ports, ready=READY, directory=tmp_path)
    yield run
    await run.stop()


PATHS = ("/", "/page/live", "/playground/state", "/api/auth.test", "/api/v1/namespaces", "/healthz", "/metrics")


async def leaks(playground: ManagedProcess, secret: str) -> list[tuple[int, str, str]]:
    """What any port of the playground's processes tells a page on the web whose name points to this machine."""
    pids = [playground.pid, *children_of(playground.pid)]
    ports = set().union(*map(ports_of, pids))
    told = [(port, path, (await told_by_another_name(port, path))[1]) for port in ports for path in PATHS]
    return [one for one in told if any(word in one[2] for word in (secret, "<html", '"namespaces"', "user_id"))]


def children_of(pid: int) -> list[int]:
    """The processes that it has started, and those that these have started."""
    own = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*own, *(child for one in own for child in children_of(one))]


def modes(directory: Path) -> set[int]:
    """The permissions of the directory and of all that is in it."""
    return {path.stat().st_mode & 0o777 for path in [directory, *directory.rglob("*")]}


def is_alive(pid: int) -> bool:
    """Whether it still runs; one that has ended and that nobody has asked after does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def chat(directory: Path, *lines: str) -> list[str]:
    """What the chat in a terminal shows to somebody who starts it where the playground was started."""
    chat = ManagedProcess("playground.chat", {}, ready="", typed="\n".join(lines), directory=directory)
    await chat.start(wait=False)
    assert await chat.ended() == 0, chat.lines
    return chat.lines


async def test_without_tokens_it_is_a_playground_that_says_what_is_real(
    playground: ManagedProcess, ports: dict[str, str], tmp_path: Path
) -> None:
    await playground.start()

    said = await chat(tmp_path, "@agent are there any weather alerts where I am?", "and what is my name?")

    (line,) = [line for line in playground.lines if " | " not in line]
    assert playground.lines[0] == line
    assert f"http://127.0.0.1:{ports['PLAYGROUND_SLACK_PORT']}" in line
    assert "a SCRIPTED stand-in" in line
    assert "SAMPLE data" in line
    assert any("New York" in line for line in said)


async def test_it_starts_again_what_was_killed_and_cleans_up_at_the_end(
    playground: ManagedProcess, ports: dict[str, str], tmp_path: Path
) -> None:
    await playground.start()
    async with page_of(ports) as page:
        os.kill(page.shown["process/worker"]["pid"], 9)
        await page.until(lambda: page.shown["process/worker"]["restarts"] and page.shown["process/worker"]["is_up"])
        pids = [process["pid"] for process in page.all("process").values()]

    assert await chat(tmp_path, "@agent are you there?")
    assert len(pids) == 3
    assert await playground.stop() == 0
    assert not any(is_in_use(int(port)) for port in ports.values())
    assert not any(map(is_alive, pids))


async def test_no_page_on_the_web_and_no_other_person_of_the_machine_reads_what_is_said(
    playground: ManagedProcess, tmp_path: Path
) -> None:
    kept = tmp_path / ".run" / "playground"
    kept.mkdir(parents=True)
    (kept / "notes").write_text("left open by an earlier run")
    await playground.start()

    await chat(tmp_path, "@agent tell me a haiku about xylophones")

    assert await leaks(playground, "xylophones") == []
    assert modes(tmp_path / ".run") == {0o700, 0o600}


async def test_the_tokens_of_the_next_run_are_new_and_only_with_them_one_can_speak(
    ports: dict[str, str], tmp_path: Path
) -> None:
    tokens = []
    for _ in range(2):
        run = ManagedProcess("playground", ports, ready=READY, directory=tmp_path)
        await run.start()
        tokens.append(json.loads((tmp_path / ".run/playground/chat.json").read_text())["token"])
        stranger = ManagedProcess("playground.chat", {"SLACK_EMULATOR_TOKEN": tokens[0]}, ready="", directory=tmp_path)
        await stranger.start(wait=False)
        codes = await stranger.ended()
        assert await run.stop() == 0

    assert tokens[0] != tokens[1]
    assert codes == 1
    assert stranger.lines[0].startswith("the token is not the one of this run")


async def test_whoever_presses_ctrl_c_twice_leaves_nothing_behind(
    playground: ManagedProcess, ports: dict[str, str]
) -> None:
    await playground.start()
    async with page_of(ports) as page:
        pids = [process["pid"] for process in page.all("process").values()]

    os.kill(pids[0], signal.SIGSTOP)  # Temporal hangs, and with it whoever waits for it
    os.kill(playground.pid, signal.SIGINT)
    await playground.logged("stopping signal=SIGTERM")
    os.kill(playground.pid, signal.SIGINT)

    assert await playground.ended() == 128 + signal.SIGINT
    while any(map(is_alive, pids)):  # noqa: ASYNC110  killed, and gone a moment later
        await asyncio.sleep(0.02)


async def test_conversations_go_on_after_a_restart(ports: dict[str, str], tmp_path: Path) -> None:
    first = ManagedProcess("playground", ports, ready=READY, directory=tmp_path)
    second = ManagedProcess("playground", ports, ready=READY, directory=tmp_path)
    try:
        await first.start()
        async with page_of(ports) as page:
            place = page.place("anna", "general")
            hello = f"<@{page.shown['bot']['user_id']}> my name is Anna, hello"
            ts = (await page.visitor.do("say", **place, text=hello))["ts"]
            await page.until(lambda: page.answers(ts))
        assert await first.stop() == 0

        await second.start()
        async with page_of(ports) as page:
            assert page.place("anna", "general") == place
            assert len(page.answers(ts)) == 1
            await page.visitor.do("say", **place, text="what is my name?", thread_ts=ts)
            await page.until(lambda: len(page.answers(ts)) == 2)
            status, inside = await page.visitor.get("/page/inside", channel=place["channel"], thread_ts=ts)
    finally:
        await first.stop()
        await second.stop()

    assert "Your name is Anna" in page.answers(ts)[-1].replace("*", "")
    assert (status, inside["status"]) == (200, "running")
    told = [step["title"] for step in inside["steps"] if step["kind"] == "signal"]
    assert [title for title in told if "told again" not in title] == [
        "Anna wrote “@agent my name is Anna, hello”",
        "Anna wrote “what is my name?”",
    ]


async def test_what_is_broken_in_the_page_costs_no_answer(playground: ManagedProcess, ports: dict[str, str]) -> None:
    await playground.start()
    async with page_of(ports) as page:
        for what in ("gemini", "tools", "slack", "temporal"):
            await page.visitor.break_("away", what=what, is_away=True)
        place = page.place("anna", "general")
        ask = f"<@{page.shown['bot']['user_id']}> are there any weather alerts for New York?"
        ts = (await page.visitor.do("say", **place, text=ask))["ts"]
        assert (await page.visitor.get("/page/inside", channel=place["channel"], thread_ts=ts))[0] == 503
        assert all(one["is_away"] for one in page.all("away").values())

        for what in ("temporal", "slack", "tools", "gemini"):
            await page.visitor.break_("away", what=what, is_away=False)
        await page.visitor.break_("lose_reply")
        await page.visitor.break_("kill", process="bot")
        await page.until(lambda: page.answers(ts))

    assert "2 active alerts" in page.answers(ts)[0]
    assert len(page.answers(ts)) == 1


async def test_each_channel_has_its_agent_and_only_one_of_them_can_tell_the_time(
    playground: ManagedProcess, ports: dict[str, str]
) -> None:
    await playground.start()
    async with page_of(ports) as page:
        ask = f"<@{page.shown['bot']['user_id']}> what time is it in Tokyo?"
        asked = {name: page.place("anna", name) for name in ("time", "general")}
        threads = {name: (await page.visitor.do("say", **place, text=ask))["ts"] for name, place in asked.items()}
        await page.until(lambda: all(page.answers(ts) for ts in threads.values()))
        where = {"channel": asked["time"]["channel"], "thread_ts": threads["time"]}
        _, inside = await page.visitor.get("/page/inside", **where)

    assert re.search(r"It is \*?\*?\d\d:\d\d\*?\*? in Tokyo", page.answers(threads["time"])[0])
    assert "I cannot tell the time" in page.answers(threads["general"])[0]
    (call,) = [step for step in inside["steps"] if step["kind"] == "tool"]
    assert (call["title"], call["asked"]) == ("time: get_current_time", '{"timezone": "Asia/Tokyo"}')
    assert '"timezone": "Asia/Tokyo"' in call["returned"]
    assert any(step["title"].endswith("for the agent timekeeper") for step in inside["steps"])


async def test_a_new_file_of_an_agent_takes_effect_while_it_runs(ports: dict[str, str], tmp_path: Path) -> None:
    agents = tmp_path / "agents"
    write(agents, "default", "")
    run = ManagedProcess("playground", {**ports, "AGENTS_DIR": str(agents)}, ready=READY, directory=tmp_path)
    try:
        await run.start()
        async with page_of(ports) as page:
            write(agents, "mine", 'channels: [mine]\ngreeting: It is mine.\ntools: ["time__*"]')
            await page.until(lambda: any(one.get("name") == "mine" for one in page.all("agent").values()))
            place = page.place("anna", "mine")
            await page.until(lambda: page.shown["process/worker"]["restarts"] and page.shown["process/worker"]["is_up"])
            ask = f"<@{page.shown['bot']['user_id']}> what time is it in Tokyo?"
            ts = (await page.visitor.do("say", **place, text=ask))["ts"]
            await page.until(lambda: page.answers(ts))
    finally:
        await run.stop()

    assert " in Tokyo" in page.answers(ts)[0]


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
        assert await leaks(first, "heron") == []
        assert modes(tmp_path / ".run") == {0o700, 0o600}
        assert await first.stop() == 0
        await second.start()
        stage.slack.say(stage.anna, stage.channel, "which one?", thread_ts=ts)

        assert await stage.answered(ts, times=2) == ["A heron.", "The heron."]
        assert await second.stop() == 0
        assert not any("PLAYGROUND" in line or "stand-in" in line for line in second.lines)
        stage.gemini.assert_script_finished()
