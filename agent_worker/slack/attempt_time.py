"""The time of a running attempt: how old its activity is, and its deadline, which waiting for Slack does not use up.

Otherwise a delivery would run out of time although nothing is wrong with it, and would begin anew at the end of the
queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[AttemptTime | None] = ContextVar("attempt time", default=None)


class AttemptTime:
    """`deadline` is when the work has to be done, moved on by each wait, up to `latest` (a time of the event loop).

    `age` is how many seconds ago the activity was scheduled, when this attempt began. `can_be_given_back`: another
    attempt costs nothing, so one that would wait for long ends, and any worker that has calls left takes the next.
    """

    def __init__(
        self, deadline: asyncio.Timeout, latest: float, *, age: float = 0.0, can_be_given_back: bool = False
    ) -> None:
        self.can_be_given_back = can_be_given_back
        self._began = asyncio.get_running_loop().time() - age
        self._deadline = deadline
        self._latest = latest
        self._waits = 0
        self._left = 0.0  # seconds of work, when the attempt began to wait
        self._is_over = False
        self.ended_waiting = False  # whether the attempt was still waiting when its time was over

    @property
    def age(self) -> float:
        """How many seconds ago the activity was scheduled."""
        return asyncio.get_running_loop().time() - self._began

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Makes this the attempt to which `stands_still` applies, in the block and in the tasks that it starts."""
        token = _current.set(self)
        try:
            yield
        finally:
            self._is_over = True
            _current.reset(token)

    def begin_wait(self) -> None:
        self._waits += 1
        if self._waits == 1:
            self._left = (self._deadline.when() or self._latest) - asyncio.get_running_loop().time()
            self._move(self._latest)

    def end_wait(self) -> None:
        self._waits -= 1
        self.ended_waiting = self.ended_waiting or self._deadline.expired()
        if not self._waits:
            self._move(min(self._latest, asyncio.get_running_loop().time() + self._left))

    def _move(self, when: float) -> None:
        if not (self._is_over or self._deadline.expired()):
            self._deadline.reschedule(when)


def current() -> AttemptTime | None:
    return _current.get()


@contextmanager
def stands_still() -> Iterator[None]:
    """The block waits and does not work. Outside an attempt nothing happens."""
    attempt = _current.get()
    if attempt is None:
        yield
        return
    attempt.begin_wait()
    try:
        yield
    finally:
        attempt.end_wait()
