"""Messages that the app writes piece by piece: what each holds so far, and until when it can be added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.slack.delivery.activity import Activity
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.limits import MAX_BLOCK_TEXT
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.clock import Clock, Timer
from emulators.slack.state.messages import Message
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.workspace import Workspace

LIFETIME_SECONDS = 300.0  # from the start, whatever is appended
IN_PROGRESS, COMPLETED, ERRORED = "in_progress", "completed", "errored"

Chunk = dict[str, Any]


@dataclass
class Stream:
    """One message while it is written: its chunks in the order in which they first appeared."""

    expiry: Timer
    parts: list[Chunk] = field(default_factory=list)
    stopped_by_user: bool = False

    @property
    def text(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "markdown_text")

    def fill(self, chunks: Sequence[Chunk]) -> None:
        """Adds all chunks, or none when together they are too much."""
        _check_length(self.text, chunks)
        for chunk in chunks:
            self._add(chunk)

    def _add(self, chunk: Chunk) -> None:
        """Text continues text; a task that is known is updated in its place, its details added to those it has."""
        last = self.parts[-1] if self.parts else {}
        if chunk["type"] == "markdown_text" and last.get("type") == "markdown_text":
            self.parts[-1] = last | {"text": last["text"] + chunk["text"]}
            return
        for index, part in enumerate(self.parts):
            if chunk["type"] != "blocks" and _name(part) == _name(chunk) != ("markdown_text", None):
                details = str(part.get("details", "")) + str(chunk.get("details", ""))
                self.parts[index] = part | chunk | ({"details": details} if details else {})
                return
        self.parts.append(chunk)

    def blocks(self) -> list[dict[str, Any]]:
        """What the message shows, as blocks."""
        return [block for part in self.parts for block in _shown(part)]


class Streams:
    """The streams that are in progress; raises SlackError where Slack would refuse."""

    def __init__(
        self, workspace: Workspace, activity: Activity, statuses: Statuses, clock: Clock, changes: ChangeLog
    ) -> None:
        self._workspace = workspace
        self._activity = activity
        self._statuses = statuses
        self._clock = clock
        self._changes = changes
        self._open: dict[tuple[str, str], Stream] = {}

    def start(self, message: Message, chunks: Sequence[Chunk]) -> None:
        _check_length("", chunks)  # before there is a life that ends
        key = (message.channel, message.ts)
        stream = Stream(self._clock.call_after(LIFETIME_SECONDS, lambda: self._expire(*key)))
        stream.fill(chunks)
        self._open[key] = stream
        self._activity.post(message.streamed(IN_PROGRESS, stream.text, stream.blocks()))
        self._statuses.set_session(message.channel, message.root_ts, "processing")

    def append(self, message: Message, chunks: Sequence[Chunk]) -> None:
        stream = self._in_progress(message)
        if stream.stopped_by_user:
            raise SlackError("stopped_by_user")
        stream.fill(chunks)
        self._activity.grow(message.streamed(IN_PROGRESS, stream.text, stream.blocks()))

    def stop(
        self,
        message: Message,
        chunks: Sequence[Chunk],
        blocks: Sequence[dict[str, Any]],
        *,
        metadata: dict[str, Any] | None,
        session_status: str,
    ) -> Message:
        stream = self._in_progress(message)
        stream.fill(chunks)
        self.forget(message)
        shown = [*stream.blocks(), *blocks]
        finished = self._activity.change(
            message, streaming_state=COMPLETED, text=stream.text, blocks=shown, metadata=metadata
        )
        self._statuses.posted(message.channel, message.root_ts)
        self._statuses.set_session(message.channel, message.root_ts, session_status)
        return finished

    def is_in_progress(self, message: Message) -> bool:
        return (message.channel, message.ts) in self._open

    def forget(self, message: Message) -> None:
        """The message is no stream any more: it was stopped, or deleted."""
        stream = self._open.pop((message.channel, message.ts), None)
        if stream is not None:
            stream.expiry.cancel()

    def stop_by_user(self, channel: str, thread_ts: str) -> list[str]:
        """A person presses stop: nothing can be added any more to the thread's streams; their `ts`."""
        stopped = []
        for (where, ts), stream in self._open.items():
            message = self._workspace.message(where, ts)
            if where == channel and message is not None and message.root_ts == thread_ts:
                stream.stopped_by_user = True
                stopped.append(ts)
        return stopped

    def _in_progress(self, message: Message) -> Stream:
        stream = self._open.get((message.channel, message.ts))
        if stream is None:
            raise SlackError("message_not_in_streaming_state")
        return stream

    def _expire(self, channel: str, ts: str) -> None:
        message = self._workspace.message(channel, ts)
        del self._open[channel, ts]
        if message is not None:
            self._activity.grow(message.streamed(ERRORED, message.text, message.blocks))
            self._statuses.set_session(channel, message.root_ts, "active")


def _check_length(text: str, chunks: Sequence[Chunk]) -> None:
    more = sum(len(chunk["text"]) for chunk in chunks if chunk["type"] == "markdown_text")
    if len(text) + more > MAX_BLOCK_TEXT:
        raise SlackError("msg_too_long")


def _name(chunk: Chunk) -> tuple[str, Any]:
    return chunk["type"], chunk.get("id")


def _shown(part: Chunk) -> list[dict[str, Any]]:
    match part["type"]:
        case "markdown_text":
            return [{"type": "markdown", "text": part["text"]}] if part["text"] else []
        case "task_update":
            return [_card(part)]
        case "plan_update":
            return [{"type": "section", "text": {"type": "plain_text", "text": part["title"]}}]
        case _:
            return list(part["blocks"])


def _card(task: Chunk) -> dict[str, Any]:
    """A task as a block, in which the texts of the chunk are formatted ones."""
    card = {"type": "task_card", "task_id": task["id"], "title": task["title"], "status": task["status"]}
    texts = {name: task[name] for name in ("details", "output") if name in task}
    card |= {name: {"type": "rich_text", "elements": [_section(text)]} for name, text in texts.items()}
    return card | ({"sources": task["sources"]} if "sources" in task else {})


def _section(text: str) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
