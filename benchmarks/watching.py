"""When people see what: the moments of each question, taken from the emulated Slack's log of changes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from benchmarks.questions import Question
from benchmarks.stubs import ObservedSlack
from emulators.slack.state.changes import Change

PATIENCE = 1.0  # seconds between two looks when nothing happens


@dataclass
class Exchange:
    """A question and what became of it; moments are in seconds of the emulated Slack's clock."""

    question: Question
    right_answer: str
    channel: str
    thread_ts: str
    ts: str
    asked_at: float
    status_at: float | None = None
    first_word_at: float | None = None
    answered_at: float | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def see_status(self, at: float) -> None:
        self.status_at = self.status_at or at

    def see_text(self, at: float, text: str, *, is_finished: bool) -> None:
        """Part of a message that the agent wrote: what of the answer stands in it."""
        words = one_line(text)
        if self.question.opening in words:
            self.first_word_at = self.first_word_at or at
        if is_finished and one_line(self.right_answer) in words and not self.answered.is_set():
            self.answered_at = at
            self.answered.set()

    def since(self, moment: float | None) -> float:
        """Seconds from the question to this moment; ValueError when it did not come."""
        if moment is None:
            raise ValueError(f"{self.question.name} was answered, and a moment on the way was not seen")
        return moment - self.asked_at


class Watch:
    """`async with Watch(slack) as watch:` follows exchanges until their answers are complete."""

    def __init__(self, slack: ObservedSlack) -> None:
        self._slack = slack
        self._open: dict[tuple[str, str], Exchange] = {}
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._watching is not None
        self._watching.cancel()
        with suppress(asyncio.CancelledError):
            await self._watching

    def follow(self, exchange: Exchange) -> None:
        """From now on this is the open question of its thread."""
        self._open[exchange.channel, exchange.thread_ts] = exchange

    async def _run(self) -> None:
        number = self._slack.last_seen
        while True:
            for change in self._slack.seen_after(number):
                number = change.number
                self._take(change)
            await self._slack.something_happens(PATIENCE)

    def _take(self, change: Change) -> None:
        exchange = self._open.get((change.channel, change.thread_ts))
        if exchange is None or not change.from_app:
            return
        if change.kind == "status" and change.text:
            exchange.see_status(change.time)
        elif change.kind in {"message", "message_changed"}:
            is_finished = self._slack.is_finished(change.channel, change.ts)
            exchange.see_text(change.time, change.text, is_finished=is_finished)


def one_line(text: str) -> str:
    """Slack, and the emulator with it, shows line breaks and blanks in ways of its own."""
    return " ".join(text.split())
