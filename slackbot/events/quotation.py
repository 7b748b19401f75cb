"""The message that a question is about, as it travels with the form: as much of it as Slack lets a form carry."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import SlackFile
from slackbot.events import contents
from slackbot.events.shapes import string

LONGEST = 3_000  # characters, of a form's private_metadata
LONGEST_AUTHOR = 100  # characters
ROOM_FOR_MORE = 1_500  # characters, for what is attached to a message with a long text

Json = dict[str, Any]


@dataclass(frozen=True)
class Quotation:
    """Where the message is, and what it says: `attachments` begin with its own text."""

    channel: str
    thread_ts: str
    attachments: list[Json]
    files: list[SlackFile]


def packed(channel: str, message: Mapping[str, Any]) -> str:
    """Its text, cut where it has to be, then its files and what else is attached to it while there is room."""
    author = string(message.get("user") or message.get("bot_id"), LONGEST_AUTHOR)
    quoted: Json = {"channel": channel, "thread_ts": message.get("thread_ts") or message["ts"]}
    quoted |= {"attachments": [{"author_id": author, "text": ""}], "files": []}
    files = [("files", file.model_dump()) for file in contents.files(message)]
    attached = [("attachments", attachment) for attachment in contents.attachments(message)]
    text = contents.text(message)
    room = LONGEST - min(_length(text), LONGEST - ROOM_FOR_MORE)
    length = _length(quoted)
    for kind, more in [*files, *attached]:
        added = _length(more) + len(", ")
        if length + added <= room:
            quoted[kind].append(more)
            length = _length(quoted)
    quoted["attachments"][0]["text"] = _cut(text, LONGEST - _length(quoted))
    return _json(quoted)


def unpacked(metadata: str) -> Quotation:
    quoted = json.loads(metadata)
    files = [SlackFile.model_validate(file) for file in quoted["files"]]
    return Quotation(quoted["channel"], quoted["thread_ts"], quoted["attachments"], files)


def _cut(text: str, room: int) -> str:
    """The text, or as much of its beginning as takes no more room than this as JSON."""
    if _length(text) - len('""') <= room:
        return text

    def size(end: int) -> int:
        return _length(f"{text[:end]}…") - len('""')

    return f"{text[: bisect_right(range(min(len(text), room)), room, key=size) - 1]}…"


def _length(value: Any) -> int:
    return len(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
