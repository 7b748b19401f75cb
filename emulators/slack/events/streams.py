"""Messages that the app writes piece by piece: what each holds so far, and until when more can be added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.slack.clock import Clock, Timer
from emulators.slack.events.message_writer import MessageWriter
from emulators.slack.rules.chunks import Chunk
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.messages import MAX_BLOCK_TEXT
from emulators.slack.state.messages import Message
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.workspace import Workspace

LIFETIME_SECONDS = 300.0  # from the start, however much is appended
PARTS_OF_PLAN = ("plan_update", "task_update")
IN_PROGRESS, COMPLETED, ERRORED = "in_progress", "completed", "errored"


@dataclass
class Stream:
    """One message that is being written: its chunks, in the order in which they first appeared.

    `mode` is `task_display_mode`: on a "timeline" each task is a card where it appeared, in a "plan" all are together.
    """

    expiry: Timer
    mode: str = "timeline"
    parts: list[Chunk] = field(default_factory=list)
    stopped_by_user: bool = False

    @property
    def text(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "markdown_text")

    def fill(self, chunks: Sequence[Chunk]) -> None:
        """Add all chunks. Raises SlackError, and adds none of them, if the text becomes too long."""
        _check_length(self.text, chunks)
        for chunk in chunks:
            self._add(chunk)

    def _add(self, chunk: Chunk) -> None:
        """Text continues the text before it. A known task is updated in its place.

        Its title and state are replaced, and its other texts are appended, as others have seen Slack do it.
        """
        last = self.parts[-1] if self.parts else {}
        if chunk["type"] == "markdown_text" and last.get("type") == "markdown_text":
            self.parts[-1] = last | {"text": last["text"] + chunk["text"]}
            return
        for index, part in enumerate(self.parts):
            if chunk["type"] != "blocks" and _name(part) == _name(chunk) != ("markdown_text", None):
                names = [name for name in ("details", "output") if name in part and name in chunk]
                self.parts[index] = part | chunk | {name: part[name] + chunk[name] for name in names}
                return
        self.parts.append(chunk)

    def blocks(self) -> list[dict[str, Any]]:
        """What the message shows, as blocks."""
        if self.mode != "plan":
            return [block for part in self.parts for block in _shown(part)]
        tasks = [_card(part) for part in self.parts if part["type"] == "task_update"]
        titles = [part["title"] for part in self.parts if part["type"] == "plan_update"]
        plan = [{"type": "plan", "title": titles[0] if titles else "", "tasks": tasks}] if tasks else []
        of_plan = [index for index, part in enumerate(self.parts) if part["type"] in PARTS_OF_PLAN]
        shown: list[dict[str, Any]] = []
        for index, part in enumerate(self.parts):
            if part["type"] not in PARTS_OF_PLAN:
                shown += _shown(part)
            elif index == of_plan[0]:
                shown += plan
        return shown


class Streams:
    """The streams that are in progress. Raises SlackError where Slack would refuse."""

    def __init__(self, workspace: Workspace, writer: MessageWriter, statuses: Statuses, clock: Clock) -> None:
        self._workspace = workspace
        self._writer = writer
        self._statuses = statuses
        self._clock = clock
        self._open: dict[tuple[str, str], Stream] = {}  # by channel and ts

    def start(self, message: Message, chunks: Sequence[Chunk], mode: str = "timeline") -> None:
        """Post the message with its first chunks."""
        _check_length("", chunks)  # before the timer that ends the stream is set
        key = (message.channel, message.ts)
        stream = Stream(self._clock.call_after(LIFETIME_SECONDS, lambda: self._expire(*key)), mode)
        stream.fill(chunks)
        self._open[key] = stream
        self._writer.post(message.streamed(IN_PROGRESS, stream.text, stream.blocks()))
        self._statuses.set_session(message.channel, message.root_ts, "processing")

    def append(self, message: Message, chunks: Sequence[Chunk]) -> None:
        """Add chunks to the message."""
        stream = self._in_progress(message)
        if stream.stopped_by_user:
            raise SlackError("stopped_by_user")
        stream.fill(chunks)
        self._writer.grow(message.streamed(IN_PROGRESS, stream.text, stream.blocks()))

    def stop(
        self,
        message: Message,
        chunks: Sequence[Chunk],
        blocks: Sequence[dict[str, Any]],
        *,
        metadata: dict[str, Any] | None,
        session_status: str,
    ) -> Message:
        """Add the last chunks, and `blocks` below all chunks. Returns the finished message."""
        stream = self._in_progress(message)
        stream.fill(chunks)
        self.forget(message)
        shown = [*stream.blocks(), *blocks]
        finished = self._writer.change(
            message, streaming_state=COMPLETED, text=stream.text, blocks=shown, metadata=metadata
        )
        self._statuses.clear_text(message.channel, message.root_ts)
        self._statuses.set_session(message.channel, message.root_ts, session_status)
        return finished

    def is_in_progress(self, message: Message) -> bool:
        return (message.channel, message.ts) in self._open

    def forget(self, message: Message) -> None:
        """End the stream of a message that is finished or deleted."""
        stream = self._open.pop((message.channel, message.ts), None)
        if stream is not None:
            stream.expiry.cancel()

    def stop_by_user(self, channel: str, thread_ts: str) -> list[str]:
        """A person presses stop: refuse to append to the thread's streams from now on. Returns their `ts`."""
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
            self._writer.grow(message.streamed(ERRORED, message.text, message.blocks))
            self._statuses.set_session(channel, message.root_ts, "active")


def _check_length(text: str, chunks: Sequence[Chunk]) -> None:
    more = sum(len(chunk["text"]) for chunk in chunks if chunk["type"] == "markdown_text")
    if len(text) + more > MAX_BLOCK_TEXT:
        raise SlackError("msg_too_long")


def _name(chunk: Chunk) -> tuple[str, Any]:
    return chunk["type"], chunk.get("id")


def _shown(part: Chunk) -> list[dict[str, Any]]:
    """The blocks that show a chunk."""
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
    """A task as a block: its texts, which are plain in a chunk, are rich text there."""
    card = {"type": "task_card", "task_id": task["id"], "title": task["title"], "status": task["status"]}
    texts = {name: task[name] for name in ("details", "output") if name in task}
    card |= {name: {"type": "rich_text", "elements": [_section(text)]} for name, text in texts.items()}
    return card | ({"sources": task["sources"]} if "sources" in task else {})


def _section(text: str) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
