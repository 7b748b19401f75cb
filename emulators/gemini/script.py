"""The answers that wait for requests: in order, by what a request looks like, or held back until a test decides."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from emulators.gemini.answers import Answer, Predicate, When
from emulators.gemini.received import ModelRequest


class Answering(Protocol):
    """Answers every request by itself, as the demo does."""

    def answer(self, request: ModelRequest) -> Answer: ...


class Hold:
    """One request that waits for its answer: `await reached()`, look at `request`, then `release(answer)`."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._request: asyncio.Future[ModelRequest] = loop.create_future()
        self._answer: asyncio.Future[Answer] = loop.create_future()
        self._abandoned = asyncio.Event()

    async def reached(self) -> ModelRequest:
        """Return the request once it has arrived and waits here."""
        return await asyncio.shield(self._request)

    async def abandoned(self) -> None:
        """Return once the caller has closed the connection without waiting for the answer."""
        await self._abandoned.wait()

    def release(self, answer: Answer) -> None:
        """Let the request be answered; may be called before it arrives."""
        self._answer.set_result(answer)

    async def keep_waiting(self, request: ModelRequest) -> Answer:
        """Be the held request."""
        self._request.set_result(request)
        try:
            return await asyncio.shield(self._answer)
        except asyncio.CancelledError:
            self._abandoned.set()
            raise


class Script:
    """Answers in order, and answers for the first request that fits; `unserved` says what nobody has asked for."""

    def __init__(self) -> None:
        self._next: deque[Answer | Hold] = deque()
        self._fitting: list[tuple[Predicate, Answer | Hold]] = []

    def add(self, answer: Answer | When) -> None:
        if isinstance(answer, When):
            self._fitting.append((answer.fits, answer.answer))
        else:
            self._next.append(answer)

    def add_hold(self, fits: Predicate | None) -> Hold:
        hold = Hold()
        if fits is None:
            self._next.append(hold)
        else:
            self._fitting.append((fits, hold))
        return hold

    def take(self, request: ModelRequest) -> Answer | Hold | None:
        """What answers this request; None when the script has nothing for it."""
        for index, (fits, answer) in enumerate(self._fitting):
            if fits(request):
                del self._fitting[index]
                return answer
        return self._next.popleft() if self._next else None

    @property
    def unserved(self) -> list[Answer | Hold]:
        return [*self._next, *(answer for _, answer in self._fitting)]
