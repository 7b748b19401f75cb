"""A model call: what Gemini is given, and what the thread shows of the answer while Gemini writes it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from agent_worker.activities import failed_attempts, tool_view
from agent_worker.activities.agent_gate import AgentGate, NoAgentError
from agent_worker.activities.call_plan import planned
from agent_worker.activities.payments import Paid, Payments, with_costs
from agent_worker.activities.titles import Titles
from agent_worker.activities.transcript_cache import Transcripts, reader
from agent_worker.activities.turn_lists import ToolList, TurnLists
from agent_worker.conversation.transcript.signatures import without_signatures
from agent_worker.conversation.wording import model_form
from agent_worker.gemini.bill import Bill
from agent_worker.gemini.client import Gemini
from agent_worker.gemini.prices import PriceList
from agent_worker.gemini.request import Question
from agent_worker.payloads import post_keys
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.costs import dollars
from agent_worker.payloads.errors import MODEL_FAILED, MODEL_UNAVAILABLE, UNPRICED_MODEL, UNUSABLE_ANSWER, retryable
from agent_worker.payloads.model import (
    CUT_OFF,
    MODEL_CALL_FAILS,
    TOO_MANY_TOOL_CALLS,
    AskModel,
    Content,
    FailingCall,
    ModelReply,
    Summarise,
    Summary,
)
from agent_worker.payloads.quotas import Hold, OverQuota
from agent_worker.payloads.thread import Draft
from agent_worker.slack.adapter import Slack
from agent_worker.slack.blocks import posts
from agent_worker.slack.refusals import is_undone
from agent_worker.slack.thread.live_answer import LiveAnswer
from agent_worker.toolbox.toolbox import Toolbox

REPORT_TIMEOUT = timedelta(seconds=3)
# Without an answer, the thread is told within this time that Gemini does not answer: at the last attempt that fails
# before it is over, as nobody works on the call between two attempts.
TELLS_WITHIN = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(seconds=10)  # between two attempts, if Temporal does not say how it tries again
MOST_DOUBLINGS = 20
WAITING = "Gemini is not answering just now. I keep trying, and I will answer here as soon as it does."
logger = logging.getLogger(__name__)


class ModelCalls:
    """To be used within an activity.

    `slack` is None in a worker that only serves terminals.
    """

    def __init__(
        self,
        *,
        gate: AgentGate,
        gemini: Gemini,
        toolbox: Toolbox,
        titles: Titles,
        transcripts: Transcripts,
        slack: Slack | None,
        payments: Payments | None = None,
    ) -> None:
        self._gate = gate
        self._gemini = gemini
        self._toolbox = toolbox
        self._titles = titles
        self._transcripts = transcripts
        self._payments = payments or Payments(None, PriceList())
        self._slack = slack
        self._lists = TurnLists()

    async def reply(self, request: AskModel) -> ModelReply:
        """The whole reply, with the title and policy of each tool call. Raises ApplicationError if there is none.

        A turn that has no place in the quotas, or no money, costs nothing: the reply says so.
        """
        try:
            version = await self._gate.version(request)
        except NoAgentError as none:
            return ModelReply(failed=none.code, **_of_attempts_before(Paid.of_last_attempt(request.model)))
        paid = Paid.of_last_attempt(version.model)
        if self._payments.lacks_price(request, version):
            return ModelReply(failed=UNPRICED_MODEL, **_of_attempts_before(paid))
        place = await self._payments.place_of_call(request, version, paid)
        if isinstance(place, OverQuota):
            return ModelReply(over_quota=place, **_of_attempts_before(paid))
        bill = Bill(self._payments.prices, paid.spent)
        reply = await self._paid_reply(request, version, place, bill)
        brings: dict[str, Any] = {"version": version} if version.digest != request.known_version else {}
        brings |= {"hold": place} if place is not None else {}
        return reply.model_copy(update={"digest": version.digest, "spent": bill.spent, **brings})

    async def _paid_reply(self, request: AskModel, version: AgentVersion, hold: Hold | None, bill: Bill) -> ModelReply:
        """The reply.

        If there is none, what the call has cost is told to the next attempt, to the workflow, or to the budget.
        """
        try:
            return await self._titled_reply(request, version, bill)
        except _FailedCall as failure:
            paid = Paid(spent=bill.spent, hold=hold)
            failed_attempts.hand_on(failure.error, *failure.handover.details, paid)
            raise with_costs(failure.error, bill) from None
        except ApplicationError as error:
            failed_attempts.hand_on(error, Paid(spent=bill.spent, hold=hold))
            raise
        except asyncio.CancelledError:
            self._payments.note_cancelled(request, version, hold, bill)
            raise

    async def _titled_reply(self, request: AskModel, version: AgentVersion, bill: Bill) -> ModelReply:
        untitled = request.untitled if activity.info().attempt == 1 else ""
        async with self._titles.sought(version.model, untitled, bill) as title:
            if self._slack is None or not request.thread.in_slack:
                contents = await self._contents(request.epoch, request.known, request.new)
                with _not_for_ever(bill):
                    reply = await self._ask(request, self._question(request, version, contents), bill)
            else:
                reply = await self._reply_in(self._slack, request, version, bill)
        tools, in_slack = self._list(request, version), request.thread.in_slack
        calls = planned(reply.calls, self._toolbox, version, tools, in_slack=in_slack)
        return reply.model_copy(update={"calls": calls, "title": title.found})

    async def summary(self, request: Summarise) -> Summary:
        """A summary of the transcript's beginning. Raises ApplicationError if there is none."""
        bill = Bill(self._payments.prices, Paid.of_last_attempt(request.model).spent)
        contents = await self._contents(request.epoch, request.end, [])
        try:
            with _not_for_ever(bill):
                text = await self._gemini.summarise(request.model, contents, bill)
        finally:
            if dollars(bill.spent):
                await self._payments.settle_summary(request, bill)
        return Summary(text=text, spent=bill.spent)

    async def _contents(self, epoch: str, known: int, new: list[Content]) -> list[Content]:
        info = activity.info()
        read_page = reader(activity.client(), info.workflow_id or "", info.workflow_run_id or "")
        return await self._transcripts.assemble(epoch, known, new, read_page)

    def _question(self, request: AskModel, version: AgentVersion, contents: Sequence[Content]) -> Question:
        """At the beginning of a turn only the version tells which call is the last one, and whose signatures hold."""
        tools = self._list(request, version)
        away = f"\n{' '.join(tools.away)} Say so if its tools would be needed." if tools.away else ""
        return Question(
            model=version.model,
            instructions=f"{version.instructions.rstrip()}\n\n{model_form.EXPLAINED}{away}",
            contents=contents if version.model == request.model else without_signatures(contents),
            declarations=tools.declarations,
            may_call_tools=request.may_call_tools and max(request.number, 1) < version.max_model_calls,
            more_room=request.more_room,
        )

    def _list(self, request: AskModel, version: AgentVersion) -> ToolList:
        """The tools that this turn is told of."""

        def now() -> ToolList:
            lacks = tool_view.lacking(self._slack, request)
            declared = self._toolbox.declarations(version.tools, lacks)
            return ToolList(declared, self._gate.agents.tools_away(version.agent), lacks)

        return self._lists.of(request, version.digest, now)

    # In a thread

    async def _reply_in(self, slack: Slack, request: AskModel, version: AgentVersion, bill: Bill) -> ModelReply:
        async with slack.progress_queue.thinking(request, is_retry=activity.info().attempt > 1):
            return await self._ask_in(slack, request, version, bill)

    async def _ask_in(self, slack: Slack, request: AskModel, version: AgentVersion, bill: Bill) -> ModelReply:
        """Asks, and shows the text in the thread while Gemini writes it."""
        attempt, before = activity.info().attempt, _Handover.of_last_attempt()
        contents = await self._contents(request.epoch, request.known, request.new)
        question = self._question(request, version, await slack.files.filled(contents, request.turn, attempt))
        draft = before.draft if before else await slack.leftovers.draft(request, is_retry=attempt > 1)
        live = slack.live_answer(request, draft)
        try:
            async with live:
                reply = await self._ask(request, question, bill, live)
        except ApplicationError as failure:
            error = failed_attempts.bounded(failure)
            handover = replace(before or _Handover(live.draft), draft=live.draft)
            if not error.non_retryable:
                handover = await _report(request, handover)
                handover = await _tell_if_long(slack, request, handover, _pause_after(error))
            raise _FailedCall(error, handover) from failure
        return reply.model_copy(update={"draft": _draft_after(reply, live.draft)})

    async def _ask(
        self, request: AskModel, question: Question, bill: Bill, live: LiveAnswer | None = None
    ) -> ModelReply:
        """Gemini's reply. Raises ApplicationError if there is none, or one that only asking anew can improve on."""
        try:
            reply = await self._gemini.ask(question, live, bill)
        except ApplicationError as error:
            if error.type == MODEL_UNAVAILABLE and self._gemini.has_just_answered:
                raise retryable(MODEL_FAILED, error.message, error.next_retry_delay) from None
            raise
        is_asked_otherwise = (reply.unusable == CUT_OFF and not request.more_room) or (
            reply.unusable == TOO_MANY_TOOL_CALLS and request.may_call_tools
        )
        if reply.unusable and not is_asked_otherwise:
            raise retryable(UNUSABLE_ANSWER, reply.unusable)
        return reply


def _of_attempts_before(paid: Paid) -> dict[str, Any]:
    """What a reply without a request tells of the attempts before it, which may have made some."""
    return {"spent": paid.spent, "hold": paid.hold} if paid.spent or paid.hold else {}


def _draft_after(reply: ModelReply, draft: Draft) -> Draft:
    """What the draft is worth after this reply."""
    if reply.calls:  # the text was said before the tool calls; the answer is still to come
        return draft.model_copy(update={"written": 0})
    shows_void_text = bool(reply.unusable or reply.failed) and draft.written > 0
    return draft.model_copy(update={"unsure": True}) if shows_void_text else draft


@contextmanager
def _not_for_ever(bill: Bill) -> Iterator[None]:
    """Ends the attempts if Gemini fails in the same way again and again. For calls that show nothing in the thread."""
    try:
        yield
    except ApplicationError as failure:
        error = failed_attempts.bounded(failure)
        failed_attempts.hand_on(error, Paid(spent=bill.spent, hold=None))
        raise with_costs(error, bill) from None


@dataclass(frozen=True)
class _Handover:
    """What a failed attempt tells the next one beside what it has paid: which draft the thread shows.

    Without it, each attempt would have to read the thread, which Slack allows only so often. After a kill there is
    none. `is_told`: the thread was told that Gemini does not answer. `is_reported`: the workflow knows that the call is
    tried again.
    """

    draft: Draft
    is_told: bool = False
    is_reported: bool = False

    @property
    def details(self) -> Sequence[Any]:
        return [getattr(self, own.name) for own in fields(self)]

    @classmethod
    def of_last_attempt(cls) -> _Handover | None:
        """None after a kill, and if the last attempt was not sure what the thread shows."""
        *details, _paid = failed_attempts.handed_on() or [None]
        if len(details) != len(fields(cls)):
            return None
        handover = cls(Draft.model_validate(details[0]), *details[1:])
        return None if handover.draft.unsure else handover


class _FailedCall(Exception):  # noqa: N818  it names what happened to the call
    """The model call failed with `error`; `handover` is for the next attempt."""

    def __init__(self, error: ApplicationError, handover: _Handover) -> None:
        super().__init__(error.message)
        self.error = error
        self.handover = handover


async def _report(request: AskModel, handover: _Handover) -> _Handover:
    """Tells the workflow, once, that the call has failed and is tried again: then a new message interrupts it."""
    if handover.is_reported or not request.number:
        return handover
    info = activity.info()
    run = activity.client().get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
    try:
        failing = FailingCall(turn=request.turn, number=request.number)
        await run.signal(MODEL_CALL_FAILS, failing, rpc_timeout=REPORT_TIMEOUT)
    except RPCError as error:
        logger.warning("the conversation is not told that a call fails", extra={"reason": type(error).__name__})
        return handover
    return replace(handover, is_reported=True)


def _pause_after(error: ApplicationError) -> timedelta:
    """How long it takes until the next attempt begins."""
    info = activity.info()
    if error.next_retry_delay is not None or info.retry_policy is None:
        return error.next_retry_delay or LONGEST_PAUSE
    policy = info.retry_policy
    pause = policy.initial_interval * policy.backoff_coefficient ** min(info.attempt - 1, MOST_DOUBLINGS)
    return min(pause, policy.maximum_interval or LONGEST_PAUSE)


async def _tell_if_long(slack: Slack, request: AskModel, handover: _Handover, pause: timedelta) -> _Handover:
    """Tells the thread, once, that Gemini does not answer, if it would be too late after the `pause`.

    The post is a draft: the answer will replace it.
    """
    if handover.is_told or datetime.now(UTC) + pause - activity.info().scheduled_time < TELLS_WITHIN:
        return handover
    draft = handover.draft
    try:
        ts = await slack.posts.post_once(request.thread, post_keys.waiting(request.turn), posts.notice(WAITING))
    except ApplicationError as error:
        logger.info("waiting note not posted", extra={"reason": error.message})
        return handover if is_undone(error) else replace(handover, draft=draft.model_copy(update={"unsure": True}))
    must_be_ended_first = draft.streaming_since is not None
    messages = [*(message for message in draft.messages if message != ts), ts]
    draft = draft.model_copy(update={"messages": messages, "unsure": must_be_ended_first})
    return replace(handover, draft=draft, is_told=True)
