"""The loop of one turn: ask the model, run the tools that it asks for, ask again, until it answers.

Messages and edits that arrive meanwhile are added before the next model call. A model call that fails and is tried
again is given up for a new message, which is then asked together with what was asked before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import UserMessage
    from agent_worker.contract.names import MEMO_TITLE
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.model_request import next_request
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.agent_policy import AgentPolicy
    from agent_worker.payloads.costs import Spent, untold
    from agent_worker.payloads.errors import TurnedDown, TurnFailed
    from agent_worker.payloads.model import AskModel, ModelReply
    from agent_worker.payloads.opening import Opened
    from agent_worker.workflow.access import Access
    from agent_worker.workflow.activity_calls import ask_model
    from agent_worker.workflow.lost_costs import spent_in
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless
    from agent_worker.workflow.turn.link_reading import Lines, LinkReading
    from agent_worker.workflow.turn.progress_updates import ProgressUpdates
    from agent_worker.workflow.turn.tool_calls import ToolCalls


class TurnLoop:
    """Answers one turn. What it learns, it notes in the conversation and in the turn.

    `heard` is told the messages of admitted people as the model comes to read them.
    """

    def __init__(
        self,
        conversation: Conversation,
        turn: Turn,
        opened: Opened,
        *,
        access: Access,
        progress_updates: ProgressUpdates,
        heard: Callable[[Sequence[UserMessage]], None],
    ) -> None:
        self._heard = heard
        self._conversation = conversation
        self._turn = turn
        self._opened = opened
        self._access = access
        self._progress_updates = progress_updates
        self._tool_calls = ToolCalls(conversation, turn, progress_updates)
        self._link_reading = LinkReading(conversation, turn, progress_updates)

    async def hear(self) -> bool:
        """Adds the turn's messages to the transcript once their authors are admitted; returns False if none is left."""
        admitted = await self._access.admit(self._turn)
        try:
            links = await self._link_reading.of_new(admitted)
        except TurnedDown:
            self._take_up(admitted, self._link_reading.missed(admitted))  # the turn can be tried again
            raise
        self._take_up(admitted, links)
        return bool(self._turn.messages)

    def _take_up(self, admitted: Sequence[UserMessage], links: Lines) -> None:
        """The messages as they read now: while links were read, they may have been edited or deleted."""
        known = {message.ts for message in admitted}
        now = [message for message in self._turn.unheard if message.ts in known]
        if self._turn.hear(now):
            self._conversation.add_messages(now, links)
            self._heard(now)

    async def think(self) -> ModelReply:
        """Asks the model until it answers. When this returns or raises, no update of the progress is under way."""
        try:
            return await self._answer()
        finally:
            await self._progress_updates.done()

    async def _answer(self) -> ModelReply:
        turn = self._turn
        while turn.attempts.model_calls < self._policy.agent_max_model_calls:
            reply = await self._next_reply()
            if reply is None or (turn.changes and not reply.calls):
                turn.display.doubt_draft()  # the reply is to messages that have changed since
                continue
            if reply.failed:
                raise TurnFailed(reply.failed)
            if reply.unusable:
                turn.attempts.note_unusable(reply.unusable)
            elif reply.calls:
                await self._tool_calls.run(reply)
                if await self._tool_calls.asks():
                    return reply
            else:
                return reply
        raise turn.attempts.are_used_up()

    async def _steer(self) -> None:
        """Adds messages, edits and deletions that came since the last model call."""
        conversation, turn = self._conversation, self._turn
        if conversation.inbox.messages and conversation.transcript.has_room_for_messages():
            turn.add(conversation.inbox.take())
            await self.hear()
        if changes := turn.take_changes():
            conversation.add_changes(changes)
        await self._link_reading.of_heard()

    async def _next_reply(self) -> ModelReply | None:
        """The model's next reply; None if the call was given up, because what it was asked has changed."""
        conversation, turn = self._conversation, self._turn
        reply = self._opened.reply if turn.attempts.model_calls == 0 else None  # release 0.2 asked during the opening
        if reply is None:
            await self._steer()
        turn.names = conversation.called  # also for the delivery: it goes on where the stream has ended
        request = next_request(conversation, turn, self._policy)
        turn.attempts.model_calls += 1
        reply = reply or await self._ask(request)
        if reply is None:
            return None
        turn.note_cost(reply.spent, reply.hold)
        if reply.over_quota is not None:
            raise TurnedDown(reply.over_quota)
        turn.has_place = True
        turn.display.draft = reply.draft or turn.display.draft
        if conversation.transcript.epoch == request.epoch:
            conversation.transcript.confirm(request.known + len(request.new), reply.prompt_tokens)
            self._take_title(reply.title)
        elif not reply.calls:
            return None
        else:
            turn.knows_too_much = True
        self._take_version(reply)
        return reply

    async def _ask(self, request: AskModel) -> ModelReply | None:
        turn, transcript = self._turn, self._conversation.transcript
        unread: list[ModelReply] = []
        asking = ask_model(request, self._policy.gemini_timeout, unread.append)

        def has_changed() -> bool:
            return bool(turn.changes) or transcript.epoch != request.epoch

        try:
            return await unless(lambda: has_changed() or self._is_overtaken(), asking)
        except InterruptedWork:
            self._note_lost(unread, [untold(request.model)])
            if not has_changed():
                turn.note_overtaken(len(transcript.entries))
            return None
        except (ActivityError, asyncio.CancelledError) as error:
            self._note_lost(unread, spent_in(error, request.model))
            turn.display.doubt_draft()
            raise

    def _note_lost(self, unread: Sequence[ModelReply], otherwise: list[Spent]) -> None:
        """Notes what a call has cost whose reply is not read: the reply tells it, if it came after all."""
        for reply in unread:
            self._turn.note_cost(reply.spent, reply.hold)
        if not unread:
            self._turn.note_cost(otherwise)

    def _is_overtaken(self) -> bool:
        """Whether somebody has written to the agent while the model call fails again and again.

        Somebody whom the agent does not know to be admitted does not interrupt it: a stranger has no effect.
        """
        if not self._turn.attempts.is_repeating:
            return False
        conversation = self._conversation
        participants = conversation.participants
        is_asked = participants.is_asked(participants.admitted_before(conversation.inbox.messages))
        return is_asked and conversation.transcript.has_room_for_messages()

    @property
    def _policy(self) -> AgentPolicy:
        return self._conversation.policy(self._opened.policy)

    def _take_version(self, reply: ModelReply) -> None:
        """From the turn's first reply on, the whole turn goes by the version that the reply was made by."""
        if reply.version is not None:
            self._conversation.take_version(reply.version, str(workflow.uuid4()))
        self._turn.version = reply.digest

    def _take_title(self, title: str) -> None:
        if title:
            self._conversation.title = self._turn.title = title
            self._conversation.titled_by = self._conversation.first_ts
            workflow.upsert_memo({MEMO_TITLE: title})
