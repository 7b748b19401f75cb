"""How a run begins: it learns the worker's settings, what the thread holds already, and often the first reply."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn import Turn
    from agent_worker.payloads.opening import FirstMessages, OpenConversation, Opened
    from agent_worker.workflow.activity_calls import open_conversation
    from agent_worker.workflow.interruption import InterruptedWork, unless

OLD_MESSAGE = 60  # seconds; younger ones cannot have been answered and forgotten


class Opening:
    """`opened` is what a run has learned; a conversation that `is_new` may have a past in its thread."""

    def __init__(self, conversation: Conversation, *, is_new: bool) -> None:
        self.opened: Opened | None = None
        self._conversation = conversation
        self._is_new = is_new

    async def open(self, turn: Turn) -> Opened:
        """Once a run. The first turn gets the model's first reply with it: an activity less that somebody waits for."""
        if self.opened is not None:
            return self.opened
        opened = await self._opened_for(turn)
        self.opened = opened.model_copy(update={"reply": None, "draft": None})
        self._is_new = False
        self._conversation.open(opened)
        turn.messages = [message for message in turn.messages if message.ts not in opened.answered]
        turn.draft = opened.draft or turn.draft
        return opened

    async def _opened_for(self, turn: Turn) -> Opened:
        """Opens it anew, and does no more, if what was to be answered at once is changed meanwhile."""
        request = self._request(turn)
        if (asked := request.asks) is None:
            return await open_conversation(request)
        try:
            return await unless(lambda: turn.messages != asked.messages, open_conversation(request))
        except InterruptedWork:
            turn.doubt_draft()
            return await self._opened_for(turn)
        except (ActivityError, asyncio.CancelledError):
            turn.doubt_draft()
            raise

    def _request(self, turn: Turn) -> OpenConversation:
        conversation = self._conversation
        has_a_past = self._is_new and self._may_have_a_past(turn)
        may_ask = self._is_new and not has_a_past and turn.may_be_asked_at_once
        return OpenConversation(
            thread=conversation.thread,
            ids=conversation.unknown_ids(turn.messages),
            earlier_than=turn.key if has_a_past else None,
            authors=conversation.people.authors(turn.messages, conversation.names),
            asks=FirstMessages(epoch=conversation.epoch, messages=list(turn.messages)) if may_ask else None,
        )

    def _may_have_a_past(self, turn: Turn) -> bool:
        """A reply follows what was said before; an old message may have been answered by a run long closed."""
        thread = self._conversation.thread
        if not thread.in_slack:
            return False
        return turn.key != thread.thread_ts or workflow.time() - float(turn.key) > OLD_MESSAGE
