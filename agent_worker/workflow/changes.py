"""What people change about their messages: edits and deletions, whenever they come.

A message that waits is changed in the inbox. One that the model has read is changed in all that the model is given, as
if it had never read otherwise (docs/decisions/0019-taken-back.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import MessageChange, UserMessage
    from agent_worker.contract.names import MEMO_TITLE
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.thread import Author
    from agent_worker.workflow.access import Access
    from agent_worker.workflow.release_0_2 import REWRITTEN_WHEN_ADDRESSED, TAKEN_BACK, Patch


class Changes:
    """Who may write may edit. Anybody may delete: that takes away what the person has said, and adds nothing.

    `running` tells which turn is being answered; None between turns. `taken_back` is told the `ts` of each message that
    was edited or deleted.
    """

    def __init__(
        self,
        conversation: Conversation,
        access: Access,
        running: Callable[[], Turn | None],
        taken_back: Callable[[str], None],
    ) -> None:
        self._conversation = conversation
        self._access = access
        self._running = running
        self._taken_back = taken_back
        self._patch = Patch(TAKEN_BACK)
        self._rewrites_addressed = Patch(REWRITTEN_WHEN_ADDRESSED)

    def readdress(self, message: UserMessage, turn: Turn | None) -> None:
        """Takes up, once, a message that an edit has addressed to the agent; `turn` is the one that may answer it.

        Slack tells such an edit twice, in any order: as a mention, which comes here, and as an edit, which is heard.
        What the model has read of the message is rewritten with whichever comes first, so that it is asked once.
        """
        if turn is not None and self._is_rewritten_by(message, turn) and self._rewrites_addressed.applies():
            self._change(MessageChange(ts=message.ts, at=message.addressed_at, **message.content).by(message))
            turn.rewritten.append(message.ts)
        self._conversation.readdress(message, turn)

    def _is_rewritten_by(self, message: UserMessage, turn: Turn) -> bool:
        """Whether the mention brings words that the turn does not have yet, of a message that the model has read."""
        known = turn.message(message.ts)
        is_new = known is not None and not known.addressed and known.content != message.content
        return is_new and self._conversation.has_read(message)

    def hear(self, change: MessageChange) -> None:
        """Notes a change. What the model has not read can be changed by anybody: it is judged when it is taken up.

        If the author may not write any more, an edit takes the old words away, and the new ones are not read.
        """
        turn, conversation = self._running(), self._conversation
        if turn is not None and conversation.is_known(change, turn):
            is_rewritten = change.ts in turn.rewritten
            if is_rewritten or not conversation.has_read(change):
                return
        message = turn.heard_message(change.ts) if turn is not None else None
        change = change.by(message) if message else change
        if change.deleted or change.from_app or not (message or conversation.has_read(change)):
            self._change(change)
            return
        deletion = partial(self._change, change.as_deletion)
        person = Author(id=change.user, team=change.team)
        has_talked_to_us = change.user in conversation.participants.verdicts
        change_it = partial(self._change, change)
        self._access.let(person, change_it, at=change.at, is_told=has_talked_to_us, otherwise=deletion)

    def _change(self, change: MessageChange) -> None:
        conversation, turn = self._conversation, self._running()
        if not conversation.inbox.is_news(change) and self._patch.applies():
            return
        self._taken_back(change.ts)
        change = conversation.inbox.without_old_quotations(change)
        conversation.take_back_untold(change)
        conversation.inbox.take_back_quotation(change.ts)
        if turn is not None:
            turn.take_back_quotation(change.ts)
        is_rewritten = conversation.has_read(change) and self._patch.applies()
        if is_rewritten:
            self._take_back(change, turn)
        if turn is None or not turn.change(change, is_rewritten=is_rewritten):
            conversation.inbox.change(change)

    def _take_back(self, change: MessageChange, turn: Turn | None) -> None:
        """Changes what the model has read. A running turn goes on with the words that are left."""
        conversation = self._conversation
        is_running = turn is not None and not turn.is_delivering
        lost_title = conversation.take_back(change, is_running=is_running, epoch=str(workflow.uuid4()))
        if lost_title:
            workflow.upsert_memo({MEMO_TITLE: ""})
        if turn is not None:
            turn.take_back(lost_title=lost_title, has_question=conversation.transcript.has_question)
