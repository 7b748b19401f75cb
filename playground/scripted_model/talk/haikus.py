"""The haikus of the scripted model."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace

from playground.scripted_model.question import Question
from playground.scripted_model.request.turn import Turn

HAIKUS = (
    "A message arrives\nwritten down before it speaks\nnothing will be lost",
    "Quiet thread at night\nthe worker sleeps and wakes up\nstill knowing your words",
    "One question, one turn\nthe answer finds its own way\nand is said just once",
    "Leaves fall, servers too\nhistory keeps every step\nspring comes, we go on",
    "A tool lends its hand\nwind and rain from far away\nfolded into lines",
    "Small talk on the wire\neach word remembered in place\nlike stones in a stream",
)
_ASKS = re.compile(r"\b(?:haikus?|poems?|verses?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Haiku(Question):
    """The same text always gets the same haiku; `number` counts how often another one was wanted."""

    text: str
    number: int = 0

    def answer(self, _turn: Turn, /) -> str:
        return HAIKUS[(zlib.crc32(self.text.encode()) + self.number) % len(HAIKUS)]

    def going_on(self, text: str, /) -> Question | None:
        return replace(self, number=self.number + 1) if re.search(r"\b(?:another|more|again|about)\b", text) else None

    def once_more(self, number: int, /) -> Question | None:
        return replace(self, number=self.number + number)


def asks_for_haiku(text: str) -> bool:
    return bool(_ASKS.search(text))
