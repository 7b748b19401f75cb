"""The loop of one turn: ask the model, run the tools that it asks for, ask again, until it answers.

Messages and edits that arrive meanwhile are added before the next model call. A model call that fails and is tried
again is given up for a new message, which is then asked together with what was asked before.
"""

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
    from agent_worker.payloads.agent_policy import AgentPolicy
    from agent_worker.payloads.agent_version import ToolRun
    from agent_worker.payloads.errors import DEFECT, TurnedDown, TurnFailed
    from agent_worker.payloads.model import AskModel, ModelReply, ToolCall
    from agent_worker.payloads.opening import Opened
    from agent_worker.payloads.thread import Source
    from agent_worker.workflow.access import Access
    from agent_worker.workflow.activity_calls import ask_model, run_tool
    from agent_worker.workflow.interruption import InterruptedWork, unless
    from agent_worker.workflow.progress_updates import ProgressUpdates


class TurnLoop:
    """Answers one turn. What it learns, it notes in the conversation and in the turn."""

    def __init__(
        self,
        conversation: Conversation,
        turn: Turn,
        opened: Opened,
        *,
        access: Access,
        progress_updates: ProgressUpdates,
    ) -> None:
        self._conversation = conversation
        self._turn = turn
        self._opened = opened
        self._access = access
        self._progress_updates = progress_updates

    async def hear(self) -> bool:
        """Adds the turn's messages to the transcript once their authors are admitted; returns False if none is left."""
        admitted = await self._access.admit(self._turn)
        if self._turn.hear(admitted):
            self._conversation.add_messages(admitted)
        return bool(self._turn.messages)

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
                await self._run_tools(reply)
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

    async def _next_reply(self) -> ModelReply | None:
        """The model's next reply; None if the call was given up, because what it was asked has changed."""
        conversation, turn = self._conversation, self._turn
        reply = self._opened.reply if turn.attempts.model_calls == 0 else None  # release 0.2 asked during the opening
        if reply is None:
            await self._steer()
        request = next_request(conversation, turn, self._policy)
        turn.attempts.model_calls += 1
        reply = reply or await self._ask(request)
        if reply is None:
            return None
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
        asking = ask_model(request, self._policy.gemini_timeout)

        def has_changed() -> bool:
            return bool(turn.changes) or transcript.epoch != request.epoch

        try:
            return await unless(lambda: has_changed() or self._is_overtaken(), asking)
        except InterruptedWork:
            if not has_changed():
                turn.note_overtaken(len(transcript.entries))
            return None
        except (ActivityError, asyncio.CancelledError):
            turn.display.doubt_draft()
            raise

    def _is_overtaken(self) -> bool:
        """Whether somebody has written to the agent while the model call fails again and again."""
        if not self._turn.attempts.is_repeating:
            return False
        conversation = self._conversation
        is_asked = conversation.participants.is_asked(conversation.inbox.messages)
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

    async def _run_tools(self, reply: ModelReply) -> None:
        """Runs all tool calls at the same time. The model gets their results together, in the order of its calls."""
        if reply.content is None:
            raise TurnFailed(DEFECT)  # Gemini takes results only after the content that asked for them
        first = self._turn.display.add_steps(reply.calls)
        displaying = self._displaying_call(reply.calls)
        if displaying is None:
            self._progress_updates.refresh()
        runs = [
            self._run_tool(first + index, call, displays=call is displaying) for index, call in enumerate(reply.calls)
        ]
        results = await asyncio.gather(*runs)
        if not self._turn.display.has_message_for_steps:
            await self._progress_updates.done()  # it finds out where the answer goes
        self._conversation.transcript.add_tool_results(reply.content, reply.calls, results)

    def _displaying_call(self, calls: Sequence[ToolCall]) -> ToolCall | None:
        """The tool call whose activity also shows the steps; None if an activity of its own has to show them."""
        if not self._turn.display.knows_where_steps_are:
            return None
        return next((call for call in calls if call.refused is None), None)

    async def _run_tool(self, step: int, call: ToolCall, *, displays: bool) -> dict[str, Any]:
        shown = self._progress_updates.request() if displays else None
        run = ToolRun(agent=self._conversation.agent, version=self._turn.version, shown=shown)
        result = dict(await run_tool(call, run))
        # Sources are for people: the model gets the result alone.
        sources = [Source.model_validate(source) for source in result.pop("sources", [])]
        self._turn.display.end_step(step, failed="error" in result, sources=sources)
        if self._turn.display.has_running_steps:  # otherwise the next model call shows that the step has ended
            self._progress_updates.refresh()
        return result
