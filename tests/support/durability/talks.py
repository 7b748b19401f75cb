"""One thread under test: a question that needs two tools or none, a follow-up, and what must be true in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from temporalio.client import WorkflowHandle

from agent_worker.activities.model_call import WAITING
from agent_worker.workflow.agent import BEFORE_A_QUESTION
from emulators.gemini.request import ModelRequest
from emulators.slack.state.statuses import STATUS_SECONDS
from tests.support.durability.answering import Question, answer_to, answered_by, results_given
from tests.support.durability.decisions import Decision
from tests.support.durability.stage import BreakableStage

DONE, FAILED, RUNNING = "✓ ", "✗ ", "… "
PROGRESS_MARKS = (DONE, FAILED)


class Talk:
    """A channel and a person of its own, so that every call can be told from those of other talks.

    `slowly`: the answers take their time, so that they are streamed. `through_mcp`: its tools are an MCP server's.
    `has_link`: the question has a link to a message of the channel, whose `ts` is `linked`. `files_ticket`: it wants a
    ticket, of which the person is asked.
    """

    def __init__(
        self,
        stage: BreakableStage,
        label: str,
        *,
        slowly: bool = False,
        tools: bool = True,
        through_mcp: bool = False,
        has_link: bool = False,
        files_ticket: bool = False,
    ) -> None:
        number = stage.number()
        self.label = label
        self.stage = stage
        self.person = stage.slack.add_user(f"person{number}")
        self.channel = stage.slack.add_channel(f"talk{number}", members=[self.person])
        addresses = (stage.address(), stage.address()) if tools and not files_ticket else ()
        self.question = Question(
            f"q{number}", addresses, slowly=slowly, through_mcp=through_mcp, files_ticket=files_ticket
        )
        self.decision = Decision(stage, self.person, self.channel) if files_ticket else None
        self.follow_up = Question(f"f{number}", slowly=slowly)
        self.linked = stage.slack.say(self.person, self.channel, "Here it began.") if has_link else ""
        self.ts = ""

    def ask(self) -> None:
        link = f" <{self.stage.slack.permalink(self.channel, self.linked)}>" if self.linked else ""
        mention = f"<@{self.stage.slack.bot_user_id}> {self.question.words}{link}"
        self.ts = self.stage.slack.say(self.person, self.channel, mention)
        if self.decision is not None:
            self.decision.ts = self.ts

    def ask_again(self) -> None:
        self.stage.slack.say(self.person, self.channel, self.follow_up.words, thread_ts=self.ts)

    async def workflow(self) -> WorkflowHandle[object, object]:
        return await self.stage.workflow(self.ts, self.channel)

    # What has happened in it

    @property
    def said(self) -> list[str]:
        return self.stage.said(self.ts, self.channel)

    @property
    def answers(self) -> list[str]:
        """What was said, without the notes that Gemini does not answer, or that a card follows."""
        return [said for said in self.said if said not in {WAITING, BEFORE_A_QUESTION}]

    @property
    def questions_answered(self) -> list[str]:
        return [name for said in self.said for name in answered_by(said)]

    @property
    def status(self) -> str:
        return self.stage.slack.status(self.channel, self.ts)

    def is_answered(self, times: int) -> bool:
        is_tidy = not (self.status or self.stage.leftovers(self.ts, self.channel))
        return len(self.answers) >= times and is_tidy

    def model_requests(self) -> list[ModelRequest]:
        """Those that were answered: what Gemini refused was not done."""
        return [request for request in self.stage.model.answered if request.mentions(self.question.words)]

    def is_model_call(self, request: ModelRequest, number: int) -> bool:
        """Whether this is the talk's first, second, … request to the model (4: that of the follow-up)."""
        return request.mentions(self.question.words) and self._number(request) == number

    def _number(self, request: ModelRequest) -> int:
        return 4 if request.mentions(self.follow_up.words) else results_given(request) + 1

    def tool_calls(self, number: int) -> int:
        path = f"/{self.question.addresses[number - 1]}"
        return sum(call.path == path for call in self.stage.world.calls_to("geolocation"))

    def calls(self) -> Counter[str]:
        """How often the model has answered each step of the talk, and how often each tool was called."""
        models = Counter(f"model {self._number(request)}" for request in self.model_requests())
        tools = range(1, len(self.question.addresses) + 1)
        return models + Counter({f"tool {number}": self.tool_calls(number) for number in tools})

    # What must be true of it

    def complaints(self, *, under_way: Iterable[str] = (), extra: int = 1) -> list[str]:
        """Everything that is wrong with it; only the steps `under_way` may have been tried up to `extra` times more."""
        allowed = dict.fromkeys(under_way, extra)
        found = [*self._wrong_words(), *self._wrong_progress(), *self._wrong_status(), *self._wrong_calls(allowed)]
        found += self.decision.complaints(self.question.name) if self.decision is not None else []
        return [f"{self.label}: {complaint}" for complaint in found]

    def _wrong_words(self) -> Iterator[str]:
        expected = [answer_to(self.question.name), answer_to(self.follow_up.name)]
        if self.answers != expected:
            yield f"said {self.said} and not {expected}"
        if WAITING in self.said:
            yield "the note that Gemini does not answer was left"
        if left := self.stage.leftovers(self.ts, self.channel):
            yield f"not cleared away: {left}"

    def _wrong_progress(self) -> Iterator[str]:
        shown = self.stage.progress(self.ts, self.channel)
        if len(shown) > 1:
            yield f"{len(shown)} progress messages"
        steps = 1 if self.linked else 2
        if any(sum(map(text.count, PROGRESS_MARKS)) != steps for text in shown):
            yield f"unfinished progress {shown}"

    def _wrong_status(self) -> Iterator[str]:
        log = self.stage.slack.status_log(self.channel, self.ts)
        stood = [later - since for (since, text), (later, _) in pairwise(log) if text]
        if self.status or any(seconds >= STATUS_SECONDS for seconds in stood):
            yield f"a status was left: {log[-2:]}"

    def _wrong_calls(self, allowed: dict[str, int]) -> Iterator[str]:
        calls = self.calls()
        between: tuple[str, ...] = ()
        if self.question.addresses:
            between = ("tool 1", "model 2", "tool 2", "model 3")
        if self.decision is not None:
            between = ("model 2",)
        for step in ("model 1", *between, "model 4"):
            if not 1 <= calls[step] <= 1 + allowed.get(step, 0):
                yield f"{step} happened {calls[step]} times"
