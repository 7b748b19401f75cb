"""The way from what was asked to an answer: model, tools, model, … and whatever is said meanwhile steers it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from typing import Any

    from agent_worker.contract.names import MEMO_TITLE
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.model_request import next_request
    from agent_worker.conversation.turn import Turn
    from agent_worker.payloads.errors import DEFECT, TurnFailed
    from agent_worker.payloads.model import AskModel, ModelReply, ToolCall
    from agent_worker.payloads.opening import Opened
    from agent_worker.payloads.thread import Source
    from agent_worker.workflow.activity_calls import ask_model, look_up_names, run_tool
    from agent_worker.workflow.interruption import InterruptedWork, unless
    from agent_worker.workflow.outbox import Speaking
    from agent_worker.workflow.progress_updates import Showing


class Answering:
    """One turn's loop. What it learns it writes into the conversation and the turn."""

    def __init__(
        self, conversation: Conversation, turn: Turn, opened: Opened, *, speaking: Speaking, showing: Showing
    ) -> None:
        self._conversation = conversation
        self._turn = turn
        self._opened = opened
        self._speaking = speaking
        self._showing = showing

    async def hear(self) -> bool:
        """Adds what people said, once it is known who they are; False when none of them may talk to the agent."""
        conversation, turn = self._conversation, self._turn
        if unknown := conversation.unknown_ids(turn.unheard):
            known = await look_up_names(unknown, conversation.participants.authors(turn.unheard, conversation.names))
            conversation.names |= known.names
            conversation.participants.refused |= known.refused
        await self._speaking.refuse(turn.key, turn.unheard)
        if admitted := turn.hear(conversation.participants.admitted(turn.unheard)):
            conversation.add_messages(admitted)
        return bool(turn.messages)

    async def think(self) -> ModelReply:
        """Asks the model until it answers. When this is over, nothing is being shown any more."""
        try:
            return await self._answer()
        finally:
            await self._showing.done()

    async def _answer(self) -> ModelReply:
        turn = self._turn
        while turn.attempts.model_calls < self._opened.policy.agent_max_model_calls:
            reply = await self._next_reply()
            if reply is None or (turn.changes and not reply.calls):
                turn.display.doubt_draft()  # what was asked has changed meanwhile
                continue
            if reply.failed:
                raise TurnFailed(reply.failed)
            if reply.unusable:
                turn.attempts.note_unusable(reply.unusable)
            elif reply.calls:
                await self._run_tools(reply)
            else:
                return reply
        raise turn.attempts.are_used_up()

    async def _steer(self) -> None:
        """Adds what arrived, and what was changed, since the last model call."""
        conversation, turn = self._conversation, self._turn
        if conversation.inbox.messages and conversation.transcript.has_room_for_messages():
            turn.messages += conversation.inbox.take()
            await self.hear()
        if changes := turn.take_changes():
            conversation.add_changes(changes)

    async def _next_reply(self) -> ModelReply | None:
        """The model's next reply; None if a message of the turn was edited or deleted before the reply came."""
        conversation, turn = self._conversation, self._turn
        reply = self._opened.reply if turn.attempts.model_calls == 0 else None  # release 0.2 asked during the opening
        if reply is None:
            await self._steer()
        request = next_request(conversation, turn, self._opened.policy)
        turn.attempts.model_calls += 1
        reply = reply or await self._ask(request)
        if reply is not None:
            turn.display.draft = reply.draft or turn.display.draft
            conversation.transcript.confirm(request.known + len(request.new), reply.prompt_tokens)
            self._take_title(reply.title)
        return reply

    async def _ask(self, request: AskModel) -> ModelReply | None:
        turn = self._turn
        try:
            return await unless(lambda: bool(turn.changes), ask_model(request, self._opened.policy.gemini_timeout))
        except InterruptedWork:
            return None
        except (ActivityError, asyncio.CancelledError):
            turn.display.doubt_draft()
            raise

    def _take_title(self, title: str) -> None:
        if title:
            self._conversation.title = self._turn.title = title
            workflow.upsert_memo({MEMO_TITLE: title})

    async def _run_tools(self, reply: ModelReply) -> None:
        """Runs all calls at once; what the model hears of them, it hears together and in its own order."""
        if reply.content is None:
            raise TurnFailed(DEFECT)  # calls without what they came in cannot be answered
        first = self._turn.display.add_steps(reply.calls)
        showing = self._showing_tool(reply.calls)
        if showing is None:
            self._showing.refresh()
        runs = [self._run_tool(first + index, call, shows=call is showing) for index, call in enumerate(reply.calls)]
        results = await asyncio.gather(*runs)
        if not self._turn.display.has_message_for_steps:
            await self._showing.done()  # what it finds out is where the model may go on
        self._conversation.transcript.add_tool_results(reply.content, reply.calls, results)

    def _showing_tool(self, calls: Sequence[ToolCall]) -> ToolCall | None:
        """The call that shows all of them where steps are shown already: an activity of its own would only cost."""
        if not self._turn.display.knows_where_steps_are:
            return None
        return next((call for call in calls if call.refused is None), None)

    async def _run_tool(self, step: int, call: ToolCall, *, shows: bool) -> dict[str, Any]:
        result = dict(await run_tool(call, self._showing.request() if shows else None))
        # For people: the model has the result itself.
        sources = [Source.model_validate(source) for source in result.pop("sources", [])]
        self._turn.display.end_step(step, failed="error" in result, sources=sources)
        if self._turn.display.has_running_steps:  # otherwise the next model call shows it
            self._showing.refresh()
        return result
