"""What every question is to the scripted model: calls that it takes, an answer, and what may follow on it. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from playground.scripted_model.request.tools import Tools
from playground.scripted_model.request.turn import Call, Turn

NO_TOOL = "I would have to look that up, but I have no tool for it here."


class Question(ABC):
    @property
    def without_tool(self) -> str:
        """The answer where none of the tools is there that it takes."""
        return NO_TOOL

    @property
    def is_lost(self) -> bool:
        """Whether the answer is only that nothing was found to answer with."""
        return False

    def lacks_tool(self, turn: Turn, declared: Tools, /) -> bool:
        """Whether it takes calls, and none of them was made. To be asked when no call is to be made any more."""
        return bool(self.calls(turn, declared)) and not turn.results

    @property
    def is_own(self) -> bool:
        """Whether the answer is one that somebody has written for the script, and is said as it stands."""
        return False

    @property
    def is_open(self) -> bool:
        """Whether its answer asks for something that is missing: then the next message is taken for that."""
        return False

    def calls(self, turn: Turn, declared: Tools, /) -> list[Call]:  # noqa: ARG002
        """The calls that the answer takes as far as it is known by now, those that were made included."""
        return []

    @abstractmethod
    def answer(self, turn: Turn, /) -> str:
        """In Markdown, from what the calls returned. `turn` holds the results of these calls and no others."""

    def going_on(self, text: str, /) -> Question | None:  # noqa: ARG002
        """The same asked otherwise, by a message such as "and for California?"; None if it means something else."""
        return None

    def is_like(self, other: Question, /) -> bool:
        """Whether the other one asks for the same kind of thing, so that it can take the place of this one."""
        return type(self) is type(other)

    def once_more(self, number: int, /) -> Question | None:  # noqa: ARG002
        """The same question, to be answered in another way; None if it has only one answer. `number` counts from 1."""
        return None


@dataclass(frozen=True)
class Told(Question):
    """A question that is answered without a call; `lost` if nobody knows what it asks."""

    text: str
    lost: bool = False

    @property
    def is_lost(self) -> bool:
        return self.lost

    def answer(self, _turn: Turn, /) -> str:
        return self.text

    def is_like(self, other: Question, /) -> bool:
        return self == other
