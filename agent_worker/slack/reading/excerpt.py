"""Messages of one channel as the model reads them in a result, bounded, with the links that people see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.conversation.wording import model_form
from agent_worker.payloads.thread import Source
from agent_worker.slack.reading.asker_time import AskerTime
from agent_worker.slack.reading.facts import Channel
from agent_worker.slack.reading.look import Look
from text.json_shapes import string

MESSAGE_CHARACTERS = 1_500  # of one message
CHARACTERS = 24_000  # of all messages of one result
# What people and apps say; other kinds of messages tell that somebody joined, pinned or renamed something.
_SAID = frozenset({None, "", "file_share", "thread_broadcast", "me_message", "bot_message"})
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Excerpt:
    """`messages` are objects, oldest first; `sources` link to each, in the same order. `is_whole`: none was cut off."""

    messages: list[dict[str, Any]]
    sources: list[Source]
    is_whole: bool

    def from_newest(self) -> list[Source]:
        return self.sources[::-1]


def weight(**fields: Any) -> int:
    """The characters of an object; more, if they have over two bytes each: what Temporal stores is counted in bytes."""
    line = model_form.line(**fields)
    return max(len(line), len(line.encode()) // 2)


def is_said(message: Json) -> bool:
    return message.get("subtype") in _SAID and not message.get("hidden")


async def excerpt(
    look: Look,
    channel: Channel,
    messages: Sequence[Json],
    *,
    longest: int = CHARACTERS,
    first: Collection[str] = (),
    linked: str = "",
) -> Excerpt:
    """The messages (oldest first), as many as fit: those in `first` (their `ts`), and then the newest.

    The message `linked` is marked.
    """
    names = await look.names(messages, channel.id, MESSAGE_CHARACTERS)
    clock = await look.asker_time()
    kept: dict[str, tuple[dict[str, Any], Source]] = {}
    room = longest
    is_whole = True
    for message in _by_weight(messages, first):
        row = row_of(look, channel, message, names, clock)
        if not row:
            continue
        if message["ts"] == linked:
            row["linked"] = True
        room -= weight(**row)
        if room < 0 and kept:
            is_whole = False
            break
        kept[message["ts"]] = (row, source_of(row))
    in_order = [kept[ts] for ts in sorted(kept, key=float)]
    return Excerpt([row for row, _ in in_order], [source for _, source in in_order], is_whole)


def _by_weight(messages: Sequence[Json], first: Collection[str]) -> Iterator[Json]:
    yield from (message for message in messages if message["ts"] in first)
    yield from (message for message in reversed(messages) if message["ts"] not in first)


def row_of(look: Look, channel: Channel, message: Json, names: Mapping[str, str], clock: AskerTime) -> dict[str, Any]:
    """The message's object, without fields that are empty; empty if a person sees nothing of the message."""
    content = look.workspace.reader.content(message, names, MESSAGE_CHARACTERS)
    if not content:
        return {}
    ts, thread_ts = string(message.get("ts")), string(message.get("thread_ts"))
    row = {
        **look.workspace.reader.author(message, names),
        "at": clock.said(ts),
        "text": content["text"],
        "link": look.link(channel.id, ts, thread_ts),
        "replies": message.get("reply_count"),
        "attached": content["attached"],
        "files": content["files"],
    }
    return {key: value for key, value in row.items() if value}


def source_of(row: Json) -> Source:
    """The link for the card, which says who wrote the message, and when."""
    author = "The agent" if row.get("yours") else row["from"]
    return Source(text=f"{author}, {row['at'].partition(' UTC')[0]}", url=row.get("link", ""))
