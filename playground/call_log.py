"""What the worker's activities have asked of Gemini and Slack, as it passed through the playground. In memory only."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from agent_worker.activities.call_origin import HEADER, CallOrigin
from emulators.slack.web_api.endpoint import ApiCall

MOST_BYTES = 32 * 1024 * 1024  # that are kept of the newest requests to Gemini, and as much of the calls to Slack
MOST_ENTRIES = 2_000  # of each kind


@dataclass
class Exchange:
    """One request to Gemini and its answer, whose pieces are added as they come. Never with the API key.

    Times are in seconds since 1970. `status` is 0 until the answer begins; `ended` is None until it is over.
    """

    origin: CallOrigin
    path: str
    request: bytes
    began: float = field(default_factory=time.time)
    status: int = 0
    answer: bytearray = field(default_factory=bytearray)
    ended: float | None = None

    @property
    def size(self) -> int:
        return len(self.request) + len(self.answer)

    def end(self) -> None:
        self.ended = time.time()


@dataclass(frozen=True)
class SlackCall:
    """One call to Slack: its arguments and the body of Slack's answer as JSON. `answer` is "" if there was none."""

    origin: CallOrigin
    method: str
    arguments: str
    answer: str
    outcome: str
    began: float  # when it was recorded, in seconds since 1970

    @property
    def size(self) -> int:
        return len(self.arguments) + len(self.answer)


class _Entry(Protocol):
    @property
    def origin(self) -> CallOrigin: ...

    @property
    def began(self) -> float: ...

    @property
    def size(self) -> int:
        """In bytes, more or less."""


Entry = TypeVar("Entry", bound=_Entry)


class Bounded(Generic[Entry]):
    """The newest entries, `most` bytes of them together. `since`: of what was before, something may be missing."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.since = time.time()
        self._most = most
        self._entries: deque[Entry] = deque()

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.trim()

    def trim(self) -> None:
        """Drops the oldest entries beyond the bounds. To be called, too, when an entry has grown."""
        size = sum(one.size for one in self._entries)
        while (size > self._most or len(self._entries) > MOST_ENTRIES) and len(self._entries) > 1:
            oldest = self._entries.popleft()
            size -= oldest.size
            self.since = max(self.since, oldest.began)

    def of(self, run_id: str, activity_id: str) -> list[Entry]:
        """What an activity of this run has asked in all its attempts, in the order in which it was added."""
        wanted = (run_id, activity_id)
        return [one for one in self._entries if (one.origin.run_id, one.origin.activity_id) == wanted]


class CallLog:
    """Holds the calls that say for which activity they are made; those of the bot are made for none."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.gemini: Bounded[Exchange] = Bounded(most)
        self.slack: Bounded[SlackCall] = Bounded(most)

    def ask_gemini(self, headers: Mapping[str, str], path: str, body: bytes) -> Exchange | None:
        """A new entry, to which the answer is to be added; None for a request that no activity makes."""
        origin = CallOrigin.read(headers.get(HEADER, ""))
        if origin is None:
            return None
        exchange = Exchange(origin, path, body)
        self.gemini.add(exchange)
        return exchange

    def note_slack(self, call: ApiCall, answer: Mapping[str, Any] | None) -> None:
        """To be called with each call to Slack that has ended."""
        origin = origin_of(call)
        if origin is None:
            return
        arguments, told = _written(call.arguments), "" if answer is None else _written(answer)
        self.slack.add(SlackCall(origin, call.method, arguments, told, call.outcome, call.time))


def origin_of(call: ApiCall) -> CallOrigin | None:
    """The activity that a call to Slack was made for; None if the call does not say so."""
    return CallOrigin.read(call.headers.get(HEADER.lower(), ""))


def _written(value: Mapping[str, Any]) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # it is nested deeper than anybody would read
        return '"…"'
