"""When people see what of an answer: the moments of each question, from the emulated Slack's log of changes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from benchmarks.stubs.questions import Question
from benchmarks.stubs.services import ObservedSlack
from emulators.slack.state.changes import Change

LOOK_EVERY = 1.0  # seconds, if no change is reported


@dataclass
class Exchange:
    """A question and what people have seen of its answer. Moments are seconds of the emulated Slack's clock."""

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
        """Notes the first status."""
        self.status_at = self.status_at or at

    def see_text(self, at: float, text: str, *, is_finished: bool) -> None:
        """Notes the first words of the answer, and its end if a finished message holds the right answer."""
        words = single_spaced(text)
        if self.question.answer_start in words:
            self.first_word_at = self.first_word_at or at
        if is_finished and single_spaced(self.right_answer) in words and not self.answered.is_set():
            self.answered_at = at
            self.answered.set()

    def since(self, moment: float | None) -> float:
        """Seconds from the question to this moment; raises ValueError if the moment was not seen."""
        if moment is None:
            raise ValueError(f"{self.question.name} was answered, but a moment on the way was not seen")
        return moment - self.asked_at


class Observer:
    """`async with Observer(slack) as observer:` notes the moments of the exchanges that it follows."""

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
        """Notes from now on what happens in the exchange's thread; replaces the exchange that was followed there."""
        self._open[exchange.channel, exchange.thread_ts] = exchange

    async def _run(self) -> None:
        number = self._slack.last_seen
        while True:
            for change in self._slack.seen_after(number):
                number = change.number
                self._note(change)
            await self._slack.something_happens(LOOK_EVERY)

    def _note(self, change: Change) -> None:
        exchange = self._open.get((change.channel, change.thread_ts))
        if exchange is None or not change.from_app:
            return
        if change.kind == "status" and change.text:
            exchange.see_status(change.time)
        elif change.kind in {"message", "message_changed"}:
            is_finished = self._slack.is_finished(change.channel, change.ts)
            exchange.see_text(change.time, change.text, is_finished=is_finished)


def single_spaced(text: str) -> str:
    """`text` with every run of white space as one space: Slack, and so the emulator, changes line breaks and spaces."""
    return " ".join(text.split())
