"""The part of `SlackEmulator` that shows what is there, and waits for something to come true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from emulators.slack.backend import Backend
from emulators.slack.events.deliveries import Delivery
from emulators.slack.state.messages import Ephemeral, Message
from emulators.slack.state.statuses import Session
from emulators.slack.web_api.endpoint import ApiCall, WebApi
from emulators.slack.web_api.file_transfers import Download, FileTransfers

RECHECK_SECONDS = 0.05
SHOWN_CALLS = 40

Value = TypeVar("Value")


class NotReachedError(AssertionError):
    """The condition did not come true in time. The text shows the threads, deliveries and calls as they are."""


class Observation:
    """Only looks: nothing here changes the workspace."""

    _backend: Backend
    _web_api: WebApi
    _transfers: FileTransfers

    # Messages and files

    def messages(self, channel: str) -> list[Message]:
        """Everything visible in the channel and its threads, oldest first."""
        return list(self._backend.workspace.channels[channel].messages.values())

    def thread(self, channel: str, thread_ts: str) -> list[Message]:
        """The root and its replies, oldest first; empty if there is no such root."""
        return self._backend.workspace.thread(channel, thread_ts)

    def bot_posts(self, channel: str, thread_ts: str) -> list[Message]:
        """The app's own visible messages in the thread."""
        return [message for message in self.thread(channel, thread_ts) if message.user == self._backend.bot_user]

    def ephemerals(self, channel: str, user: str | None = None) -> list[Ephemeral]:
        """The ephemeral messages of the channel: of all people, or of `user`."""
        shown = [message for message in self._backend.workspace.ephemerals if message.channel == channel]
        return [message for message in shown if user in (None, message.to)]

    def visible_text(self, shown: Message | Mapping[str, Any]) -> str:
        """What a person reads in a message or a view: the blocks as text, or the text, with names in place of ids."""
        reader = self._backend.reader
        return reader.message(shown) if isinstance(shown, Message) else reader.blocks(shown["blocks"])

    def name(self, user: str) -> str:
        """The name of a person or an app; the id if there is nobody with that id."""
        person = self._backend.workspace.users.get(user)
        return person.name if person else user

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message, as chat.getPermalink gives it. Raises KeyError if there is no such message."""
        return self._backend.shapes.permalink(self._backend.workspace.channels[channel].messages[ts])

    def file_content(self, file_id: str) -> bytes:
        """The bytes of a file, also of one that the app has uploaded. Raises KeyError if there is no such file."""
        return self._backend.files.content(file_id)

    @property
    def downloads(self) -> list[Download]:
        """Each request for a file, in order."""
        return self._transfers.downloads

    # What a thread shows of the agent, and the app's pages

    def status(self, channel: str, thread_ts: str) -> str:
        """The status line of the thread, "" if there is none."""
        return self._backend.statuses.text(channel, thread_ts)

    def status_log(self, channel: str, thread_ts: str) -> list[tuple[float, str]]:
        """Each change of the status line with its time; "" is the line disappearing."""
        return self._backend.statuses.log(channel, thread_ts)

    def session(self, channel: str, thread_ts: str) -> Session | None:
        """The agent session of the thread."""
        return self._backend.statuses.sessions.get((channel, thread_ts))

    async def shows_stop(self, channel: str, thread_ts: str) -> None:
        """Waits until Slack shows its own Stop in the thread: the agent's status has arrived."""

        def is_processing() -> bool:
            session = self.session(channel, thread_ts)
            return session is not None and session.status == "processing"

        await self.until(is_processing)

    def suggested_prompts(self, channel: str, thread_ts: str | None = None) -> list[dict[str, str]]:
        """The prompts in a thread or, without `thread_ts`, at the top of the direct messages."""
        return self._backend.suggestions.get(channel, thread_ts or "").prompts

    def home(self, user: str) -> dict[str, Any] | None:
        """The view that the person's Home tab shows."""
        return self._backend.views.homes.get(user)

    def modal(self, user: str) -> dict[str, Any] | None:
        """The view that the person has open."""
        return self._backend.views.modals.get(user)

    def modal_errors(self, user: str) -> dict[str, str]:
        """What the person's modal says is wrong, by block_id."""
        return self._backend.views.errors.get(user, {})

    # The app's calls, events and connections

    @property
    def calls(self) -> list[ApiCall]:
        """Every call of the Web API, in the order in which they ended."""
        return self._web_api.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """How the delivery of each event stands now."""
        return self._backend.deliveries.snapshots()

    @property
    def connections(self) -> int:
        """How many connections the app has open."""
        return self._backend.sockets.connections

    async def until(self, condition: Callable[[], Value], seconds: float = 60) -> Value:
        """Wait for a true value of the condition and return it. Raises NotReachedError after `seconds` of real time.

        The condition is tried at each change, and every 50 ms.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + seconds
        while True:
            value = condition()
            if value:
                return value
            if now() >= deadline:
                raise NotReachedError(f"not true within {seconds} s\n{_picture(self._backend, self.calls)}")
            await self._backend.changes.wait(min(RECHECK_SECONDS, max(0.001, deadline - now())))


def _picture(backend: Backend, calls: Sequence[ApiCall]) -> str:
    """What a failed wait shows."""
    lines = [f"connections: {backend.sockets.connections}"]
    for channel in backend.workspace.channels.values():
        lines.append(f"{channel.name} ({channel.id})")
        for message in channel.messages.values():
            author = backend.workspace.users.get(message.user)
            indent = "      " if message.thread_ts else "  "
            name = author.name if author else message.user
            lines.append(f"{indent}{message.ts} {name}: {backend.reader.message(message)!r}")
    lines.append("deliveries:")
    lines += [f"  {delivery}" for delivery in backend.deliveries.snapshots()]
    lines.append(f"calls (the last {SHOWN_CALLS}):")
    lines += [f"  {call.time:.3f} {call.method} {call.outcome} {call.arguments}" for call in calls[-SHOWN_CALLS:]]
    return "\n".join(lines)
