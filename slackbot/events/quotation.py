"""The message that a person asks about with the shortcut, packed into the `private_metadata` of the form."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import SlackFile
from slackbot.events import contents
from slackbot.events.ids import TS, has_form

LONGEST = 3_000  # characters that Slack takes as a form's private_metadata
LONGEST_AUTHOR = 100  # characters
ROOM_FOR_MORE = 1_500  # characters that a long text leaves for files and attachments

Json = dict[str, Any]


@dataclass(frozen=True)
class Quotation:
    """Where the message is and what it says: its own text is the first of the `attachments`.

    `asked_at` is the moment at which the person used the shortcut, as Slack tells it (`action_ts`).
    """

    channel: str
    thread_ts: str
    asked_at: str
    attachments: list[Json]
    files: list[SlackFile]


def pack(channel: str, message: Mapping[str, Any], asked_at: str) -> str:
    """JSON of at most LONGEST characters: the message's text, cut if needed, and the files and attachments that fit."""
    author = contents.storable_text(message.get("user") or message.get("bot_id"), LONGEST_AUTHOR)
    quoted: Json = {"channel": channel, "thread_ts": message.get("thread_ts") or message["ts"]}
    ts = contents.storable_text(message.get("ts"), LONGEST_AUTHOR)
    quoted |= {"asked_at": asked_at}
    quoted |= {"attachments": [{"author_id": author, "ts": ts, "text": ""}], "files": []}
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


def unpack(metadata: str) -> Quotation:
    """Reads what `pack` returned. Raises ValueError for the form of an earlier release."""
    quoted = json.loads(metadata)
    if not has_form(quoted.get("asked_at"), TS):
        raise ValueError("the form does not say when it was opened")
    files = [SlackFile.model_validate(file) for file in quoted["files"]]
    return Quotation(quoted["channel"], quoted["thread_ts"], quoted["asked_at"], quoted["attachments"], files)


def _cut(text: str, room: int) -> str:
    """The text, or as much of its beginning, with "…", as JSON writes in `room` characters."""
    if _length(text) - len('""') <= room:
        return text

    def size(end: int) -> int:
        return _length(f"{text[:end]}…") - len('""')

    return f"{text[: bisect_right(range(min(len(text), room)), room, key=size) - 1]}…"


def _length(value: Any) -> int:
    return len(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
