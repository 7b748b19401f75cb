"""What is to be erased, as it is named on the command line. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from agent_worker.contract.messages import Thread

_CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,63}", re.ASCII)
_PERSON = re.compile(r"[UW][A-Z0-9]{1,63}", re.ASCII)
_TS = re.compile(r"[0-9]{1,20}\.[0-9]{6}", re.ASCII)
_PERMALINK = re.compile(r"/archives/([CDG][A-Z0-9]{1,63})/p([0-9]{7,26})/?", re.ASCII)
_MICROSECONDS = 6  # digits of a `ts` after its point, which a permalink leaves out


@dataclass(frozen=True)
class Message:
    """One message, and with it the conversation that holds it. `thread_ts` is "" if it is not known."""

    channel: str
    ts: str
    thread_ts: str = ""

    @property
    def name(self) -> str:
        return f"{self.channel} {self.thread_ts or self.ts}"

    def is_in(self, thread: Thread) -> bool:
        return (thread.channel, thread.thread_ts) == (self.channel, self.thread_ts or self.ts)


@dataclass(frozen=True)
class DirectMessages:
    """All conversations in the direct messages between one person and the agent."""

    user: str

    @property
    def name(self) -> str:
        return f"the direct messages of {self.user}"


Target = Message | DirectMessages


def read(words: Sequence[str]) -> Target | None:
    """A permalink, a channel and a `ts`, or the id of a person; None if it is none of them."""
    match words:
        case [word] if _PERSON.fullmatch(word):
            return DirectMessages(word)
        case [word]:
            return _permalink(word)
        case [channel, ts] if _CHANNEL.fullmatch(channel) and _TS.fullmatch(ts):
            return Message(channel, ts)
        case _:
            return None


def _permalink(word: str) -> Message | None:
    try:
        address = urlsplit(word)
    except ValueError:
        return None
    found = _PERMALINK.fullmatch(address.path)
    if address.scheme not in {"http", "https"} or found is None:
        return None
    digits = found[2]
    root = parse_qs(address.query).get("thread_ts", [""])[0]
    if root and not _TS.fullmatch(root):
        return None
    return Message(found[1], f"{digits[:-_MICROSECONDS]}.{digits[-_MICROSECONDS:]}", root)


def holds(target: Target, thread: Thread, own_channels: Collection[str]) -> bool:
    """Whether the conversation of this thread is to be erased. `own_channels`: the person's direct messages."""
    if isinstance(target, DirectMessages):
        return thread.is_direct and thread.channel in own_channels
    return target.is_in(thread)
