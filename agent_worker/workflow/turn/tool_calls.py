"""The tool calls of one reply: they run at the same time, and people are asked about those that need it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from typing import Any

    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.questions import inputs, outcomes
    from agent_worker.conversation.questions.question import Item, Question, of_calls
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.agent_version import ToolRun
    from agent_worker.payloads.errors import DEFECT, TurnFailed
    from agent_worker.payloads.model import SHOWN, ModelReply, ToolCall
    from agent_worker.payloads.questions import AskedCall, FindGrants
    from agent_worker.payloads.thread import Source
    from agent_worker.workflow.activity_calls import find_grants, run_tool
    from agent_worker.workflow.turn.progress_updates import ProgressUpdates


ASKED = "Asks people first"  # on the card of a call of which the server wants to know something


class ToolCalls:
    """What it learns, it notes in the conversation and in the turn."""

    def __init__(self, conversation: Conversation, turn: Turn, progress_updates: ProgressUpdates) -> None:
        self._conversation = conversation
        self._turn = turn
        self._progress_updates = progress_updates
        self._epoch = ""  # of the transcript that the calls come from

    async def run(self, reply: ModelReply) -> None:
        """Runs the calls. The model gets their results together, in the order of its calls.

        Those that people have to be asked about do not run: their results say so, and `turn.asks` is the question.
        """
        if reply.content is None:
            raise TurnFailed(DEFECT)  # Gemini takes results only after the content that asked for them
        self._epoch = self._conversation.transcript.epoch
        grants = await self._grants(reply.calls)
        waiting = [at for at, call in enumerate(reply.calls) if call.asks_first and not grants[at]]
        self._turn.asks = question = self._question_about([reply.calls[at] for at in waiting])
        told = [outcomes.waiting(question, item) for item in range(len(waiting))] if question else []
        results = dict(zip(waiting, told or [outcomes.TOO_MANY_OPEN] * len(waiting), strict=True))
        ran = await self._ran({at: call for at, call in enumerate(reply.calls) if at not in results})
        results |= {at: self._put_to_people(reply.calls[at], result) for at, result in ran.items()}
        for at, grant in enumerate(grants):
            if grant:
                self._record(reply.calls[at], results[at], grant, at)
                results[at] = outcomes.granted(results[at])
        if not self._turn.display.has_message_for_steps:
            await self._progress_updates.done()  # it finds out where the answer goes
        in_order = [results[at] for at in range(len(reply.calls))]
        self._conversation.transcript.add_tool_results(reply.content, reply.calls, in_order)

    async def asks(self) -> bool:
        """Whether people are to be asked now: not if what the question came from has changed while calls were run."""
        question, transcript = self._turn.asks, self._conversation.transcript
        if question is None:
            return False
        await self._progress_updates.done()
        if not self._turn.changes and transcript.epoch == self._epoch:
            return True
        self._turn.asks = None
        question.end("cancelled", workflow.time(), reason=outcomes.CHANGED_MEANWHILE)
        results = {
            outcomes.mark(question, at): outcomes.not_carried_out(item, self._conversation.names)
            for at, item in enumerate(question.items)
        }
        transcript.exchange_responses(results, str(workflow.uuid4()))
        return False

    async def _ran(self, calls: Mapping[int, ToolCall]) -> dict[int, dict[str, Any]]:
        """The results of these calls, by their place in the reply. All of them run at the same time."""
        at_once = list(calls.values())
        first = self._turn.display.add_steps(at_once, workflow.time())
        displaying = self._displaying_call(at_once)
        if displaying is None:
            self._progress_updates.refresh()
        runs = [self._run_tool(first + index, call, displays=call is displaying) for index, call in enumerate(at_once)]
        return dict(zip(calls, await asyncio.gather(*runs), strict=True))

    async def _grants(self, calls: Sequence[ToolCall]) -> list[str]:
        """For each call the id of the grant that allows it; "" if none does, or none is needed."""
        asked = [
            AskedCall(tool=call.name, arguments=call.args, digest=call.approval.digest)
            for call in calls
            if call.asks_first and call.approval is not None
        ]
        if not asked:
            return [""] * len(calls)
        request = FindGrants(thread=self._conversation.thread, agent=self._conversation.agent, calls=asked)
        try:
            found = iter((await find_grants(request)).ids)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            found = iter([""] * len(asked))
        return [next(found) if call.asks_first and call.approval is not None else "" for call in calls]

    def _put_to_people(self, call: ToolCall, result: dict[str, Any]) -> dict[str, Any]:
        """The result; if the server wants to know something first, that people have been asked.

        What it wants to know is added to the question that the turn ends with.
        """
        request = inputs.request_in(result)
        if request is None:
            return result
        turn, question = self._turn, self._turn.asks
        is_full = question is None and self._conversation.questions.is_full
        if is_full or not turn.askers or (question is not None and question.kind == "choose"):
            return inputs.NOT_NOW
        if question is None:
            turn.asks = question = self._of([call])
            question.kind, question.items = "form", []
        item = Item(call=call)
        item.ask(request)
        question.items.append(item)
        return outcomes.waiting(question, len(question.items) - 1)

    def _question_about(self, asking: Sequence[ToolCall]) -> Question | None:
        """The question to people about these calls; None if there are none, or if too many are open already."""
        if not asking or self._conversation.questions.is_full:
            return None
        return self._of(asking)

    def _of(self, calls: Sequence[ToolCall]) -> Question:
        return of_calls(
            calls,
            identity=self._turn.key,
            turn=self._turn.answered,
            askers=self._turn.askers,
            agent=(self._conversation.agent, self._turn.version),
            now=workflow.time(),
        )

    def _record(self, call: ToolCall, result: dict[str, Any], grant: str, at: int) -> None:
        """People read later what has run without a question."""
        now = workflow.time()
        identity = f"{self._turn.key}:{self._turn.attempts.model_calls}#{at}"
        self._conversation.decisions.note_granted(
            self._of([call]), result, grant=grant, identity=identity, thread=self._conversation.thread, now=now
        )

    def _displaying_call(self, calls: Sequence[ToolCall]) -> ToolCall | None:
        """The tool call whose activity also shows the steps; None if an activity of its own has to show them."""
        if not self._turn.display.knows_where_steps_are:
            return None
        return next((call for call in calls if call.refused is None), None)

    async def _run_tool(self, step: int, call: ToolCall, *, displays: bool) -> dict[str, Any]:
        shown = self._progress_updates.request() if displays else None
        run = ToolRun(
            agent=self._conversation.agent,
            version=self._turn.version,
            shown=shown,
            askers=self._turn.askers,
            action_token=self._turn.action_token,
        )
        result = dict(await run_tool(call, run))
        # Sources and what is shown are for people: the model gets the result alone.
        sources = [Source.model_validate(source) for source in result.pop("sources", [])]
        outcome = ASKED if inputs.request_in(result) is not None else str(result.pop(SHOWN, ""))
        self._turn.display.end_step(step, workflow.time(), failed="error" in result, sources=sources, outcome=outcome)
        if self._turn.display.has_running_steps:  # otherwise the next model call shows that the step has ended
            self._progress_updates.refresh()
        return result
