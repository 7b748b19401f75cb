"""AgentWorkflow: one Slack thread's conversation, from its first message until nobody has written for a long time.

Messages wait in the inbox. Each turn takes up the waiting messages and ends with one answer. What people do meanwhile
arrives as signals: more messages steer the turn, edits change what it answers, a stop or a deletion ends it. All of it
goes through Access: what a person may not do changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

# Each name from its own module: `from agent_worker import …` would import that module anew for every conversation.
with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import (
        NO_MOMENT,
        Feedback,
        MessageChange,
        Renamed,
        SaidToOthers,
        StopRequest,
        TryAgain,
        UserMessage,
    )
    from agent_worker.contract.names import (
        AGENT_WORKFLOW,
        FEEDBACK,
        MEMO_FEEDBACK,
        MEMO_TITLE,
        MESSAGE_CHANGED,
        RENAMED,
        SAID_TO_OTHERS,
        STOP,
        TRANSCRIPT,
        TRY_AGAIN,
        USER_MESSAGE,
    )
    from agent_worker.contract.questions import (
        ANSWER_QUESTION,
        CHECK_ANSWER,
        QUESTION_FORM,
        Answer,
        AnswerCheck,
        AskedForm,
        Checked,
        FormRequest,
    )
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.questions.question import Question
    from agent_worker.conversation.transcript.transcript import Transcript
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.conversation.workflow_run import LARGE_HISTORY, Run
    from agent_worker.payloads.agent_version import AGENT_VERSION, AgentVersion
    from agent_worker.payloads.costs import COSTS, CostLog
    from agent_worker.payloads.decisions import DECISIONS, DecisionLog
    from agent_worker.payloads.errors import (
        DEFECT,
        STOPPED,
        WITHDRAWN,
        TurnedDown,
        TurnFailed,
        code_of,
        is_tried_again,
        needs_another_model,
        needs_another_opening,
        poisons_the_conversation,
        sentence,
    )
    from agent_worker.payloads.model import MODEL_CALL_FAILS, FailingCall, ReadTranscript, TranscriptPage
    from agent_worker.payloads.opening import Opened
    from agent_worker.payloads.thread import Author
    from agent_worker.workflow.access import Access
    from agent_worker.workflow.changes import Changes
    from agent_worker.workflow.compaction import compact
    from agent_worker.workflow.deliveries import tell_later
    from agent_worker.workflow.history_length import HistoryLength
    from agent_worker.workflow.idle_timer import IdleTimer
    from agent_worker.workflow.outbox import Outbox
    from agent_worker.workflow.questions.questions import STOPPED_BY, Questions
    from agent_worker.workflow.release_0_2 import EDITS_ADDRESS, Patch
    from agent_worker.workflow.turn.admission import Admission
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless
    from agent_worker.workflow.turn.opening import Opening
    from agent_worker.workflow.turn.progress_updates import ProgressUpdates
    from agent_worker.workflow.turn.turn_loop import TurnLoop

IDLE_UNTIL_OPENED = timedelta(days=7)  # until the worker has told its own setting
# A deletion that came before its message is remembered so long. A later message is looked for in Slack (opening.py).
DELETION_REMEMBERED = timedelta(minutes=10)
BEFORE_A_QUESTION = "Before I go on, I need to know this:"
THANKS = "Thank you, that helps. You can change your mind at any time."
NOTHING_TO_STOP = "There is nothing to stop: I am not working on anything here."
NOT_THE_LAST = "I can only try my last answer again. Please ask once more."
STILL_AT_IT = "I am still at work here. Stop me first, or wait for the answer."


@workflow.defn(name=AGENT_WORKFLOW)
class AgentWorkflow:
    @workflow.init
    def __init__(self, start: Run) -> None:
        new = Conversation(thread=start.thread, transcript=Transcript(epoch=str(workflow.uuid4())))
        self._conversation = start.carried or new
        self._outbox = Outbox(self._conversation)
        self._access = Access(self._conversation, self._outbox)
        self._opening = Opening(self._conversation, self._access, is_new=start.carried is None)
        self._idle_timer = IdleTimer()
        self._questions = Questions(self._conversation, self._access, self._outbox)
        self._changes = Changes(self._conversation, self._access, lambda: self._turn, self._questions.take_back)
        self._edits_address = Patch(EDITS_ADDRESS)
        self._history = HistoryLength()
        self._turn: Turn | None = None  # the turn that is being answered

    @workflow.run
    async def run(self, start: Run) -> str:
        """Answers until the conversation is idle; returns the last answer. In a terminal there is just one."""
        answer = ""
        is_over = False
        while not is_over:
            while await self._next_turn():
                answer = await self._take_turn()
                if not start.thread.in_slack and not self._conversation.has_work:
                    break
                await self._keep_short()
            await self._all_done()
            # Somebody may have written, or pressed Try Again, meanwhile, or a server may have asked something.
            is_over = not (self._conversation.has_work or self._conversation.questions.are_open)
        return answer

    # What people do. The handlers only note it: a handler that awaits can lose its message when the run ends.
    # Whether the person may do it is decided by Access. Nothing comes as an update: a worker that has to replay the
    # conversation first may handle an update together with what came before it, and nobody could replay that again.

    @workflow.signal(name=USER_MESSAGE)
    def user_message(self, message: UserMessage) -> None:
        if self._access.turns_away(message):
            return
        self._idle_timer.begin_again()
        if self._conversation.inbox.is_newly_addressed(message):
            if self._edits_address.applies():
                self._changes.readdress(message, self._changeable_turn)
            return
        self._conversation.receive(message)
        self._access.judge_silencers()
        if self._turn is not None:
            self._turn.complete(message)

    @workflow.signal(name=SAID_TO_OTHERS)
    def said_to_others(self, said: SaidToOthers) -> None:
        self._conversation.participants.hear_to_others(said)

    @workflow.signal(name=MESSAGE_CHANGED)
    def message_changed(self, change: MessageChange) -> None:
        self._changes.hear(change)

    @property
    def _changeable_turn(self) -> Turn | None:
        """The turn that is being answered, unless its answer is already on its way to Slack."""
        return None if self._turn is None or self._turn.is_delivering else self._turn

    @workflow.signal(name=STOP)
    def stop(self, request: StopRequest) -> None:
        """Ends the turn if it was asked before the stop, and drops waiting messages that were."""
        if request.said and not self._conversation.inbox.is_new(request.said):
            return
        request = self._conversation.with_moment(request, self._turn)
        if request.from_app:
            self._stop(request)
            return
        author = Author(id=request.user, team=request.team)
        is_told = request.addressed or self._turn is not None  # otherwise the word may be meant for another person
        self._access.let(author, partial(self._stop, request), at=request.at, is_told=is_told)

    def _stop(self, request: StopRequest) -> None:
        drops_messages = self._conversation.stop(request)
        drops_messages = self._questions.cancel(STOPPED_BY, before=float(request.at), by=request.user) or drops_messages
        if self._turn is not None and self._ending(self._turn) == STOPPED:
            self._turn.also_answers += filter(None, [request.said])
        elif request.said and request.addressed and not drops_messages:
            self._outbox.say_aside(request.said, "stop", NOTHING_TO_STOP, thread_ts=request.thread_ts)

    @workflow.signal(name=FEEDBACK)
    def feedback(self, feedback: Feedback) -> None:
        author = Author(id=feedback.user, team=feedback.team)
        self._access.let(author, partial(self._note_feedback, feedback), at=feedback.at)

    def _note_feedback(self, feedback: Feedback) -> None:
        is_first = self._conversation.note_feedback(feedback)
        kept = [one.model_dump(exclude={"team"}, exclude_defaults=True) for one in self._conversation.feedback]
        workflow.upsert_memo({MEMO_FEEDBACK: kept})
        if is_first:
            self._outbox.tell(feedback.user, THANKS)

    @workflow.signal(name=TRY_AGAIN)
    def try_again(self, request: TryAgain) -> None:
        author = Author(id=request.user, team=request.team)
        self._access.let(author, partial(self._try_again, request), at=request.at)

    def _try_again(self, request: TryAgain) -> None:
        # An answer can be pressed before the workflow hears that it was delivered.
        is_answered = self._turn is None or self._turn.is_delivering
        if not is_answered or self._conversation.has_work:
            self._outbox.tell(request.user, STILL_AT_IT)
        elif self._conversation.may_try_again(request.turn):
            self._idle_timer.begin_again()
            self._conversation.inbox.again = request
        else:
            self._outbox.tell(request.user, NOT_THE_LAST)

    @workflow.signal(name=RENAMED)
    def renamed(self, renamed: Renamed) -> None:
        author = Author(id=renamed.user, team=renamed.team)
        at = self._conversation.thread.thread_ts if renamed.at == NO_MOMENT else renamed.at
        self._access.let(author, partial(self._rename, renamed), at=at)

    def _rename(self, renamed: Renamed) -> None:
        self._conversation.title, self._conversation.titled_by = renamed.title, ""
        workflow.upsert_memo({MEMO_TITLE: renamed.title})

    @workflow.signal(name=ANSWER_QUESTION)
    def answer_question(self, answer: Answer) -> None:
        self._idle_timer.begin_again()
        self._questions.take(answer)

    @workflow.query(name=CHECK_ANSWER)
    def check_answer(self, check: AnswerCheck) -> Checked:
        return self._questions.check(check.answer, check.now)

    @workflow.query(name=QUESTION_FORM)
    def question_form(self, request: FormRequest) -> AskedForm:
        return self._questions.form(request)

    # What the worker tells of a running activity

    @workflow.signal(name=MODEL_CALL_FAILS)
    def model_call_fails(self, failing: FailingCall) -> None:
        """From now on a message that arrives does not wait for this model call."""
        if self._turn is not None and self._turn.key == failing.turn:
            self._turn.attempts.note_failing(failing.number)

    @workflow.query(name=TRANSCRIPT)
    def transcript(self, request: ReadTranscript) -> TranscriptPage:
        return self._conversation.transcript.page(request)

    @workflow.query(name=DECISIONS)
    def decisions(self) -> DecisionLog:
        return self._conversation.decisions.log

    @workflow.query(name=COSTS)
    def costs(self) -> CostLog:
        return self._conversation.costs.log

    @workflow.query(name=AGENT_VERSION)
    def agent_version(self) -> AgentVersion | None:
        return self._conversation.version

    # Waiting

    async def _next_turn(self) -> bool:
        """Waits until there is something to answer; returns False when the conversation is to be closed.

        A click may have started this run. Once it is noted, there is nothing to wait for. With answers that the thread
        did not take, the conversation stays open and tries to tell them.
        """
        while not self._conversation.has_work:
            if self._history.is_longer and self._history.begins_attempt():
                await self._continue_as_new()
            elif self._conversation.untold:
                await tell_later(self._conversation)
            elif self._conversation.questions.are_open:
                await self._questions.decided_or(lambda: self._conversation.has_work or self._history.is_longer)
            elif not self._conversation.inbox.seen or await self._is_idle():
                return False
        return True

    async def _is_idle(self) -> bool:
        """Waits until somebody asks, the history is long, or the timer rings; returns whether it is time to close."""
        asked = self._conversation.questions  # a server may ask while a call is carried out
        self._idle_timer.start(self._idle)
        await workflow.wait_condition(
            lambda: self._conversation.has_work or self._idle_timer.rings or self._history.is_longer or asked.are_open
        )
        return not (self._conversation.has_work or asked.are_open) and self._idle_timer.is_over(self._idle)

    @property
    def _idle(self) -> timedelta:
        opened = self._opening.opened
        if opened is None and self._conversation.inbox.knows_only_deletions:
            return DELETION_REMEMBERED
        return opened.policy.agent_idle if opened else IDLE_UNTIL_OPENED

    # A turn

    async def _take_turn(self) -> str:
        """Answers the waiting messages. A turn that fails ends with a plain sentence, and the conversation goes on."""
        self._turn = turn = self._begin()
        try:
            return await unless(lambda: bool(self._ending(turn)), self._answer(turn))
        except InterruptedWork:
            return await self._give_up(turn, self._ending(turn))
        except TurnedDown as error:
            return await self._turn_down(turn, error)
        except (ActivityError, TurnFailed) as error:
            if is_cancelled_exception(error):
                raise
            return await self._give_up(turn, code_of(error))
        except Exception:  # noqa: BLE001  one that escapes would wedge the thread without a word
            workflow.logger.exception("turn failed by a defect")
            return await self._give_up(turn, DEFECT)
        finally:
            # A worker that drops the run in mid-turn closes this coroutine outside the workflow: nothing goes on then.
            if turn.knows_too_much and workflow.in_workflow():
                self._conversation.transcript.forget_turn(str(workflow.uuid4()))
            if turn.spent and workflow.in_workflow():
                record = turn.cost_record(workflow.now().date().isoformat(), self._conversation.agent)
                self._conversation.costs.note(record)
            self._conversation.inbox.note_asked(turn.addressed)
            self._turn = None

    def _begin(self) -> Turn:
        conversation, inbox = self._conversation, self._conversation.inbox
        for called_off in conversation.questions.called_off:
            conversation.settle(called_off, str(workflow.uuid4()))
        if (decided := conversation.questions.decided) is not None:
            conversation.settle(decided, str(workflow.uuid4()))
            turn = Turn(messages=[], earlier=decided.turn, decided=decided)
            turn.display.has_acted = True
            return turn
        if inbox.again is not None and conversation.last is not None:
            turn = Turn(messages=[], earlier=conversation.last, again=inbox.again)
            inbox.again = None
            conversation.transcript.rewind(str(workflow.uuid4()))
            return turn
        stopped = inbox.drop_stopped()
        turn = Turn(messages=inbox.take() if conversation.has_work else stopped)
        taken = {message.ts for message in turn.messages}
        turn.also_answers = [message.ts for message in stopped if message.ts not in taken]
        turn.began_after = conversation.transcript.turn_start
        conversation.transcript.start_turn()
        return turn

    def _ending(self, turn: Turn) -> str:
        return turn.ending(self._conversation.inbox.stopped_at)

    async def _answer(self, turn: Turn) -> str:
        opened = await self._opening.open(turn)
        if not turn.messages and turn.earlier is None:
            return ""  # the thread shows that all messages were answered before
        if not await Admission(self._conversation, self._access, self._outbox).is_admitted(turn, opened.policy):
            return ""
        if opened.no_agent:
            raise TurnFailed(opened.no_agent)
        if turn.earlier is None and self._conversation.says_nothing(turn.messages):
            version = self._conversation.version
            return await self._outbox.end(turn, version.greeting if version else opened.greeting)
        turn.display.began_at = workflow.time()
        loop = self._turn_loop(turn, opened)
        if turn.earlier is None and not await loop.hear():
            return ""
        if turn.decided is None:
            self._conversation.decisions.note_turn(workflow.time())
        reply = await loop.think()
        if turn.asks is not None:
            return await self._ask(turn, turn.asks, reply.text)
        self._conversation.transcript.add_answer(reply.content or {"role": "model", "parts": [{"text": reply.text}]})
        self._conversation.participants.has_answered(reply.text)
        return await self._outbox.end(turn, reply.text)

    async def _ask(self, turn: Turn, question: Question, said: str) -> str:
        """Ends the turn with a question to people. What they decide begins the next one."""
        self._conversation.questions.add(question)
        self._conversation.decisions.note_question(workflow.time())
        answer = await self._outbox.end(turn, said.strip() or BEFORE_A_QUESTION, asks_people=True)
        await self._questions.ask(question)
        return answer

    def _turn_loop(self, turn: Turn, opened: Opened) -> TurnLoop:
        updates = self._make_progress_updates(turn)
        return TurnLoop(
            self._conversation,
            turn,
            opened,
            access=self._access,
            progress_updates=updates,
            heard=self._questions.answered_by,
        )

    def _make_progress_updates(self, turn: Turn) -> ProgressUpdates:
        return ProgressUpdates(self._conversation.thread, turn)

    async def _turn_down(self, turn: Turn, error: TurnedDown) -> str:
        """Ends a turn that has no place in the quotas, in silence if its people were told in another thread.

        Where money runs out in the middle of a turn, its thread is always told, also of what was done before.
        """
        turn.note_refused()
        said = error.sentence(*turn.display.done, *turn.display.undone)
        self._conversation.transcript.end_failed_turn(said, poisoned=False, epoch=str(workflow.uuid4()))
        if not (error.over_quota.is_told or turn.display.has_acted or turn.hold):
            self._conversation.last = turn.answered
            return ""
        told = error.sentence() if turn.display.are_steps_seen else said
        return await self._outbox.end(turn, told, is_notice=True)

    async def _give_up(self, turn: Turn, code: str) -> str:
        """Says plainly why there is no answer, and leaves the conversation in a state that can go on."""
        said = sentence(code, *turn.display.done, *turn.display.undone)
        epoch = str(workflow.uuid4())
        if is_tried_again(code):
            self._conversation.give_back_late(turn)
        if code == WITHDRAWN:
            self._conversation.transcript.withdraw_turn(epoch)
        else:
            poisoned = poisons_the_conversation(code)
            self._conversation.transcript.end_failed_turn(said, poisoned=poisoned, epoch=epoch)
        if needs_another_model(code):  # retired, or set wrongly: the next turn asks the worker which model to use
            self._conversation.model = ""
            self._conversation.transcript.forget_signatures(epoch)
        if needs_another_opening(code):
            self._opening.opened = None
        told = sentence(code) if turn.display.are_steps_seen else said
        turn.display.end("stopped" if code == STOPPED else "error", workflow.time())
        try:
            return await self._outbox.end(turn, told, is_notice=True, withdrawn=code == WITHDRAWN)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.exception("the thread cannot be told")
            return said

    async def _all_done(self) -> None:
        """Returns when nothing is under way beside the turns, so that the run may end."""
        await self._access.done()
        while self._questions.is_busy:
            await self._questions.done()
            await self._access.done()

    # Staying small

    async def _keep_short(self) -> None:
        """Between turns: a summary in the place of older turns, and a new run in the place of a long history."""
        if self._opening.opened is not None:
            await compact(self._conversation, self._conversation.policy(self._opening.opened.policy))
        if self._history.is_long:
            await self._continue_as_new()

    async def _continue_as_new(self) -> None:
        """Goes on in a new run, unless what it has to carry is too large: then more turns have to come first.

        If the history is near its end by then, waiting messages are left out.
        """
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._all_done()
        run = Run(thread=self._conversation.thread, carried=self._conversation)
        converter = workflow.payload_converter()
        if not run.fits_one_payload(converter) and workflow.info().get_current_history_size() > LARGE_HISTORY:
            self._conversation.inbox.leave_out()
        if not run.fits_one_payload(converter):
            return
        workflow.continue_as_new(run, memo=workflow.memo())  # without it, the new run has only the first run's memo
