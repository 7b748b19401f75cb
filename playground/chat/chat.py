"""A terminal chat with the agent in the local Slack: one person, who says lines and sees what Slack would show them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import TextIO

from emulators.slack.control_api.client import ControlClient, Directory, RefusedError
from emulators.slack.state.changes import Change
from playground.chat.display import Display
from playground.chat.files import file_and_text, read_file
from playground.chat.uses import Place, Uses
from text.characters import for_terminal

POLL_SECONDS = 20.0
EFFECT_SECONDS = 10.0  # how long a line from a pipe waits for what a button does
AGENT = "/agent"
DIRECT = "directmessage"  # the name of direct messages in a directory
HELP = """\
What you type is said in the current thread. Commands:
    /dm              go to your direct messages with the agent
    /channel NAME    go to a channel; there, @agent in a message mentions the agent
    /thread N        go on in thread N; without a number, list the threads
    /new             the next message starts a new thread
    /press WHAT      press a button, such as Approve; without a word, list what there is, with numbers
    /choose N WHAT   choose an option in menu N; several with commas between them
    /fill N TEXT     write into field N
    /submit, /close  submit the form that is open, or close it
    /file PATH TEXT  send a file, with or without a text; a path with spaces in quotes
    /edit TEXT       change your last message
    /delete          delete your last message
    /agent WORD      the agent's own command: status, stop, grants, help, or nothing for what it can do
    /help            this text
    /quit            leave
Lines from a pipe are said one after the other, each once the answer to the one before is complete."""


class Awaited(Enum):
    """What the person waits for after a line."""

    NOTHING = "nothing"
    ANSWER = "a message of the agent in the thread"
    EFFECT = "anything that a button changes"
    NOTICE = "a message that only this person sees"


class Chat:
    """One person at one terminal. What Slack would show is written to `output`."""

    def __init__(self, client: ControlClient, directory: Directory, user: str, output: TextIO) -> None:
        self._client = client
        self._directory = directory
        self._user = user
        self._output = output
        self._thread_ts: str | None = None
        self._own_ts = ""  # the last message that was written here
        self._last = 0  # the number of the last change that was seen
        self._form = ""  # the version of the open form that was shown; "" for none
        self._awaited = Awaited.NOTHING
        self._is_answered = False
        self._display = Display(user, self._print, lambda author: self._directory.users.get(author, author))
        self._uses = Uses(client, self._print)
        self._commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "dm": self._enter_direct_messages,
            "channel": self._enter_channel,
            "thread": self._enter_thread,
            "new": self._leave_thread,
            "press": self._press,
            "choose": self._choose,
            "fill": self._fill_in,
            "submit": self._submit,
            "close": self._close,
            "file": self._send_file,
            "edit": self._edit,
            "delete": self._delete,
            "agent": self._ask_agent,
            "help": self._help,
        }

    async def start(self, channel: str | None) -> None:
        """Go to the channel (None: the direct messages), and remember the threads and the form that exist."""
        changes, self._form = await self._client.news(0, 0.0, self._user, "")
        for change in changes:
            self._last = change.number
            self._display.note(change)
        await (self._enter_channel(channel) if channel else self._enter_direct_messages(""))

    async def take(self, line: str) -> bool:
        """Run a command or say a line. Returns False when the person wants to leave."""
        self._awaited = Awaited.NOTHING
        command, _, words = line.strip().partition(" ")
        if command == "/quit":
            return False
        try:
            if line.startswith("/"):
                await self._commands.get(command[1:], self._unknown)(words.strip())
            elif line.strip():
                await self._say(line)
        except RefusedError as refusal:
            self._print(f"({refusal})")
        return True

    async def watch(self) -> None:
        """Show every change, until cancelled."""
        while True:
            await self._show_news(POLL_SECONDS)

    async def wait_for_answer(self, seconds: float, quiet_seconds: float) -> bool:
        """Show changes until the answer to the last line is complete. Returns False if that takes over `seconds`.

        An answer is complete when the agent has posted in the thread, none of its messages is being streamed, the
        status line is empty, and nothing has changed for `quiet_seconds`. To a button it need not answer.
        """
        is_press = self._awaited == Awaited.EFFECT
        try:
            async with asyncio.timeout(min(seconds, EFFECT_SECONDS) if is_press else seconds):
                while self._awaited != Awaited.NOTHING:
                    is_quiet = not await self._show_news(quiet_seconds)
                    if is_quiet and await self._is_complete():
                        return True
        except TimeoutError:
            return is_press
        return True

    async def _show_news(self, seconds: float) -> bool:
        """Show what has changed within that time. Returns whether something has."""
        changes, form = await self._client.news(self._last, seconds, self._user, self._form)
        for change in changes:
            self._last = max(self._last, change.number)
            self._display.show(change)
            self._is_answered = self._is_answered or self._answers(change)
        is_new_form, self._form = form != self._form, form
        if is_new_form:
            self._is_answered = self._is_answered or self._awaited == Awaited.EFFECT
            await self._uses.show_form(self._place)
        return bool(changes) or is_new_form

    async def _is_complete(self) -> bool:
        if not self._is_answered or any(map(self._is_here, self._display.growing.values())):
            return False
        if self._awaited == Awaited.NOTICE or self._thread_ts is None:
            return True
        return not await self._client.status(self._display.channel, self._thread_ts)

    def _answers(self, change: Change) -> bool:
        """Whether the change is what the person waits for."""
        if self._awaited == Awaited.NOTICE:
            return change.kind == "ephemeral" and (change.channel, change.to) == (self._display.channel, self._user)
        is_one = change.kind == "message" or (self._awaited == Awaited.EFFECT and change.kind != "status")
        return is_one and change.to in ("", self._user) and self._is_here(change)

    def _is_here(self, change: Change) -> bool:
        return change.from_app and (change.channel, change.thread_ts) == (self._display.channel, self._thread_ts)

    def _await(self, what: Awaited) -> None:
        self._awaited, self._is_answered = what, False

    # Where one is

    @property
    def _place(self) -> Place:
        return Place(self._user, self._display.channel, self._thread_ts)

    async def _enter_direct_messages(self, _: str) -> None:
        self._display.channel = await self._client.direct_messages(self._user)
        self._directory = await self._client.directory()
        self._thread_ts = None
        self._print(f"(direct messages with {self._directory.bot_name})")

    async def _enter_channel(self, name: str) -> None:
        wanted = name.removeprefix("#")
        self._directory = await self._client.directory()
        rooms = {key: other for key, other in self._directory.channels.items() if other != DIRECT}
        found = [key for key, other in rooms.items() if wanted in (key, other)]
        if not found:
            there = f"there is no channel {wanted}" if wanted else "/channel needs a name"
            raise RefusedError(f"{there}; there are: {', '.join(rooms.values())}")
        self._display.channel, self._thread_ts = found[0], None
        mention = f"@{self._directory.bot_name}"
        self._print(f"(#{rooms[found[0]]}; write {mention} to speak to the agent)")

    async def _enter_thread(self, number: str) -> None:
        here = [change for change in self._display.threads if change.channel == self._display.channel]
        if number.isdigit() and 1 <= int(number) <= len(here):
            self._thread_ts = here[int(number) - 1].ts
            self._print(f"(thread {number}: {here[int(number) - 1].text})")
        else:
            lines = [f"{index}  {change.text}" for index, change in enumerate(here, start=1)]
            self._print("\n".join(lines) or "(no threads here yet)")

    async def _leave_thread(self, _: str) -> None:
        self._thread_ts = None
        self._print("(the next message starts a new thread)")

    # What one says

    async def _say(self, line: str, files: Mapping[str, bytes] | None = None) -> None:
        text = self._with_mentions(line)
        started, channel = self._thread_ts is not None, self._display.channel
        self._own_ts = await self._client.say(self._user, channel, text, self._thread_ts, files)
        self._thread_ts = self._thread_ts or self._own_ts
        is_direct = self._directory.channels[channel] == DIRECT
        if started or is_direct or self._directory.bot_user_id in text:
            self._await(Awaited.ANSWER)

    async def _send_file(self, words: str) -> None:
        name, text = file_and_text(words)
        await self._say(text, {Path(name).name: read_file(name)})

    async def _edit(self, words: str) -> None:
        if not (self._own_ts and words):
            raise RefusedError("/edit TEXT changes the last message that you have written here")
        await self._client.edit(self._user, self._display.channel, self._own_ts, self._with_mentions(words))
        self._print("(changed)")

    async def _delete(self, _: str) -> None:
        if not self._own_ts:
            raise RefusedError("you have written nothing here yet")
        await self._client.delete(self._user, self._display.channel, self._own_ts)
        if self._thread_ts == self._own_ts:
            self._thread_ts = None
        self._own_ts = ""
        self._print("(deleted)")

    def _with_mentions(self, line: str) -> str:
        """The line as Slack's escaped text, with the @names of users as mentions."""
        ids = {name: key for key, name in self._directory.users.items()}
        escaped = line.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"@([\w.-]*\w)", lambda at: f"<@{ids[at[1]]}>" if at[1] in ids else at[0], escaped)

    # What one presses

    async def _press(self, words: str) -> None:
        if not words:
            await self._uses.list_all(self._place)
            return
        await self._uses.press(self._place, words)
        self._await(Awaited.EFFECT)

    async def _choose(self, words: str) -> None:
        await self._uses.choose(self._place, words)

    async def _fill_in(self, words: str) -> None:
        await self._uses.fill_in(self._place, words)

    async def _submit(self, _: str) -> None:
        await self._client.submit(self._user)
        self._await(Awaited.EFFECT)
        self._print("(submitted)")

    async def _close(self, _: str) -> None:
        await self._client.close(self._user)
        self._print("(closed)")

    async def _ask_agent(self, words: str) -> None:
        await self._client.command(self._user, self._display.channel, AGENT, words)
        self._await(Awaited.NOTICE)

    async def _help(self, _: str) -> None:
        self._print(HELP)

    async def _unknown(self, _: str) -> None:
        self._print(f"(there is no such command)\n{HELP}")

    def _print(self, text: str) -> None:
        if text:
            print(for_terminal(text), file=self._output, flush=True)
