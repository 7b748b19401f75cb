"""The keys of the agent's posts: made and read here and nowhere else. Pure.

A key stands in the metadata of a Slack message and says which post of which turn the message is. So a post whose reply
was lost is found again and not made twice. Keys stay in Slack threads and in Temporal's histories: never change one.

    key                         the message
    <turn>:progress             shows the turn's steps
    <turn>:waiting              says that the model does not answer just now
    <turn>:draft:<name>         a draft of the answer; the name is its number in the turn, or its `ts`
    <turn>:answer               names the delivery of an answer; no message has this key alone
    <turn>:notice               names the delivery of a notice; no message has this key alone
    <turn>:question             asks people something
    <ts>:stop|limit|refused     names the delivery of a notice about the message `ts`, beside a turn
    <delivery>:<number>         a message of a delivery, counted from 0
    <delivery>:beginning:<number>   a message of the beginning of an answer, which a file holds whole
    <a message's key>:plain:<number>   the same message, where Slack took it only as several plain ones
    <delivery>:streamed         the stream that completes an answer, together with the messages before it

A turn's own key is the `ts` of its first message. When the turn is tried again, ":again1" follows, then ":again2", …
If an edit has addressed that message to the agent, a number from EDITED on follows, as a turn may have had its `ts`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from agent_worker.contract.names import AGAIN

Topic = Literal["stop", "limit", "refused"]
Kind = Literal["progress", "waiting", "draft", "answer", "notice", "question", Topic]

EDITED = 1_000  # nobody tries a turn again so often
MOST_EDITED = 999_999_999  # a key's number has nine digits

_KEY = re.compile(
    rf"\A(?P<turn>[^:]++(?:{AGAIN}\d++)?+):(?P<kind>progress|waiting|draft|answer|notice|question|stop|limit|refused)"
    r"(?::(?P<part>.+))?"
)


@dataclass(frozen=True)
class PostKey:
    """A key in its pieces. `part` is what follows the kind; "" if nothing does."""

    turn: str
    kind: Kind
    part: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether the message stands in place of an answer that is still to come."""
        return self.kind in {"draft", "waiting"}

    @property
    def is_final(self) -> bool:
        """Whether the message belongs to the answer or the notice that ends its turn."""
        return self.kind in {"answer", "notice"}


def read(key: str) -> PostKey | None:
    """The key in its pieces; None if no function of this module can have made it."""
    found = _KEY.fullmatch(key)
    return PostKey(found["turn"], cast("Kind", found["kind"]), found["part"] or "") if found else None


def asked_at(key: str) -> str:
    """The `ts` with which the key of a post or a turn begins. The post is younger than that message."""
    return key.split(":", 1)[0]


def next_turn(turn: str) -> str:
    """The key of the turn that tries this one again: its posts are told apart from those of the turn before."""
    ts, _, number = turn.partition(AGAIN)
    return f"{ts}{AGAIN}{int(number or 0) + 1}"


def turn(ts: str, addressed_at: str = "") -> str:
    """The key of the turn that begins with this message; `addressed_at`: when an edit addressed it to the agent."""
    if not addressed_at:
        return ts
    seconds = max(int(float(addressed_at) - float(ts)), 0)
    return f"{ts}{AGAIN}{min(EDITED + seconds, MOST_EDITED)}"


def turn_after(turn_key: str, decided_at: float) -> str:
    """The key of the turn that goes on after the question with which this one ended was decided (seconds since 1970).

    Never the same key: two questions, one after the other, may be decided, or called off, within one second.
    """
    key = turn(asked_at(turn_key), f"{decided_at:.6f}")
    return key if _number(key) > _number(turn_key) else next_turn(turn_key)


def _number(turn_key: str) -> int:
    return int(turn_key.partition(AGAIN)[2] or 0)


def progress(turn: str) -> str:
    return f"{turn}:progress"


def waiting(turn: str) -> str:
    return f"{turn}:waiting"


def draft(turn: str, name: int | str) -> str:
    return f"{turn}:draft:{name}"


def answer(turn: str) -> str:
    return f"{turn}:answer"


def notice(turn: str) -> str:
    return f"{turn}:notice"


def question(turn: str) -> str:
    return f"{turn}:question"


def aside(ts: str, topic: Topic) -> str:
    return f"{ts}:{topic}"


def message(delivery: str, number: int) -> str:
    return f"{delivery}:{number}"


def beginning(delivery: str, number: int) -> str:
    return f"{delivery}:beginning:{number}"


def is_beginning(key: str) -> bool:
    """Whether it is the key of a message of a beginning, plain or not."""
    made = read(key)
    return made is not None and made.part.startswith("beginning:")


def plain(message_key: str, number: int) -> str:
    return f"{message_key}:plain:{number}"


def is_plain_part(key: str, message_key: str) -> bool:
    """Whether it is the key of one of the plain messages in which this message was posted."""
    return key.startswith(f"{message_key}:plain:")


def streamed(delivery: str) -> str:
    return f"{delivery}:streamed"
