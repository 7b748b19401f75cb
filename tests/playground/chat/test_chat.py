"""The terminal chat, with a stand-in for the agent that answers over the real Web API."""

from __future__ import annotations

import asyncio
import io
import queue
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from emulators.slack.control_api.client import ControlClient
from emulators.slack.state.changes import Change
from playground.chat.__main__ import parse, run
from playground.chat.chat import Chat
from tests.support.emulators.scene import Scene


@pytest.fixture(autouse=True)
def token(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_EMULATOR_TOKEN", stage.slack.control_token)


Spoken = tuple[str, str, str]  # channel, thread_ts, text


@asynccontextmanager
async def _agent(stage: Scene, *, silent: bool = False, progress: bool = False) -> AsyncIterator[list[Spoken]]:
    """Answers every message of Anna's with a status and an answer and, with `progress`, a message that it updates."""
    heard: list[Spoken] = []

    async def answer() -> None:
        client = stage.client
        while True:
            await stage.slack.until(lambda: len(_said(stage)) > len(heard), seconds=60)
            channel, thread_ts, text = _said(stage)[len(heard)]
            heard.append((channel, thread_ts, text))
            if silent:
                continue
            await client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread_ts, status="is thinking…")
            if progress:
                posted = await client.chat_postMessage(channel=channel, thread_ts=thread_ts, text="working")
                await client.chat_update(channel=channel, ts=posted["ts"], text="worked")
            await client.chat_postMessage(channel=channel, thread_ts=thread_ts, text=f"you said {text}")

    answering = asyncio.create_task(answer())
    try:
        yield heard
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)


def _said(stage: Scene) -> list[Spoken]:
    channels = [stage.general, stage.slack.open_dm(stage.anna)]
    messages = [message for channel in channels for message in stage.slack.messages(channel)]
    return [
        (message.channel, message.root_ts, message.text)
        for message in sorted(messages, key=lambda message: message.ts)
        if message.user == stage.anna
    ]


async def _recite(stage: Scene, *lines: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
    output = io.StringIO()
    arguments = parse(["--url", stage.slack.url, "--user", "anna", "--quiet-seconds", "0.1", *options])
    code = await run(arguments, io.StringIO("".join(f"{line}\n" for line in lines)), output)
    return code, output.getvalue()


async def test_a_piped_line_is_said_and_its_whole_answer_is_shown(stage: Scene) -> None:
    async with _agent(stage, progress=True) as heard:
        code, output = await _recite(stage, "hello & goodbye", options=("--quiet-seconds", "1"))

    assert code == 0
    assert heard[0][0] == stage.slack.open_dm(stage.anna)
    assert heard[0][2] == "hello &amp; goodbye"
    assert output.splitlines() == [
        "(direct messages with agent)",
        "> hello & goodbye",
        "  … is thinking…",
        "agent: working",
        "agent (changed): worked",
        "agent: you said hello & goodbye",
    ]


async def test_nothing_that_is_said_steers_the_terminal(stage: Scene) -> None:
    async with _agent(stage):
        code, output = await _recite(stage, "\x1b]0;hi\x07 \x9b2J \N{RIGHT-TO-LEFT OVERRIDE}abc\tend")

    assert code == 0
    assert "you said ]0;hi 2J abc\tend" in output
    assert not {"\x1b", "\x07", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(output)


class _PatientClient(ControlClient):
    """Counts how often the chat has waited for a change in vain."""

    silences = 0

    async def news(self, after: int, seconds: float, user: str, form: str) -> tuple[list[Change], str]:
        found, form = await super().news(after, seconds, user, form)
        self.silences += not found
        return found, form


@asynccontextmanager
async def _waiting(stage: Scene, output: io.StringIO) -> AsyncIterator[tuple[_PatientClient, asyncio.Task[bool]]]:
    """Somebody who has said hello to the agent and waits for the answer."""
    async with aiohttp.ClientSession() as session:
        client = _PatientClient(session, stage.slack.url, stage.slack.control_token)
        chat = Chat(client, await client.directory(), stage.anna, output)
        await chat.start(None)
        await chat.take("hello")
        client.silences = 0
        waiting = asyncio.create_task(chat.wait_for_answer(60.0, 0.05))
        try:
            yield client, waiting
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


async def test_a_streamed_answer_is_waited_for_to_its_end_and_shown_line_by_line_with_its_steps(stage: Scene) -> None:
    task = {"type": "task_update", "id": "t1", "title": "Looking", "status": "in_progress"}
    direct, output, stream = stage.slack.open_dm(stage.anna), io.StringIO(), stage.client
    async with _waiting(stage, output) as (client, waiting):
        root = _said(stage)[0][1]
        ts = str((await stream.chat_startStream(channel=direct, thread_ts=root, chunks=[task]))["ts"])
        await stage.slack.until(lambda: "… Looking" in output.getvalue())
        more = [task | {"status": "complete"}, {"type": "markdown_text", "text": "One,\ntw"}]
        await stream.chat_appendStream(channel=direct, ts=ts, chunks=more)
        await stage.slack.until(lambda: "One," in output.getvalue())
        client.silences = 0
        await stage.slack.until(lambda: client.silences >= 3)
        is_over_too_early = waiting.done()
        await stream.chat_stopStream(channel=direct, ts=ts, markdown_text="o.")

        assert (await waiting, is_over_too_early) == (True, False)
    assert output.getvalue().splitlines()[1:] == ["agent: … Looking", "✓ Looking", "One,", "two."]


@pytest.mark.parametrize("end", ["death", "deletion"])
async def test_a_stream_that_is_never_ended_does_not_keep_the_chat_waiting(stage: Scene, end: str) -> None:
    direct, output = stage.slack.open_dm(stage.anna), io.StringIO()
    async with _waiting(stage, output) as (_, waiting):
        root = _said(stage)[0][1]
        answer = await stage.client.chat_startStream(channel=direct, thread_ts=root, markdown_text="One,\ntw")
        await stage.slack.until(lambda: "agent: One," in output.getvalue())
        if end == "death":
            stage.slack.clock.advance(300.0)
        else:
            await stage.client.chat_delete(channel=direct, ts=str(answer["ts"]))

        assert await waiting
    assert output.getvalue().splitlines()[2:] == (["tw"] if end == "death" else ["agent took back: One,", "tw"])


async def test_an_update_of_a_finished_stream_is_shown_as_one(stage: Scene) -> None:
    direct, output = stage.slack.open_dm(stage.anna), io.StringIO()
    async with _waiting(stage, output) as (_, waiting):
        start: dict[str, Any] = {"channel": direct, "thread_ts": _said(stage)[0][1]}
        first = str((await stage.client.chat_startStream(**start, markdown_text="One"))["ts"])
        second = str((await stage.client.chat_startStream(**start, markdown_text="Three"))["ts"])
        await stage.client.chat_stopStream(channel=direct, ts=first)
        await stage.client.chat_update(channel=direct, ts=first, text="Two")
        await stage.client.chat_stopStream(channel=direct, ts=second)

        assert await waiting
    assert output.getvalue().splitlines()[1:] == ["agent: One", "agent (changed): Two", "agent: Three"]


async def test_lines_go_on_in_the_same_thread_until_a_new_one_is_asked_for(stage: Scene) -> None:
    async with _agent(stage) as heard:
        await _recite(stage, "one", "two", "/new", "three")

    threads = [thread_ts for _, thread_ts, _ in heard]
    assert threads[0] == threads[1] != threads[2]


async def test_in_a_channel_the_agents_name_becomes_a_mention(stage: Scene) -> None:
    async with _agent(stage) as heard:
        code, _ = await _recite(stage, "@agent hello @nobody", options=("--channel", "general"))

    assert code == 0
    assert heard[0][2] == f"<@{stage.slack.bot_user_id}> hello @nobody"


async def test_a_line_that_is_not_for_the_agent_is_not_waited_for(stage: Scene) -> None:
    code, output = await _recite(stage, "/channel general", "just talking")

    assert (code, output.splitlines()[-1]) == (0, "> just talking")


async def test_threads_are_listed_and_continued_by_number(stage: Scene) -> None:
    first = stage.slack.say(stage.anna, stage.general, "the first")
    stage.slack.say(stage.anna, stage.general, "the second")
    async with _agent(stage, silent=True) as heard:
        _, output = await _recite(
            stage, "/thread", "/thread 1", "more", options=("--channel", "general", "--seconds", "0.1")
        )

    assert "1  the first" in output
    assert "2  the second" in output
    assert (stage.general, first, "more") in _said(stage)
    assert heard[0][1] == first


async def test_an_answer_that_does_not_come_ends_with_a_sentence(stage: Scene) -> None:
    code, output = await _recite(stage, "hello", options=("--seconds", "0.1"))

    assert code == 1
    assert output.endswith("No complete answer within 0.1 s.\n")


async def test_unknown_people_and_channels_are_named(stage: Scene) -> None:
    nobody = await _recite(stage, options=("--user", "nobody"))
    _, output = await _recite(stage, "/channel nowhere", "/dance")

    assert nobody == (1, "There is no user nobody; there are: anna\n")
    assert "(there is no channel nowhere; there are: general)" in output
    assert "/quit            leave" in output


class _Keyboard(io.StringIO):
    """A terminal at which the test types."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: queue.Queue[str] = queue.Queue()

    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:  # type: ignore[override]
        return self.typed.get()


async def test_at_a_terminal_answers_appear_while_one_can_type(stage: Scene) -> None:
    keyboard, output = _Keyboard(), io.StringIO()
    async with _agent(stage):
        chatting = asyncio.create_task(run(parse(["--url", stage.slack.url]), keyboard, output))
        keyboard.typed.put("hello\n")
        await stage.slack.until(lambda: "agent: you said hello" in output.getvalue())
        keyboard.typed.put("/quit\n")
        code = await chatting
        keyboard.typed.put("")

    assert code == 0


async def test_the_chat_ends_with_a_sentence_when_the_emulator_is_not_up(processes: None) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "playground.chat", "--url", "http://127.0.0.1:9"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()

    assert process.returncode == 1
    assert output.decode() == "Nothing that is a playground answers at http://127.0.0.1:9. Start it first: make run\n"
