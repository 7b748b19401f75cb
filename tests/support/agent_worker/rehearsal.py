"""AgentWorkflow in our own worker, with activities that do as the test says and note what they are asked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, cast
from uuid import uuid4

from pydantic import BaseModel
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.transcript_cache import Transcripts, reader
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.contract.names import AGENT_WORKFLOW, USER_MESSAGE, workflow_id
from agent_worker.conversation.wording import model_form
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads import errors
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.payloads.links import LinkContents, LinksRead, MessageLink, ReadLinks
from agent_worker.payloads.model import FILE_PART, AskModel, Content, ModelReply, Summarise, Summary, ToolCall
from agent_worker.payloads.opening import LookUpNames, Names, OpenConversation, Opened
from agent_worker.payloads.questions import FindGrants, FindMembers, FoundGrants, FoundMembers, KeepGrant, ShowQuestion
from agent_worker.payloads.thread import Author, Deliver, Shown, ShowProgress, Source, TellPerson
from agent_worker.worker import build_worker
from emulators.gemini.errors import Refused
from emulators.gemini.request import ModelRequest
from emulators.gemini.rules.requests import check_request
from emulators.gemini.rules.turns import check_turns
from emulators.gemini.signatures import DUMMY, Signatures
from process import temporal
from tests.support.agent_worker.model_lines import readable

SECOND = 1 / (24 * 60 * 60)  # in days, as the policy counts them
POLICY = AgentPolicy(
    gemini_model="gemini-3.8-flash",
    gemini_timeout_seconds=60,
    agent_max_model_calls=12,
    agent_context_tokens=1_000,
    agent_max_app_turns=5,
    agent_max_hourly_turns=60,
    agent_idle_days=600 * SECOND,
    agent_titles="off",
    thread_replies="all",
)
OPENED = Opened(policy=POLICY, bot_user_id="UBOT", greeting="Hello!", names={"U1": "anna", "U2": "ben"})


def told(opened: Opened = OPENED, **changes: Any) -> Opened:
    """An opening that tells something else; `changes` may name fields of its policy, too."""
    policy = {name: changes.pop(name) for name in list(changes) if name in AgentPolicy.model_fields}
    return opened.model_copy(update=changes | {"policy": opened.policy.model_copy(update=policy)})


# The development server can forget to say that a workflow has ended: whoever waits for that asks again after 20 s.
ENDS_WITHIN = 60.0  # seconds


async def result_of(handle: WorkflowHandle[Any, Any]) -> Any:
    """What the workflow returns, once it has ended."""
    return await asyncio.wait_for(handle.result(), ENDS_WITHIN)


Answer = Any  # a ModelReply, an exception to raise, or an async function of what was asked; nonsense is sent as it is


def text(said: str, tokens: int = 10) -> ModelReply:
    return ModelReply(content={"role": "model", "parts": [{"text": said}]}, text=said, prompt_tokens=tokens)


def calls(*names: str, title: str = "", refused: str | None = None) -> ModelReply:
    """The model asks for these tools; the first call carries a signature, as Gemini wants it back."""
    parts: list[dict[str, Any]] = [
        {"functionCall": {"name": name, "args": {}, "id": f"{index}"}} for index, name in enumerate(names)
    ]
    parts[0]["thoughtSignature"] = DUMMY
    asked = [
        ToolCall(name=name, args={}, id=f"{index}", title=title or name, refused=refused)
        for index, name in enumerate(names)
    ]
    return ModelReply(content={"role": "model", "parts": parts}, calls=asked, prompt_tokens=10)


def lines(contents: list[Content]) -> list[str]:
    """All texts of a transcript as a person would write them down, "" where a part has none."""
    return [readable(part.get("text", "")) for content in contents for part in content["parts"]]


class Held:
    """A step that waits in the middle until the test lets it go on."""

    def __init__(self, result: Any) -> None:
        self._result = result
        self._reached = asyncio.Event()
        self._released = asyncio.Event()

    async def __call__(self, *_: Any) -> Any:
        self._reached.set()
        await self._released.wait()
        return self._result

    async def reached(self) -> None:
        async with asyncio.timeout(60):
            await self._reached.wait()

    def release(self) -> None:
        self._released.set()


class Deaf(Held):
    """One that is done just when it is told to stop."""

    async def __call__(self, *_: Any) -> Any:
        try:
            return await super().__call__()
        except asyncio.CancelledError:
            return self._result


class Cast:
    """Stands in for `Activities`: same names, scripted. The model refuses a transcript that Gemini would refuse."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.answers: deque[Answer] = deque()  # of the model; then it says "yes"
        self.answers_given: list[Answer] = []
        self.tools: dict[str, Any] = {}  # results by name: a dict, an exception, or an async function of the arguments
        self.summary: Any = "They said hello."
        self.shown_at: Any = "5.5"
        self.refuse_delivery = 0  # so many times
        self.failing_deliveries: deque[Exception] = deque()  # how the next deliveries fail
        self.begun: list[Deliver] = []  # all deliveries, those that fail too
        self.delivering: Held | None = None
        self.opening: Callable[[], Awaitable[Any]] | None = None
        self.looking_up: Held | None = None
        self.looking_up_fails = 0  # so many times, for good
        self.most_judged = 100  # people in one look-up
        self.opens: list[OpenConversation] = []
        self.looked_up: list[list[str]] = []
        self.asked_for_place: list[bool] = []  # whether it was, in each look-up
        self.learned: dict[str, Any] = {}  # what a look-up brings beside names: fields of Names
        self.refused: dict[str, str] = {}  # why, by Slack id
        self.judged: list[list[str]] = []  # about whom the worker was asked, each time
        self.told: list[TellPerson] = []
        self.telling: Held | None = None
        self.telling_fails = 0  # so many times
        self.asked: list[AskModel] = []
        self.read: list[list[Content]] = []  # the whole transcript that each model call was given
        self.shown: list[ShowProgress] = []
        self.shown_by_tools: list[tuple[str, ShowProgress]] = []
        self.tool_runs: list[ToolRun] = []
        self.delivered: list[Deliver] = []
        self.summarised: list[Summarise] = []
        self.links_asked: list[ReadLinks] = []
        self.linked: Any = None  # what the links of the next messages lead to; None: a message that names the link
        self.members: dict[str, list[str]] = {}  # of user groups
        self.sought: list[FindGrants] = []
        self.grants: Any = None  # FoundGrants
        self.kept: list[KeepGrant] = []
        self.keeping: Any = None  # an exception, to be raised
        self.cards: list[ShowQuestion] = []
        self.card_at: Any = "6.6"  # the card's `ts`
        self.ran: list[str] = []
        self.changed = asyncio.Event()
        self._transcripts = Transcripts()

    @activity.defn(name=ActivityName.OPEN_CONVERSATION)
    async def open_conversation(self, request: OpenConversation) -> Opened:
        self.opens.append(request)
        self.changed.set()
        if self.opening is not None:
            await self.opening()
        return self.opened.model_copy(update=self._judged(request.authors))

    def _judged(self, authors: Sequence[Author]) -> dict[str, Any]:
        """The judgement on these people: `refused` says why some of them may not talk to the agent."""
        self.judged.append([author.id for author in authors])
        reasons = self.opened.refused | self.refused
        refused = {author.id: reasons[author.id] for author in authors if author.id in reasons}
        return {"judged": self.judged[-1], "refused": refused, "refused_here": self.opened.refused_here}

    def learn(self, **changes: Any) -> None:
        """From now on conversations are opened with other settings (fields of the policy), names and so on."""
        self.opened = told(self.opened, **changes)

    @activity.defn(name=ActivityName.LOOK_UP_NAMES)
    async def look_up_names(self, request: LookUpNames) -> Names:
        self.looked_up.append(request.ids)
        self.asked_for_place.append(request.asks_for_place)
        self.changed.set()
        if self.looking_up is not None:
            await self.looking_up()
        if self.looking_up_fails:
            self.looking_up_fails -= 1
            raise errors.final(errors.OUT_OF_TIME, "took too long")
        names = {slack_id: slack_id.lower() for slack_id in request.ids}
        return Names(names=names, **self.learned, **self._judged(request.authors[: self.most_judged]))

    @activity.defn(name=ActivityName.TELL_PERSON)
    async def tell_person(self, request: TellPerson) -> None:
        self.changed.set()
        if self.telling is not None:
            await self.telling()
        if self.telling_fails:
            self.telling_fails -= 1
            raise errors.final(errors.SLACK_REFUSED, "user_not_in_channel")
        self.told.append(request)
        self.changed.set()

    @activity.defn(name=ActivityName.ASK_MODEL)
    async def ask_model(self, request: AskModel) -> ModelReply:
        info = activity.info()
        read_page = reader(activity.client(), info.workflow_id or "", info.workflow_run_id or "")
        contents = await self._transcripts.assemble(request.epoch, request.known, request.new, read_page)
        refuse_as_gemini_would(contents)
        self.asked.append(request)
        self.read.append(contents)
        self.changed.set()
        answer = self.answers.popleft() if self.answers else text("yes")
        self.answers_given.append(answer)
        return cast("ModelReply", await _acted(answer, request))

    @activity.defn(name=ActivityName.READ_LINKS)
    async def read_links(self, request: ReadLinks) -> LinksRead:
        self.links_asked.append(request)
        self.changed.set()
        found = await _acted(self.linked, request)
        return found if isinstance(found, LinksRead) else LinksRead(contents=list(map(_contents, request.links)))

    @activity.defn(name=ActivityName.SUMMARISE)
    async def summarise(self, request: Summarise) -> Summary:
        self.summarised.append(request)
        self.changed.set()
        said = await _acted(self.summary, request)
        return Summary(text=said) if isinstance(said, str) else said

    @activity.defn(dynamic=True)
    async def run_tool(self, args: Sequence[RawValue]) -> dict[str, Any]:
        name = activity.info().activity_type
        arguments = activity.payload_converter().from_payload(args[0].payload, dict[str, Any])
        self.ran.append(name)
        self.tool_runs.append(activity.payload_converter().from_payload(args[1].payload, ToolRun))
        if self.tool_runs[-1].shown is not None:
            self.shown_by_tools.append((name, self.tool_runs[-1].shown))
        self.changed.set()
        return cast("dict[str, Any]", await _acted(self.tools.get(name, {"output": name}), arguments))

    @activity.defn(name=ActivityName.SHOW_PROGRESS)
    async def show_progress(self, request: ShowProgress) -> Shown:
        self.shown.append(request)
        shown = await _acted(self.shown_at, request)
        return shown if isinstance(shown, Shown) else Shown(ts=shown)

    @activity.defn(name=ActivityName.DELIVER)
    async def deliver(self, request: Deliver) -> None:
        self.begun.append(request)
        self.changed.set()
        if self.delivering is not None:
            await self.delivering()
        if self.refuse_delivery:
            self.refuse_delivery -= 1
            self.changed.set()
            raise errors.final(errors.SLACK_REFUSED, "is_archived")
        if self.failing_deliveries:
            raise self.failing_deliveries.popleft()
        self.delivered.append(request)
        self.changed.set()

    @activity.defn(name=ActivityName.SHOW_QUESTION)
    async def show_question(self, request: ShowQuestion) -> str:
        self.cards.append(request)
        self.changed.set()
        return cast("str", await _acted(self.card_at, request))

    @activity.defn(name=ActivityName.FIND_MEMBERS)
    async def find_members(self, request: FindMembers) -> FoundMembers:
        return FoundMembers(members={group: list(self.members.get(group, [])) for group in request.groups})

    @activity.defn(name=ActivityName.FIND_GRANTS)
    async def find_grants(self, request: FindGrants) -> FoundGrants:
        self.sought.append(request)
        return cast("FoundGrants", await _acted(self.grants, request) or FoundGrants(ids=[""] * len(request.calls)))

    @activity.defn(name=ActivityName.KEEP_GRANT)
    async def keep_grant(self, request: KeepGrant) -> None:
        self.kept.append(request)
        self.changed.set()
        await _acted(self.keeping, request)

    @property
    def said(self) -> list[str]:
        return [request.text for request in self.delivered]


def _contents(link: MessageLink) -> LinkContents:
    line = model_form.line(link=link.url, messages=[{"text": f"what stands at {link.ts}"}])
    page = Source(text="the message", url=link.url)
    return LinkContents(url=link.url, line=line, title="A message in #plans", sources=[page])


async def _acted(script: Any, asked: Any) -> Any:
    if isinstance(script, Exception):
        raise script
    return await script(asked) if callable(script) else script


def refuse_as_gemini_would(contents: list[Content]) -> None:
    """Raises a final error for contents that Gemini does not take, once the files are put in."""
    filled = [content | {"parts": list(map(_filled, content["parts"]))} for content in contents]
    request = ModelRequest(model="any", api_version="v1", streamed=False, body={"contents": filled})
    try:
        check_request(request)
        check_turns(request, Signatures())
    except Refused as refusal:
        raise ApplicationError(str(refusal), type="refused_by_the_stand_in", non_retryable=True) from None


def _filled(part: dict[str, Any]) -> dict[str, Any]:
    return {"text": "what is in the file"} if FILE_PART in part else part


class Rehearsal:
    """`async with Rehearsal(address) as rehearsal:`; each conversation in it has a channel of its own."""

    def __init__(self, address: str, **opened: Any) -> None:
        self._address = address
        self.task_queue = f"rehearsal-{uuid4().hex[:8]}"
        self.cast = Cast(OPENED)
        self.cast.learn(**opened)

    async def __aenter__(self) -> Self:
        self.client: Client = await temporal.connect({"target_host": self._address}, DATA_CONVERTER)
        self._worker: Worker = build_worker(self.client, self.task_queue, cast("Activities", self.cast))
        await self._worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._worker.__aexit__(kind, error, at)

    async def leave(self) -> None:
        """Stops the worker: what happens now waits in Temporal."""
        await self._worker.__aexit__(None, None, None)

    async def come_back(self) -> None:
        self._worker = build_worker(self.client, self.task_queue, cast("Activities", self.cast))
        await self._worker.__aenter__()

    def conversation(self, thread_ts: str = "1.0") -> Talk:
        return Talk(self, Thread(team="T1", channel=f"C{uuid4().hex[:8]}", thread_ts=thread_ts))

    def terminal(self) -> Talk:
        return Talk(self, Thread(team="", channel=uuid4().hex, thread_ts="", surface="terminal"))

    async def until(self, condition: Callable[[], object], seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self.cast.changed.clear()
                await self.cast.changed.wait()


class Talk:
    """One conversation: what people say in it, and what they are answered."""

    def __init__(self, rehearsal: Rehearsal, thread: Thread) -> None:
        self.thread = thread
        self.id = workflow_id(thread.team, thread.channel, thread.thread_ts)
        self._rehearsal = rehearsal

    async def say(
        self, ts: str, said: str = "hello", user: str = "U1", run: Run | None = None, **more: Any
    ) -> WorkflowHandle[Any, str]:
        """Hands a message over as the bot does; `run` is what a new run would begin with, `more` what else is known."""
        return await self._rehearsal.client.start_workflow(
            AGENT_WORKFLOW,
            run or Run(thread=self.thread),
            id=self.id,
            task_queue=self._rehearsal.task_queue,
            start_signal=USER_MESSAGE,
            start_signal_args=[UserMessage(ts=ts, user=user, text=said, **more)],
            result_type=str,
        )

    async def signal(self, name: str, what: BaseModel) -> None:
        """Tells the present run what somebody has done."""
        await self.handle.signal(name, what)

    async def click(self, name: str, what: BaseModel) -> None:
        """The same, in a conversation that may be closed: as the bot hands over what is pressed."""
        await self._rehearsal.client.start_workflow(
            AGENT_WORKFLOW,
            Run(thread=self.thread),
            id=self.id,
            task_queue=self._rehearsal.task_queue,
            start_signal=name,
            start_signal_args=[what],
        )

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Whichever run is the present one."""
        return self._rehearsal.client.get_workflow_handle(self.id)

    async def are_under_way(self, *activities: str) -> bool:
        """Whether Temporal has these activities of the present run unfinished, and no other one."""
        described = await self.handle.describe()
        pending = [one.activity_type.name for one in described.raw_description.pending_activities]
        return sorted(pending) == sorted(activities)

    @property
    def answers(self) -> list[Deliver]:
        return [request for request in self._rehearsal.cast.delivered if request.thread == self.thread]

    async def answered(self, times: int = 1, seconds: float = 60) -> list[str]:
        """Waits for so many answers; all that was said."""
        await self._rehearsal.until(lambda: len(self.answers) >= times, seconds)
        return [request.text for request in self.answers]

    async def ask(self, ts: str, said: str = "hello", user: str = "U1", **more: Any) -> str:
        """Says something and waits for its answer."""
        before = len(self.answers)
        await self.say(ts, said, user, **more)
        return (await self.answered(before + 1))[-1]
