"""What the steps promise, done on the clients that the worker was given: think, act, speak."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from agent_worker.activities import delivery_attempt, grant_calls, tool_view
from agent_worker.activities.agent_gate import AgentGate, NoAgentError
from agent_worker.activities.model_call import ModelCalls
from agent_worker.activities.payments import Payments
from agent_worker.activities.tool_files import attaching
from agent_worker.activities.tool_progress import progress_shown
from agent_worker.contract.messages import Thread
from agent_worker.contract.names import thread_of
from agent_worker.gemini.prices import PriceList
from agent_worker.grants.store import Grants
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.agent_version import AgentVersion, ToolRun
from agent_worker.payloads.errors import SLACK_UNAVAILABLE, TOOL_UNAVAILABLE, retryable
from agent_worker.payloads.inputs import Inputs
from agent_worker.payloads.links import LinksRead, ReadLinks
from agent_worker.payloads.model import SHOWN, AskModel, ModelReply, Summarise, Summary
from agent_worker.payloads.opening import Judgement, LookUpNames, Names, OpenConversation, Opened
from agent_worker.payloads.questions import FindGrants, FindMembers, FoundGrants, FoundMembers, KeepGrant, ShowQuestion
from agent_worker.payloads.quotas import OverQuota
from agent_worker.payloads.surroundings import Place
from agent_worker.payloads.thread import Author, Deliver, Shown, ShowProgress, TellPerson
from agent_worker.quotas.reservations import Place as PlaceOfTurn
from agent_worker.slack import attempt_time
from agent_worker.slack.adapter import Slack
from agent_worker.slack.rate_limits import Urgency, urgency
from agent_worker.slack.thread.history import Past
from agent_worker.slack.thread.status import THINKING
from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.open_toolbox import RunsTools
from agent_worker.toolbox.tool import ToolUnavailableError
from process.slack_errors import FAILED

# While Slack's servers fail at telling of somebody, the others in the thread wait.
LONGEST_JUDGING = 20.0  # seconds
First = TypeVar("First")
Second = TypeVar("Second")


class Activities:
    def __init__(
        self,
        *,
        policy: AgentPolicy,
        bot_user_id: str,
        gate: AgentGate,
        model_calls: ModelCalls,
        tools: RunsTools,
        slack: Slack | None,
        payments: Payments | None = None,
        grants: Grants | None = None,
    ) -> None:
        """`slack` is None in a worker that only serves terminals.

        Without `payments` there are neither quotas nor budgets; without `grants` nothing is allowed once and for all.
        """
        self._grants = grants
        self._policy = policy
        self._bot_user_id = bot_user_id
        self._gate = gate
        self._model_calls = model_calls
        self._tools = tools
        self._payments = payments or Payments(None, PriceList())
        self._slack_or_none = slack

    # Hearing

    @activity.defn(name=ActivityName.OPEN_CONVERSATION)
    async def open_conversation(self, request: OpenConversation) -> Opened:
        """Tells the settings to go by, who is who, who may not talk to the agent, and what the thread holds already."""
        with urgency(Urgency.OPENING):
            opened, place = await _together(self._opened(request), self._place(request.thread))
            return opened.model_copy(update={"place": place})

    async def _opened(self, request: OpenConversation) -> Opened:
        thread = request.thread
        names, past, over_quota, hold = Names(names={}), Past(), None, None
        is_shown = False
        if thread.in_slack:
            names, is_shown = await _together(self._known([], request.authors, thread), self._show_thinking(request))
        version, no_agent = await self._version(request)
        if thread.in_slack:
            place = await self._claimed(request, names, version)
            over_quota, hold = (place, None) if isinstance(place, OverQuota) else (None, place)
            if over_quota is None:
                names, past = await _together(self._known(request.ids, request.authors, thread), self._past(request))
            is_over = request.earlier_than in past.answered or request.earlier_than in past.gone
            if is_over and {*request.asked} <= {*past.answered, *past.gone}:
                self._payments.give_back(thread.team, request.claim, hold)  # there is nothing to answer
            is_silent = names.refuses(request.authors) or is_over
            if is_silent or (is_shown and over_quota is not None and not over_quota.is_told):
                await self._slack.status.end(thread, waits=False)  # perhaps no answer will take the status away
        return Opened(
            policy=version.applied_to(self._policy) if version else self._policy,
            bot_user_id=self._bot_user_id,
            greeting=version.greeting if version else "",
            agent=version.agent if version else "",
            no_agent=no_agent,
            names={**past.names, **names.names},
            nameless=names.nameless,
            profiles={**past.profiles, **names.profiles},
            tells_surroundings=True,
            workspace_url=self._slack.reading.workspace_url if thread.in_slack else "",
            judged=names.judged,
            refused=names.refused,
            refused_here=names.refused_here,
            before=list(past.said),
            answered=list(past.answered),
            people=list(past.people),
            gone=list(past.gone),
            to_others=list(past.to_others),
            over_quota=over_quota,
            hold=hold,
        )

    async def _version(self, request: OpenConversation) -> tuple[AgentVersion | None, str]:
        """What the conversation goes by until its first turn begins; without an agent, the code that says why."""
        try:
            return self._gate.agents.version(await self._gate.agent_of(request.thread, request.agent)), ""
        except NoAgentError as none:
            return None, none.code

    async def _show_thinking(self, request: OpenConversation) -> bool:
        """If Slack has to be asked first; otherwise the model call shows it soon enough, if there is one.

        Returns whether it may be shown.
        """
        directory, people = self._slack.directory, [*request.ids, *(author.id for author in request.authors)]
        known = directory.knows(people) and directory.knows_place(request.thread.channel)
        if not request.is_addressed or (known and request.earlier_than is None):
            return False
        await self._slack.status.set_status(request.thread, THINKING, request.turn)
        return True

    async def _claimed(
        self, request: OpenConversation, judgement: Judgement, version: AgentVersion | None
    ) -> PlaceOfTurn:
        """Claims the turn's place for those of its authors who may talk to the agent; returns why there is none."""
        if request.claim is None or judgement.refused_here:
            return None
        claim = request.claim.without(set(judgement.refused))
        return await self._payments.place(request.thread.team, claim, version.model if version else "")

    async def _past(self, request: OpenConversation) -> Past:
        if request.earlier_than is None:
            return Past()
        return await self._slack.history.past(request.thread, request.earlier_than, request.asked)

    @activity.defn(name=ActivityName.LOOK_UP_NAMES)
    async def look_up_names(self, request: LookUpNames) -> Names:
        with urgency(Urgency.OPENING):
            known = self._known(request.ids, request.authors, request.thread)
            names, place = await _together(known, self._place(request.thread if request.asks_for_place else None))
            return names.model_copy(update={"place": place})

    async def _place(self, thread: Thread | None) -> Place | None:
        """Where a conversation is. Asked while other things are, as nobody is to wait for it."""
        if thread is None or not thread.in_slack or self._slack_or_none is None:
            return None
        return await self._slack_or_none.directory.place(thread.channel)

    async def _known(self, ids: Sequence[str], authors: Sequence[Author], thread: Thread | None) -> Names:
        """Who they are, and who of the authors may not talk to the agent in this thread.

        The names of others take only calls to spare, so that nobody's judgement waits for what another has mentioned.
        If Slack tells of some of the authors only, the others are not judged.
        """
        slack = self._slack
        people = await self._people(authors)
        judged = {
            author.id: slack.access_policy.refusal(author, people[author.id])
            for author in authors
            if author.id in people
        }
        names = await slack.directory.names(ids, within=thread.channel if thread else "", only_to_spare=True)
        return Names(
            names=names,
            nameless=[slack_id for slack_id in ids if slack_id not in names],
            profiles=slack.directory.profiles([*ids, *people]),
            judged=list(judged) if thread else None,  # release 0.2 did not say which thread it asks for
            refused={slack_id: reason for slack_id, reason in judged.items() if reason},
            refused_here=slack.access_policy.refusal_in(thread) if thread else "",
        )

    async def _people(self, authors: Sequence[Author]) -> Mapping[str, Mapping[str, Any]]:
        """What Slack tells of the authors, by id. After a while without an answer about any of them: nothing.

        Slack may fail at one person only, and then nobody else is to wait. While Slack is away, everybody waits.
        """
        try:
            return await self._slack.directory.people(author.id for author in authors)
        except ApplicationError as error:
            attempt = attempt_time.current()
            if error.message not in FAILED or attempt is None or attempt.age < LONGEST_JUDGING:
                raise
            return {}

    @activity.defn(name=ActivityName.READ_LINKS)
    async def read_links(self, request: ReadLinks) -> LinksRead:
        """What links in a question lead to. For a turn without a place in the quotas nothing is read."""
        version = self._gate.agents.version(request.agent) if self._payments.are_needed else None
        place = await self._payments.place(request.thread.team, request.claim, version.model if version else "")
        if isinstance(place, OverQuota):
            return LinksRead(contents=[], over_quota=place)
        async with self._status_kept(request.thread):
            read = await self._slack.reading.links(request)
        return read if place is None else read.model_copy(update={"hold": place})

    # Thinking

    @activity.defn(name=ActivityName.ASK_MODEL)
    async def ask_model(self, request: AskModel) -> ModelReply:
        return await self._model_calls.reply(request)

    @activity.defn(name=ActivityName.SUMMARISE)
    async def summarise(self, request: Summarise) -> Summary:
        return await self._model_calls.summary(request)

    # Acting

    @activity.defn(dynamic=True)
    async def run_tool(self, args: Sequence[RawValue]) -> dict[str, Any]:
        """Any activity that is none of the above is a tool of that name; it may be given steps to show, too.

        Whether the agent may use the tool is decided when the call was planned, and here once more: the agent's file
        may have changed since.
        """
        name, thread = activity.info().activity_type, thread_of(activity.info().workflow_id or "")
        arguments: Mapping[str, Any] = activity.payload_converter().from_payload(args[0].payload, dict[str, Any])
        run = _tool_run(args[1:])
        if run.shown is not None:
            self._slack.progress_queue.begin(run.shown)
        refused = await self._gate.refusal(name, run, thread)
        if refused is not None:
            return {"error": refused}
        try:
            async with self._status_kept(thread), progress_shown(self._slack_or_none, thread, run.shown) as progress:
                result = await self._tools.run(
                    name,
                    arguments,
                    progress,
                    attaching(self._slack_or_none, thread),
                    {
                        **tool_view.given(self._slack_or_none, thread, run),
                        ToolCallKey: tool_view.call_key(),
                        Inputs: run.inputs,
                    },
                )
            shown = self._tools.outcome(name, arguments, result)
            return result | ({SHOWN: shown} if shown else {})
        except ToolUnavailableError as error:
            raise retryable(TOOL_UNAVAILABLE, str(error)) from error

    # Speaking

    @activity.defn(name=ActivityName.SHOW_PROGRESS)
    async def show_progress(self, request: ShowProgress) -> Shown:
        return await self._slack.progress_queue.show(request)

    @activity.defn(name=ActivityName.DELIVER)
    async def deliver(self, request: Deliver) -> None:
        """Makes the thread hold the complete answer, once, whatever was shown of it before. Can be tried again."""
        settling = asyncio.create_task(self._payments.settle(request))
        try:
            await self._slack.progress_queue.wait(request)
            await delivery_attempt.deliver(self._slack, request)
        finally:
            await settling

    @activity.defn(name=ActivityName.TELL_PERSON)
    async def tell_person(self, request: TellPerson) -> None:
        """Shows a line to one person."""
        await self._slack.posts.whisper(
            request.thread,
            request.user,
            request.text,
            in_channel=request.in_channel,
            may_mention=request.may_mention,
        )

    @activity.defn(name=ActivityName.SHOW_QUESTION)
    async def show_question(self, request: ShowQuestion) -> str:
        """Makes the thread show the card as it is now; returns the `ts` of its message."""
        return await self._slack.questions.show(request, is_retry=activity.info().attempt > 1)

    @activity.defn(name=ActivityName.FIND_MEMBERS)
    async def find_members(self, request: FindMembers) -> FoundMembers:
        return FoundMembers(members=await self._slack.user_groups.members(request.groups))

    @activity.defn(name=ActivityName.FIND_GRANTS)
    async def find_grants(self, request: FindGrants) -> FoundGrants:
        return await grant_calls.found(self._grants, request)

    @activity.defn(name=ActivityName.KEEP_GRANT)
    async def keep_grant(self, request: KeepGrant) -> None:
        await grant_calls.kept(self._grants, request)

    @asynccontextmanager
    async def _status_kept(self, thread: Thread | None) -> AsyncIterator[None]:
        if thread is None or self._slack_or_none is None:
            yield
            return
        async with self._slack.status.working(thread):
            yield

    @property
    def _slack(self) -> Slack:
        if self._slack_or_none is None:
            raise retryable(SLACK_UNAVAILABLE, "this worker has no SLACK_BOT_TOKEN")
        return self._slack_or_none


def _tool_run(args: Sequence[RawValue]) -> ToolRun:
    """What a tool call is given beside its arguments. Release 0.2 gave it the steps to show, or nothing."""
    if not args:
        return ToolRun()
    read = activity.payload_converter().from_payload
    given: Mapping[str, Any] = read(args[0].payload, dict[str, Any])
    return ToolRun(shown=ShowProgress(**given)) if "thread" in given else ToolRun.model_validate(given)


async def _together(first: Coroutine[Any, Any, First], second: Coroutine[Any, Any, Second]) -> tuple[First, Second]:
    """The results of the two, which run at the same time. When this ends, both of them have ended."""
    tasks = asyncio.create_task(first), asyncio.create_task(second)
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
