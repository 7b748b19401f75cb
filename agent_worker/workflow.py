"""AgentWorkflow: one Slack thread's conversation, from its first message until it has been idle for long.

Messages wait in the inbox. Each turn takes what waits, asks the model, runs the tools it asks for, asks again, and
delivers one answer. Messages that arrive meanwhile steer the turn: they are added before the next model call.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

# Each name from its own module: `from agent_worker import …` would import that module anew for every conversation.
with workflow.unsafe.imports_passed_through():
    from typing import Any

    from agent_worker.contract import AGENT_WORKFLOW, TRANSCRIPT, USER_MESSAGE, UserMessage
    from agent_worker.conversation import Conversation, Run
    from agent_worker.errors import (
        DEFECT,
        OUT_OF_STEPS,
        UNKNOWN_MODEL,
        UNUSABLE_ANSWER,
        TurnFailed,
        code_of,
        poisons_the_conversation,
        sentence,
    )
    from agent_worker.requests import (
        AskModel,
        Deliver,
        ModelReply,
        OpenConversation,
        Opened,
        ReadTranscript,
        ShowProgress,
        Summarise,
        ToolCall,
        TranscriptPage,
    )
    from agent_worker.steps import (
        ask_model,
        deliver,
        look_up_names,
        open_conversation,
        run_tool,
        show_progress,
        summarise,
    )
    from agent_worker.turn import Turn

OLD_MESSAGE = 60  # seconds; younger ones cannot have been answered and forgotten
LONG_HISTORY = 2_000  # events; replaying more than that makes a cold conversation slow to answer


@workflow.defn(name=AGENT_WORKFLOW)
class AgentWorkflow:
    @workflow.init
    def __init__(self, start: Run) -> None:
        self._conversation = start.carried or Conversation(thread=start.thread, epoch=str(workflow.uuid4()))
        self._is_new = start.carried is None
        self._opened: Opened | None = None
        self._last_heard = workflow.now()
        self._idle_alarm: asyncio.Task[None] | None = None
        self._showing: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, start: Run) -> str:
        """Answers until the conversation has been idle for long; returns the last answer (a terminal has just one)."""
        answer = ""
        while await self._next_message():
            answer = await self._take_turn()
            if not start.thread.in_slack and not self._conversation.inbox:
                break
            await self._keep_short()
        return answer

    @workflow.signal(name=USER_MESSAGE)
    def user_message(self, message: UserMessage) -> None:
        # Only appends: a handler that awaits can lose its message when the conversation closes at that moment.
        self._last_heard = workflow.now()
        self._conversation.receive(message)

    @workflow.query(name=TRANSCRIPT)
    def transcript(self, request: ReadTranscript) -> TranscriptPage:
        return self._conversation.page(request)

    # Waiting

    async def _next_message(self) -> bool:
        """Waits for a message; False when none came for as long as a conversation stays open."""
        while not self._conversation.inbox:
            self._idle_alarm = self._alarm()
            await workflow.wait_condition(self._has_work_or_alarm)
            if not self._conversation.inbox and workflow.now() >= self._closes_at():
                return False
        return True

    def _has_work_or_alarm(self) -> bool:
        return bool(self._conversation.inbox) or (self._idle_alarm is not None and self._idle_alarm.done())

    def _alarm(self) -> asyncio.Task[None]:
        """One timer at a time, left running through the turns: a timer for each wait would cost an action a turn."""
        if self._idle_alarm is not None and not self._idle_alarm.done():
            return self._idle_alarm
        seconds = (self._closes_at() - workflow.now()).total_seconds()
        return asyncio.create_task(workflow.sleep(max(seconds, 1)))

    def _closes_at(self) -> datetime:
        idle = self._opened.idle_seconds if self._opened else timedelta(days=7).total_seconds()
        return self._last_heard + timedelta(seconds=idle)

    # A turn

    async def _take_turn(self) -> str:
        """Answers what waits. Whatever fails ends this turn with a plain sentence; the conversation goes on."""
        turn = Turn(messages=self._conversation.take_messages())
        self._conversation.start_turn()
        try:
            return await self._answer(turn)
        except (ActivityError, TurnFailed) as error:
            if is_cancelled_exception(error):
                raise
            return await self._give_up(turn, code_of(error))
        except Exception:  # noqa: BLE001  one that escapes would wedge the thread without a word
            workflow.logger.exception("turn failed by a defect")
            return await self._give_up(turn, DEFECT)

    async def _answer(self, turn: Turn) -> str:
        opened = await self._open(turn)
        if not turn.messages:
            return ""  # the thread shows that all of them were answered before
        if not await self._is_admitted(turn, opened):
            return ""
        if self._conversation.says_nothing(turn.messages):
            return await self._deliver(turn, opened.greeting)
        await self._hear(turn.messages)
        reply = await self._think(turn, opened)
        self._conversation.add_answer(reply.content or {"role": "model", "parts": [{"text": reply.text}]})
        return await self._deliver(turn, reply.text)

    async def _is_admitted(self, turn: Turn, opened: Opened) -> bool:
        """Asks the governor, says what it has to say, and waits if it wants that."""
        verdict = self._conversation.governor.admit(
            turn.messages, workflow.time(), app_turns=opened.max_app_turns, hourly_turns=opened.max_hourly_turns
        )
        if verdict.say:
            await self._deliver(turn, verdict.say, is_notice=True)
        if verdict.wait:
            await workflow.sleep(verdict.wait)
        return verdict.answer

    async def _think(self, turn: Turn, opened: Opened) -> ModelReply:
        """Model, tools, model, … until the model answers; the last call that a turn has is asked for an answer."""
        while turn.model_calls < opened.max_model_calls:
            await self._steer(turn)
            is_last = turn.model_calls + 1 == opened.max_model_calls
            reply = await self._ask_model(turn, opened, may_call_tools=not (is_last or turn.must_answer))
            if reply.failed:
                raise TurnFailed(reply.failed)
            if reply.unusable:
                turn.note_unusable(reply.unusable)
            elif reply.calls:
                await self._run_tools(turn, reply)
            else:
                return reply
        raise TurnFailed(UNUSABLE_ANSWER if turn.unusable == turn.model_calls else OUT_OF_STEPS)

    async def _ask_model(self, turn: Turn, opened: Opened, *, may_call_tools: bool) -> ModelReply:
        conversation = self._conversation
        request = AskModel(
            thread=conversation.thread,
            turn=turn.key,
            model=conversation.model,
            epoch=conversation.epoch,
            known=conversation.confirmed,
            new=conversation.entries[conversation.confirmed :],
            may_call_tools=may_call_tools,
            more_room=turn.needs_more_room,
            progress=turn.progress,
        )
        turn.model_calls += 1
        reply = await ask_model(request, opened.model_seconds)
        conversation.confirm(request.known + len(request.new), reply.prompt_tokens)
        return reply

    async def _run_tools(self, turn: Turn, reply: ModelReply) -> None:
        """Runs all calls at once; what the model hears of them, it hears together and in its own order."""
        if reply.content is None:
            raise TurnFailed(DEFECT)  # calls without what they came in cannot be answered
        first = turn.add_steps(reply.calls)
        try:
            self._refresh_progress(turn)
            runs = [self._run_tool(turn, first + index, call) for index, call in enumerate(reply.calls)]
            results = await asyncio.gather(*runs)
        finally:
            await self._progress_shown()
        self._conversation.add_tool_results(reply.content, reply.calls, results)

    async def _run_tool(self, turn: Turn, step: int, call: ToolCall) -> dict[str, Any]:
        result = await run_tool(call)
        turn.end_step(step, failed="error" in result)
        if turn.is_running_steps:  # otherwise the next model call shows it
            self._refresh_progress(turn)
        return result

    async def _steer(self, turn: Turn) -> None:
        """Adds what arrived since the last model call."""
        if self._conversation.inbox and self._conversation.may_steer():
            messages = self._conversation.take_messages()
            turn.messages += messages
            await self._hear(messages)

    async def _deliver(self, turn: Turn, text: str, *, is_notice: bool = False) -> str:
        thread = self._conversation.thread
        if thread.in_slack:
            request = Deliver(
                thread=thread,
                key=f"{turn.key}:{'notice' if is_notice else 'answer'}",
                text=text,
                answers=turn.answers,
                may_mention=turn.may_mention,
                is_notice=is_notice,
                progress=turn.progress,
            )
            await deliver(request)
        return text

    async def _give_up(self, turn: Turn, code: str) -> str:
        """Says plainly why there is no answer, and leaves the conversation in a state that can go on."""
        said = sentence(code)
        poisoned = poisons_the_conversation(code)
        self._conversation.end_failed_turn(said, poisoned=poisoned, epoch=str(workflow.uuid4()))
        if code == UNKNOWN_MODEL:  # retired, or set wrongly: the next turn asks the worker again
            self._conversation.model, self._opened = "", None
        turn.end_open_steps()
        try:
            return await self._deliver(turn, said, is_notice=True)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.exception("the thread cannot be told")
            return said

    # Hearing

    async def _open(self, turn: Turn) -> Opened:
        """Once a run: learns the worker's settings; in a thread that is new to us, also what was said before."""
        if self._opened is not None:
            return self._opened
        conversation = self._conversation
        request = OpenConversation(
            thread=conversation.thread,
            ids=conversation.unknown_ids(turn.messages),
            earlier_than=turn.key if self._is_new and self._may_have_a_past(turn) else None,
        )
        self._is_new = False
        self._opened = opened = await open_conversation(request)
        conversation.open(opened)
        turn.messages = [message for message in turn.messages if message.ts not in opened.answered]
        return opened

    def _may_have_a_past(self, turn: Turn) -> bool:
        """A reply follows what was said before; an old message may have been answered by a run long closed."""
        thread = self._conversation.thread
        if not thread.in_slack:
            return False
        return turn.key != thread.thread_ts or workflow.time() - float(turn.key) > OLD_MESSAGE

    async def _hear(self, messages: list[UserMessage]) -> None:
        unknown = self._conversation.unknown_ids(messages)
        if unknown:
            self._conversation.names |= await look_up_names(unknown)
        self._conversation.add_user_messages(messages)

    # Progress in the thread: one message, one update at a time, the newest state wins

    def _refresh_progress(self, turn: Turn) -> None:
        if not self._conversation.thread.in_slack:
            return
        turn.progress_is_due = True
        if self._showing is None or self._showing.done():
            self._showing = asyncio.create_task(self._show_progress(turn))

    async def _show_progress(self, turn: Turn) -> None:
        while turn.progress_is_due and (progress := turn.progress):
            turn.progress_is_due = False
            request = ShowProgress(thread=self._conversation.thread, progress=progress)
            try:
                turn.progress_ts = await show_progress(request) or turn.progress_ts
            except ActivityError:  # only a display: the answer matters more
                turn.progress_unsure = True

    async def _progress_shown(self) -> None:
        if self._showing is not None:
            await self._showing

    # Staying small

    async def _keep_short(self) -> None:
        """Between turns: a summary in place of what is old, and a new run in place of a long history."""
        if self._opened and self._conversation.is_too_long(self._opened.context_tokens):
            await self._compact(self._opened)
        info = workflow.info()
        is_long = info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY
        if is_long and self._conversation.fits_one_payload():
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(Run(thread=self._conversation.thread, carried=self._conversation))

    async def _compact(self, opened: Opened) -> None:
        conversation = self._conversation
        cut = conversation.cut()
        if cut == 0:
            return
        request = Summarise(model=conversation.model, epoch=conversation.epoch, end=cut)
        try:
            summary = await summarise(request, opened.model_seconds)
        except Exception as error:
            if is_cancelled_exception(error):
                raise
            summary = "(What was said before could not be summarised and is left out.)"
        conversation.replace_older(cut, summary, str(workflow.uuid4()))
