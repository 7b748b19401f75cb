"""A terminal chat with the agent in the local Slack: one person, who says lines and sees what Slack would show them."""

from __future__ import annotations

import asyncio
import re
from typing import TextIO

from emulators.slack.control_api.client import ControlClient, Directory, RefusedError
from emulators.slack.state.changes import Change
from playground.chat.streamed_lines import new_lines, whole_lines
from text.characters import for_terminal

POLL_SECONDS = 20.0
HELP = """\
What you type is said in the current thread. Commands:
    /dm              go to your direct messages with the agent
    /channel NAME    go to a channel; there, @agent in a message mentions the agent
    /thread N        go on in thread N; without a number, list the threads
    /new             the next message starts a new thread
    /help            this text
    /quit            leave
Lines from a pipe are said one after the other, each once the answer to the one before is complete."""


class Chat:
    """One person at one terminal. What Slack would show is written to `output`."""

    def __init__(self, client: ControlClient, directory: Directory, user: str, output: TextIO) -> None:
        self._client = client
        self._directory = directory
        self._user = user
        self._output = output
        self._channel = ""
        self._thread_ts: str | None = None
        self._threads: list[Change] = []  # the first message of each thread
        self._shown: dict[str, str] = {}  # the text that was shown of each message, by its ts
        self._growing: dict[str, Change] = {}  # the last change of each message that is being streamed, by its ts
        self._last = 0  # the number of the last change that was seen
        self._expects_answer = False

    async def start(self, channel: str | None) -> None:
        """Go to the channel (None: the direct messages), and remember the threads that exist."""
        for change in await self._client.changes(0, 0.0):
            self._note(change)
        await (self._enter_channel(channel) if channel else self._enter_direct_messages())

    async def take(self, line: str) -> bool:
        """Run a command or say a line. Returns False when the person wants to leave."""
        self._expects_answer = False
        try:
            return await self._command(line) if line.startswith("/") else await self._say(line)
        except RefusedError as refusal:
            self._print(f"({refusal})")
            return True

    async def watch(self) -> None:
        """Show every change, until cancelled."""
        while True:
            for change in await self._client.changes(self._last, POLL_SECONDS):
                self._show(change)

    async def wait_for_answer(self, seconds: float, quiet_seconds: float) -> bool:
        """Show changes until the answer to the last line is complete. Returns False if that takes over `seconds`.

        An answer is complete when the agent has posted in the thread, none of its messages is being streamed, the
        status line is empty, and nothing has changed for `quiet_seconds`.
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

    async def _command(self, line: str) -> bool:
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
            self._print(HELP)
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
        """The line as Slack's escaped text, with the @names of users as mentions."""
        ids = {name: key for key, name in self._directory.users.items()}
        escaped = line.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"@([\w.-]*\w)", lambda at: f"<@{ids[at[1]]}>" if at[1] in ids else at[0], escaped)

    def _note(self, change: Change) -> None:
        """Remember a change without showing it."""
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
            print(for_terminal(text), file=self._output, flush=True)
