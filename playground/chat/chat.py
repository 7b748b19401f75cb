"""A small terminal chat with the agent in the local Slack: python -m playground.chat.chat

What you type is said in the current thread. Commands:
    /dm              go to your direct messages with the agent
    /channel NAME    go to a channel; there, @agent in a message mentions the agent
    /thread N        go on in thread N; without a number, list the threads
    /new             the next message starts a new thread
    /help            this text
    /quit            leave
Lines from a pipe are said one after the other, each once the answer to the one before is complete.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import sys
import threading
from collections.abc import AsyncIterator
from typing import TextIO

import aiohttp

from emulators.slack.control_api.client import ControlClient, Directory, NotUpError, RefusedError
from emulators.slack.state.changes import Change
from playground.chat.growing import new_lines, whole_lines

DEFAULT_URL = "http://127.0.0.1:8065"
POLL_SECONDS = 20.0


class Chat:
    """One person at one terminal: where they are, what they say, and what Slack would show them."""

    def __init__(self, client: ControlClient, directory: Directory, user: str, output: TextIO) -> None:
        self._client = client
        self._directory = directory
        self._user = user
        self._output = output
        self._channel = ""
        self._thread_ts: str | None = None
        self._threads: list[Change] = []  # the first message of each
        self._shown: dict[str, str] = {}
        self._growing: dict[str, Change] = {}  # messages that are being streamed, as they are now
        self._last = 0
        self._expects_answer = False

    async def start(self, channel: str | None) -> None:
        """Go to the channel, or to the direct messages; threads from before can be continued."""
        for change in await self._client.changes(0, 0.0):
            self._note(change)
        await (self._enter_channel(channel) if channel else self._enter_direct_messages())

    async def take(self, line: str) -> bool:
        """Obey or say one line; False when the person wants to leave."""
        self._expects_answer = False
        try:
            return await self._obey(line) if line.startswith("/") else await self._say(line)
        except RefusedError as refusal:
            self._print(f"({refusal})")
            return True

    async def watch(self) -> None:
        """Show what changes, for as long as the chat lasts."""
        while True:
            for change in await self._client.changes(self._last, POLL_SECONDS):
                self._show(change)

    async def wait_for_answer(self, seconds: float, quiet_seconds: float) -> bool:
        """Show what changes until the answer is complete; False when it takes longer than `seconds`.

        It is complete when the agent has posted, nothing of it is being streamed, the status line is gone, and nothing
        has moved for `quiet_seconds`.
        """
        if not self._expects_answer:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._until_answered(quiet_seconds)
        except TimeoutError:
            return False
        return True

    async def _until_answered(self, quiet_seconds: float) -> None:
        answered = False
        while True:
            changes = await self._client.changes(self._last, quiet_seconds)
            for change in changes:
                self._show(change)
                answered = answered or (change.kind == "message" and self._is_answer(change))
            if not answered or changes or any(map(self._is_answer, self._growing.values())):
                continue
            if not await self._client.status(self._channel, self._thread_ts or ""):
                return

    async def _obey(self, line: str) -> bool:
        command, _, argument = line.strip().partition(" ")
        if command == "/quit":
            return False
        if command == "/dm":
            await self._enter_direct_messages()
        elif command == "/channel" and argument:
            await self._enter_channel(argument)
        elif command == "/thread":
            self._enter_thread(argument)
        elif command == "/new":
            self._thread_ts = None
            self._print("(the next message starts a new thread)")
        else:
            self._print(str(__doc__).partition("\n\n")[2].strip())
        return True

    async def _say(self, line: str) -> bool:
        if not line.strip():
            return True
        text = self._with_mentions(line)
        started = self._thread_ts is not None
        ts = await self._client.say(self._user, self._channel, text, self._thread_ts)
        self._thread_ts = self._thread_ts or ts
        direct = self._directory.channels[self._channel] == "directmessage"
        self._expects_answer = started or direct or self._directory.bot_user_id in text
        return True

    async def _enter_direct_messages(self) -> None:
        self._channel = await self._client.direct_messages(self._user)
        self._directory = await self._client.directory()
        self._thread_ts = None
        self._print(f"(direct messages with {self._directory.bot_name})")

    async def _enter_channel(self, name: str) -> None:
        wanted = name.removeprefix("#")
        found = [key for key, other in self._directory.channels.items() if wanted in (key, other)]
        if not found:
            raise RefusedError(f"there is no channel {wanted}")
        self._channel, self._thread_ts = found[0], None
        mention = f"@{self._directory.bot_name}"
        self._print(f"(#{self._directory.channels[self._channel]}; write {mention} to speak to the agent)")

    def _enter_thread(self, number: str) -> None:
        here = [change for change in self._threads if change.channel == self._channel]
        if number.isdigit() and 1 <= int(number) <= len(here):
            self._thread_ts = here[int(number) - 1].ts
            self._print(f"(thread {number}: {here[int(number) - 1].text})")
        else:
            lines = [f"{index}  {change.text}" for index, change in enumerate(here, start=1)]
            self._print("\n".join(lines) or "(no threads here yet)")

    def _with_mentions(self, line: str) -> str:
        """Slack's escaped text, with @names of users as mentions."""
        ids = {name: key for key, name in self._directory.users.items()}
        escaped = line.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"@([\w.-]*\w)", lambda at: f"<@{ids[at[1]]}>" if at[1] in ids else at[0], escaped)

    def _note(self, change: Change) -> None:
        """Remember the change without showing it."""
        self._last = max(self._last, change.number)
        if change.kind == "message" and change.ts == change.thread_ts:
            self._threads.append(change)
        if change.ts:
            self._shown[change.ts] = whole_lines(change)
            self._growing.pop(change.ts, None)
        if change.is_growing:
            self._growing[change.ts] = change

    def _show(self, change: Change) -> None:
        before, is_growth = self._shown.get(change.ts, ""), change.ts in self._growing
        self._note(change)
        text = self._shown.get(change.ts, "")
        if change.channel != self._channel or change.author == self._user:
            return
        if change.kind == "status":
            self._print(f"  … {change.text}" if change.text else "")
        elif change.kind == "message_deleted":
            self._print(f"{self._name(change)} took back: {change.text}")
        elif is_growth and before:
            self._print(new_lines(before, text))
        elif text != before:
            mark = "" if change.kind == "message" or is_growth else f" ({change.kind.removeprefix('message_')})"
            self._print(f"{self._name(change)}{mark}: {text}")

    def _is_answer(self, change: Change) -> bool:
        return change.from_app and (change.channel, change.thread_ts) == (self._channel, self._thread_ts)

    def _name(self, change: Change) -> str:
        return self._directory.users.get(change.author, change.author)

    def _print(self, text: str) -> None:
        if text:
            print(text, file=self._output, flush=True)


async def lines_of(source: TextIO) -> AsyncIterator[str]:
    """The lines of a terminal, a pipe or a file, without keeping the event loop waiting."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the chat is over and the loop is closed
            while line := source.readline():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    # A daemon, because nothing can interrupt a thread that waits for a key.
    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        yield line.rstrip("\n")


async def talk(chat: Chat, source: TextIO) -> None:
    """At a terminal: say what is typed while what changes is shown."""
    watching = asyncio.create_task(chat.watch())
    typing = asyncio.create_task(_take_all(chat, source))
    done, pending = await asyncio.wait({watching, typing}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def _take_all(chat: Chat, source: TextIO) -> None:
    async for line in lines_of(source):
        if not await chat.take(line):
            return


async def recite(chat: Chat, source: TextIO, output: TextIO, *, seconds: float, quiet_seconds: float) -> bool:
    """From a pipe: say each line and wait for its answer; False when one did not come within `seconds`."""
    async for line in lines_of(source):
        print(f"> {line}", file=output, flush=True)
        if not await chat.take(line):
            return True
        if not await chat.wait_for_answer(seconds, quiet_seconds):
            print(f"No complete answer within {seconds:g} s.", file=output, flush=True)
            return False
    return True


async def run(arguments: argparse.Namespace, source: TextIO, output: TextIO) -> int:
    """The exit code: 0 when all went well, 1 with a sentence in the output when it did not."""
    try:
        async with aiohttp.ClientSession() as session:
            client = ControlClient(session, arguments.url)
            directory = await client.directory()
            chat = Chat(client, directory, _person(directory, arguments.user), output)
            await chat.start(arguments.channel)
            if source.isatty():
                await talk(chat, source)
                return 0
            patience = {"seconds": arguments.seconds, "quiet_seconds": arguments.quiet_seconds}
            return 0 if await recite(chat, source, output, **patience) else 1
    except (NotUpError, RefusedError) as error:
        print(error, file=output, flush=True)
        return 1


def _person(directory: Directory, wanted: str | None) -> str:
    """The id of the wanted person, or of the first one there is."""
    people = {key: name for key, name in directory.users.items() if key not in directory.bots}
    found = [key for key, name in people.items() if wanted in (None, key, name)]
    if not found:
        raise RefusedError(f"There is no user {wanted}; there are: {', '.join(people.values())}")
    return found[0]


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground.chat.chat", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--url", default=os.environ.get("SLACK_EMULATOR_URL", DEFAULT_URL))
    parser.add_argument("--user", help="name or id of the person who writes; the first one by default")
    parser.add_argument("--channel", help="name or id of a channel; direct messages by default")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long to wait for each answer to a piped line")
    parser.add_argument("--quiet-seconds", type=float, default=1.5, help="silence after which an answer is complete")
    return parser.parse_args(words)


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(run(parse(), sys.stdin, sys.stdout)))
    except KeyboardInterrupt:
        sys.exit(130)
