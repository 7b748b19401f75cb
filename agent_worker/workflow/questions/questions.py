"""Questions to people: asks them, takes their answers, carries out what was approved, and tells what became of it.

A question stands in the conversation, so it outlives the turn that asked it, the run and every process. The turn that
asks ends with the card; what was decided begins another one.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from typing import Any

    from agent_worker.contract.grants import Grant
    from agent_worker.contract.messages import UserMessage
    from agent_worker.contract.questions import IN_A_MOMENT, SETTLED, Answer, AskedForm, Checked, FormRequest
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.questions import answers, forms, granting, inputs, outcomes
    from agent_worker.conversation.questions.question import Item, Question
    from agent_worker.payloads.agent_version import ToolRun
    from agent_worker.payloads.errors import GRANT_REFUSED
    from agent_worker.payloads.inputs import InputRequest
    from agent_worker.payloads.model import SHOWN, ToolCall
    from agent_worker.payloads.questions import FindMembers, KeepGrant
    from agent_worker.payloads.thread import Author, Source
    from agent_worker.workflow.access import ASK_AGAIN, Access
    from agent_worker.workflow.activity_calls import find_members, keep_grant, run_tool
    from agent_worker.workflow.outbox import Outbox
    from agent_worker.workflow.questions.cards import QuestionCards

EXPIRY_GRAIN = 1  # seconds; Temporal's timers have no finer one
WAITS_FOR_PEOPLE = "Waits for people to decide"  # the timer, as Temporal shows it
NOT_KEPT = "That I need not ask again could not be kept: I will ask the next time."
NOT_SHOWN = "the question could not be shown in the thread"
NOBODY_MAY = "there are not enough people who may decide it, or their user group cannot be read"
STOPPED_BY = "it was stopped"
TAKEN_BACK = "the message that asked for it was edited or deleted"
CHANGED_SINCE = (
    "The question has changed since this card was shown. Please close this form, and look at the card again."
)


class Questions:
    def __init__(self, conversation: Conversation, access: Access, outbox: Outbox) -> None:
        self._conversation = conversation
        self._access = access
        self._outbox = outbox
        self._cards = QuestionCards(conversation)
        self._running: set[asyncio.Task[None]] = set()

    # Asking

    async def ask(self, question: Question) -> None:
        """Shows the card. A question that cannot be shown is called off: nobody could answer it."""
        if question.kind == "choose":
            self._conversation.participants.has_asked_back = True
        await self._look_up_members(question)
        if not question.can_be_decided:
            self._end(question, "cancelled", reason=NOBODY_MAY)
        self._cards.refresh(question, is_new=True)
        await self._cards.done()
        if not question.ts and question.is_open:
            self._end(question, "cancelled", reason=NOT_SHOWN)

    # Answering

    def check(self, answer: Answer, now: float) -> Checked:
        """What becomes of the answer if it is given now; nothing is changed by that, also not by a refusal."""
        now = max(now, workflow.time())
        question = self._conversation.questions.find(answer.question)
        if self._conversation.questions.has_taken(answer.id):
            return Checked()
        why = self._access.refusal(answer.user, now) or answers.refusal(question, answer, now, knows_members=False)
        has_to_ask = not self._access.admits(answer.user, now) or bool(question and question.approvers.groups)
        return Checked(refusal=why, told=IN_A_MOMENT if has_to_ask and not why else "")

    def take(self, answer: Answer) -> None:
        """Takes the answer over, once it is known that the person may talk to the agent: perhaps later.

        Every answer is answered: whoever may not talk to the agent is told so each time.
        """

        def refuse() -> None:
            self._outbox.tell(answer.user, self._access.refusal(answer.user, workflow.time()) or ASK_AGAIN)

        author = Author(id=answer.user, team=answer.team)
        take = partial(self._take_or_look, answer)
        self._access.let(author, take, at=answer.at, is_told=False, otherwise=refuse)

    def _take_or_look(self, answer: Answer) -> None:
        """Takes it at once, or looks first who is in the user groups now."""
        question = self._conversation.questions.find(answer.question)
        if question is None or not question.approvers.groups:
            self._take(answer)
        else:
            self._do(self._look_and_take(question, answer))

    async def _look_and_take(self, question: Question, answer: Answer) -> None:
        await self._look_up_members(question)
        self._take(answer)

    async def _look_up_members(self, question: Question) -> None:
        """Without an answer nobody is a member."""
        if not question.approvers.groups:
            return
        try:
            question.members = (await find_members(FindMembers(groups=question.approvers.groups))).members
        except ActivityError:
            question.members = {group: [] for group in question.approvers.groups}

    def _take(self, answer: Answer) -> None:
        """Once: the same click may come twice.

        Something else may have been decided since the answer was checked: then the person is told.
        """
        asked, now = self._conversation.questions, workflow.time()
        question = asked.find(answer.question)
        if asked.has_taken(answer.id):
            return
        if question is None or (why := answers.refusal(question, answer, now)):
            people = question.people if question else ()
            self._outbox.tell(answer.user, why if question else SETTLED, may_mention=people)
            return
        asked.note_taken(answer.id)
        question.take(answer, now)
        if answer.grant is not None:
            grant = granting.grant_of(question, answer, answer.grant, self._conversation.thread, now)
            item = question.items[answer.item or 0]
            item.granted = granting.place_of(answer.grant)
            self._do(self._keep(grant, question, item))
        self._go_on(question)

    async def _keep(self, grant: Grant, question: Question, item: Item) -> None:
        """The call that it was given with runs all the same if it cannot be kept."""
        try:
            await keep_grant(KeepGrant(thread=self._conversation.thread, grant=grant))
        except ActivityError as error:
            self._outbox.tell(grant.by, _why_not_kept(error))
            item.granted = ""
            self._cards.refresh(question)

    def form(self, request: FormRequest) -> AskedForm:
        """What the form about one call shows."""
        question = self._conversation.questions.find(request.question)
        if question is None or (why := _why_no_form(question, request)):
            return AskedForm(refusal=SETTLED if question is None else why)
        item = question.items[request.item]
        if question.kind == "choose":
            return AskedForm(does=item.call.choice.asks if item.call.choice else "")
        if item.asks is not None:
            return inputs.asked_form(item.asks)
        fields, fixed = forms.fields(item.approval.parameters, item.arguments)
        return AskedForm(does=item.approval.does, verb=item.approval.verb, fields=fields, fixed=fixed)

    # Ending

    def cancel(self, reason: str, *, before: float = math.inf, by: str = "", about: str = "") -> bool:
        """Calls off what nobody has decided; returns whether there was anything.

        Only questions of before this moment (seconds since 1970), or that came from the message `about` (its `ts`).
        Nobody waits for what the model would say about it.
        """
        found = False
        for question in self._conversation.questions:
            is_meant = about in question.turn.answers if about else question.came_at < before
            if question.is_open and is_meant:
                question.is_silent, found = True, True
                self._end(question, "cancelled", by=by, reason=reason)
        return found

    def take_back(self, ts: str) -> None:
        """The message `ts` was edited or deleted: what it asked for is not decided any more."""
        self.cancel(TAKEN_BACK, about=ts)

    def expire(self) -> None:
        """Ends the questions whose time is over."""
        for question in self._conversation.questions:
            if question.is_open and workflow.time() >= question.expires_at:
                self._end(question, "expired")

    def answered_by(self, messages: Sequence[UserMessage]) -> None:
        """A reply in the thread answers what the model has asked. The running turn has just read these messages."""
        now = workflow.time()
        for message in messages:
            for question in self._conversation.questions:
                if question.is_answered_by(message, now) and not answers.not_allowed(question, message.user):
                    question.is_silent = True
                    question.reply(message, now)
                    self._go_on(question)
                    self._conversation.settle(question, str(workflow.uuid4()))

    def _end(self, question: Question, outcome: Any, *, by: str = "", reason: str = "") -> None:
        question.end(outcome, workflow.time(), by=by, reason=reason)
        self._go_on(question)

    # Carrying out

    def _go_on(self, question: Question) -> None:
        """Runs what was approved, notes what was not, and shows how things stand."""
        for item in question.items:
            if item.result is None and item.outcome in outcomes.NOT_CARRIED_OUT and not item.is_unanswered:
                item.result = outcomes.not_carried_out(item, self._conversation.names)
        for item in question.to_run():
            item.is_running = True
            self._do(self._carry_out(question, item))
        self._show(question)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry_out(self, question: Question, item: Item) -> None:
        call = item.call.model_copy(update={"args": item.arguments, "approval": None})
        run = ToolRun(agent=question.agent, version=question.agent_version, askers=question.askers, inputs=item.inputs)
        result = await _ran(call, run)
        # Sources and what is shown are for people: the model gets the result alone.
        item.sources = [Source.model_validate(source) for source in result.pop("sources", [])]
        item.shown = str(result.pop(SHOWN, ""))
        item.is_running = False
        request = inputs.request_in(result)
        if request is not None and item.rounds < inputs.MOST_ROUNDS and not item.is_unanswered:
            self._ask_again(question, item, request)
            return
        given = result if request is None else inputs.NEVER_ENDS
        item.result = outcomes.carried_out(item, given, self._conversation.names)
        self._show(question)

    def _show(self, question: Question) -> None:
        """Shows how the question stands, and records those calls of which it is known what became of them."""
        self._conversation.decisions.note(question, self._conversation.thread, workflow.time())
        self._cards.refresh(question)

    def _ask_again(self, question: Question, item: Item, request: InputRequest) -> None:
        """A server wants to know something before it goes on with the call."""
        question.ask_again(item, request, workflow.time())
        if question.is_silent:  # it was called off while the call ran
            self._end(question, "cancelled", reason=STOPPED_BY)
        else:
            self._cards.refresh(question)

    # Waiting

    async def decided_or(self, has_news: Callable[[], bool]) -> None:
        """Waits until nothing is open any more, or something else has to be done. Ends the questions that expire."""
        asked = self._conversation.questions
        expiry = min(question.expires_at for question in asked if question.is_open)
        left = timedelta(seconds=max(expiry - workflow.time(), 0) + EXPIRY_GRAIN)
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: not asked.are_open or has_news(), timeout=left, timeout_summary=WAITS_FOR_PEOPLE
            )
        self.expire()

    @property
    def is_busy(self) -> bool:
        return bool(self._running) or self._cards.is_busy

    async def done(self) -> None:
        """Returns when nothing is carried out and no card is changed: then the run may end."""
        while self.is_busy:
            await asyncio.gather(*self._running)
            await self._cards.done()


async def _ran(call: ToolCall, run: ToolRun) -> dict[str, Any]:
    """The result; a defect of ours is one, too, as the question would otherwise never be over."""
    try:
        return dict(await run_tool(call, run))
    except ActivityError:
        raise  # it was cancelled, with the whole conversation
    except Exception:  # noqa: BLE001  see above
        workflow.logger.exception("an approved call failed by a defect")
        return {"error": f"It is not known whether {call.name} was carried out: something went wrong here."}


def _why_not_kept(error: ActivityError) -> str:
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) and cause.type == GRANT_REFUSED else NOT_KEPT


def _why_no_form(question: Question, request: FormRequest) -> str:
    """Why there is no form about this call for this person; "" if there is one."""
    if why := answers.not_allowed(question, request.user, request.item):
        return why
    if request.version != question.version or not 0 <= request.item < len(question.items):
        return CHANGED_SINCE
    return answers.DECIDED if question.items[request.item].outcome != "waiting" else ""
