"""Shows the questions to people in the thread, each on a card of its own."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.questions import cards
    from agent_worker.conversation.questions.question import Question
    from agent_worker.payloads import post_keys
    from agent_worker.payloads.questions import ShowQuestion
    from agent_worker.workflow.activity_calls import show_question


class QuestionCards:
    """Each card shows its question as it stands: one update at a time, always with the newest state."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._updating: dict[str, asyncio.Task[None]] = {}
        self._due: set[str] = set()

    def refresh(self, question: Question, *, is_new: bool = False) -> None:
        """Shows how the question stands; a card that could not be shown is not tried again."""
        if not (question.ts or is_new or question.id in self._updating):
            return
        self._due.add(question.id)
        if question.id not in self._updating:
            self._updating[question.id] = asyncio.create_task(self._update(question))

    async def _update(self, question: Question) -> None:
        try:
            while question.id in self._due:
                self._due.discard(question.id)
                question.ts = await show_question(self._request(question)) or question.ts
        except ActivityError:  # the decision counts all the same
            workflow.logger.warning("a question's card could not be shown")
        finally:
            self._updating.pop(question.id, None)

    def _request(self, question: Question) -> ShowQuestion:
        return ShowQuestion(
            thread=self._conversation.thread,
            turn=question.turn.key,
            audience=question.turn.audience,
            names=self._conversation.names_of([*question.people, *(item.by for item in question.items)]),
            key=post_keys.question(question.turn.key),
            card=cards.card(question),
            ts=question.ts,
            is_waiting=question.is_open,
        )

    @property
    def is_busy(self) -> bool:
        return bool(self._updating)

    async def done(self) -> None:
        while self._updating:
            await asyncio.gather(*self._updating.values())
