"""How a run begins: it learns the worker's settings, who is who, and what the thread holds already."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.conversation.wording import quotations
    from agent_worker.payloads.errors import TurnedDown
    from agent_worker.payloads.opening import OpenConversation, Opened
    from agent_worker.workflow.access import Access
    from agent_worker.workflow.activity_calls import open_conversation
    from agent_worker.workflow.release_0_2 import gave_up_opening
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless

# Seconds. A younger message cannot have been answered by an earlier run that has closed since: a run waits for days. So
# it does not matter if this clock and Slack's are some minutes apart.
OLD_MESSAGE = 60


class Opening:
    """Opens the conversation, once in a run.

    `opened` is what the worker has told this run, None before. It stays None as long as no agent answers here: the next
    turn asks again, also what the thread holds, as nobody has read that. A conversation that `is_new` may have a past
    in its thread, which is then read; one that was carried over from another run knows its past.
    """

    def __init__(self, conversation: Conversation, access: Access, *, is_new: bool) -> None:
        self.opened: Opened | None = None
        self._conversation = conversation
        self._access = access
        self._is_new = is_new

    async def open(self, turn: Turn) -> Opened:
        """Opens the conversation if no turn of this run has done so, and takes out of the turn what is answered.

        Raises TurnedDown if the turn has no place in the quotas: then the next turn opens it.
        """
        if self.opened is not None:
            return self.opened
        request, opened = await self._ask_worker(turn)
        if opened.over_quota is not None:
            self._access.learn(request.authors, opened)
            raise TurnedDown(opened.over_quota)
        turn.has_place = request.claim is not None
        turn.hold = opened.hold
        if not opened.no_agent:
            self.opened = opened.model_copy(update={"reply": None, "draft": None})
            self._is_new = False
        self._conversation.open(opened)
        turn.nameless.update(opened.nameless)
        self._access.learn(request.authors, opened)
        over = {*opened.answered, *opened.gone}
        turn.messages = [message for message in turn.messages if message.ts not in over]
        for ts in opened.gone:
            turn.take_back_quotation(ts)
        turn.display.draft = opened.draft or turn.display.draft
        return opened

    async def _ask_worker(self, turn: Turn) -> tuple[OpenConversation, Opened]:
        request, asked = self._request(turn), list(turn.messages)
        is_new_thread = self._is_new and request.earlier_than is None
        try:
            opened = await unless(
                lambda: gave_up_opening(turn, asked, is_new_thread=is_new_thread), open_conversation(request)
            )
        except InterruptedWork:
            turn.display.doubt_draft()
            return await self._ask_worker(turn)
        return request, opened

    def _request(self, turn: Turn) -> OpenConversation:
        conversation = self._conversation
        has_a_past = self._is_new and self._may_have_a_past(turn)
        return OpenConversation(
            thread=conversation.thread,
            ids=conversation.unknown_ids(turn.messages),
            earlier_than=turn.begun_at if has_a_past else None,
            authors=conversation.participants.unjudged(turn.messages, workflow.time()),
            asked=self._asked(turn) if has_a_past else [],
            is_addressed=any(message.addressed for message in turn.messages),
            claim=turn.claim(conversation.thread),
            agent=conversation.agent,
            turn=turn.key,
        )

    def _asked(self, turn: Turn) -> list[str]:
        """What is to be answered and stands in the thread; of a question from the shortcut, the message it is about."""
        waiting = [*turn.messages, *self._conversation.inbox.messages]
        stand_there = [quotations.quoted(message)[:1] if message.unseen else [message.ts] for message in waiting]
        return list(dict.fromkeys(ts for each in stand_there for ts in each))

    def _may_have_a_past(self, turn: Turn) -> bool:
        """Whether something was said before: by others, or in a conversation that has closed since."""
        thread = self._conversation.thread
        if not thread.in_slack:
            return False
        return turn.begun_at != thread.thread_ts or workflow.time() - float(turn.begun_at) > OLD_MESSAGE
