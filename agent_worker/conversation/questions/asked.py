"""The questions to people that a conversation has asked and that are not settled yet. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agent_worker.conversation.questions.question import Question
from agent_worker.payloads.storage_limits import size_of

TAKEN = 500  # answers whose ids are remembered
MOST_OPEN, MOST_BYTES = 20, 500_000  # the next run has to carry them, with the schemas of their calls


@dataclass(kw_only=True)
class AskedQuestions:
    """In the order in which they were asked."""

    asked: list[Question] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # the ids of answers that were taken, the newest last

    def __iter__(self) -> Iterator[Question]:
        return iter(list(self.asked))

    def find(self, identity: str) -> Question | None:
        return next((question for question in self.asked if question.id == identity), None)

    def add(self, question: Question) -> None:
        self.asked.append(question)

    def forget(self, question: Question) -> None:
        self.asked = [one for one in self.asked if one.id != question.id]

    def has_taken(self, answer: str) -> bool:
        """Whether an answer with this id was taken before, perhaps to a question that is settled since."""
        return answer in self.taken

    def note_taken(self, answer: str) -> None:
        self.taken = [*self.taken, answer][-TAKEN:]

    @property
    def is_full(self) -> bool:
        """Whether nobody may be asked anything else for now."""
        calls = [item.call for question in self.asked for item in question.items]
        return len(self.asked) >= MOST_OPEN or sum(size_of(call.model_dump()) for call in calls) > MOST_BYTES

    @property
    def are_open(self) -> bool:
        """Whether anybody is to decide anything."""
        return any(question.is_open for question in self.asked)

    @property
    def decided(self) -> Question | None:
        """The first one of which all is known, and of which the model has to hear."""
        return next((question for question in self.asked if question.is_over and not question.is_silent), None)

    @property
    def called_off(self) -> list[Question]:
        """Those of which all is known, and which nobody waits for."""
        return [question for question in self.asked if question.is_over and question.is_silent]
