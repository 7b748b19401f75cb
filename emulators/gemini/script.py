"""Which answer a request gets: the next in order, or the one meant for requests that look like this."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from emulators.gemini.answers import Answer, Predicate, When
from emulators.gemini.holds import HeldAnswer
from emulators.gemini.request import ModelRequest


class Answering(Protocol):
    """Answers every request by itself, as the demo does."""

    def answer(self, request: ModelRequest) -> Answer: ...


class Script:
    """The answers that no request has got yet."""

    def __init__(self) -> None:
        self._next: deque[Answer | HeldAnswer] = deque()
        self._fitting: list[tuple[Predicate, Answer | HeldAnswer]] = []

    def add(self, answer: Answer | When) -> None:
        """Append an answer; a `When` waits for the first request that fits."""
        if isinstance(answer, When):
            self._fitting.append((answer.fits, answer.answer))
        else:
            self._next.append(answer)

    def add_held(self, fits: Predicate | None) -> HeldAnswer:
        """Append an answer that the test gives later."""
        held = HeldAnswer()
        if fits is None:
            self._next.append(held)
        else:
            self._fitting.append((fits, held))
        return held

    def take(self, request: ModelRequest) -> Answer | HeldAnswer | None:
        """The answer to this request, which is then used up; None if the script has no answer for it."""
        for index, (fits, answer) in enumerate(self._fitting):
            if fits(request):
                del self._fitting[index]
                return answer
        return self._next.popleft() if self._next else None

    @property
    def unserved(self) -> list[Answer | HeldAnswer]:
        """The answers that nobody has asked for."""
        return [*self._next, *(answer for _, answer in self._fitting)]
