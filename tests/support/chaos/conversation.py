"""One thread of the crowd: what was asked in it, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from agent_worker.payloads.errors import BLOCKED_ANSWER, DEFECT, UNSHOWN, sentence
from emulators.slack.state.statuses import STATUS_SECONDS
from tests.support.agent_worker.refusals import READ
from tests.support.chaos.hostile_answers import HOSTILE_TEXTS
from tests.support.chaos.refusals import Refusals
from tests.support.durability.answering import BLOCKED, Question, answered_by
from tests.support.durability.opinions import Opinion
from tests.support.durability.stage import BreakableStage
from tests.support.durability.talks import DONE, FAILED, RUNNING

# The agent gave up a turn and does not know why, or knows that it could not show the answer.
GIVEN_UP = tuple(sentence(code).partition(",")[0] for code in (DEFECT, UNSHOWN))
BLOCKED_NOTICE = sentence(BLOCKED_ANSWER)
STOPPED_NOTICE = "Stopped."
LOOK_AGAIN = 0.1  # seconds
LONGEST_SHOWN = 100  # characters of a message in the report
ACKNOWLEDGED_WITHIN = 3.0  # seconds; then Slack shows a warning sign beside a button
# What a refusal can leave: a status that was not taken away, steps that were not shown as ended, a half-shown message
# that was not deleted.
SAY = {"chat.postMessage", "chat.update", "chat.stopStream", "chat.startStream", "chat.appendStream"}
STATUS = {"assistant.threads.setStatus", "agents.sessions.setStatus"}
CLEAR = {"chat.delete", "chat.update", "chat.stopStream", READ}
# After a refusal of these, a question may have to wait until somebody repairs what Slack refuses, or writes again.
NEEDED = SAY | {READ, "files.getUploadURLExternal", "files.completeUploadExternal", "files.list", "files.info"}


@dataclass(frozen=True)
class Click:
    """A press on a card, or a form behind one that was sent. `number` is that of its delivery."""

    kind: str
    user: str
    card: str  # the `ts`
    number: int
    told_before: int  # how much this person was told in the channel before
    titles: tuple[str, ...]  # of the tickets that it is about
    is_allowed: bool


@dataclass
class Banned:
    """A question that no request to the model may hold, from the request number `since` on.

    It was taken back: then `since` is None until the workflow has done that. Or its author may not write: then it is 0.
    """

    name: str
    since: int | None = None


@dataclass
class Conversation:
    """One thread in a channel of its own."""

    stage: BreakableStage
    person: str
    channel: str
    refusals: Refusals | None = None
    ts: str = ""
    asked: list[Question] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)  # names of questions that somebody wanted to be dropped
    opinion: Opinion | None = None
    messages: dict[str, str] = field(default_factory=dict)  # the `ts` of each question that may still be taken back
    rewritten: list[Question] = field(default_factory=list)  # what answered questions read like since; owed no answer
    taken_back: list[Banned] = field(default_factory=list)
    uninvited: list[Banned] = field(default_factory=list)  # what the person wrote while it was not allowed
    tries_again: int = 0  # how often the person has pressed the button
    asked_at: dict[str, float] = field(default_factory=dict)
    waited: dict[str, float] = field(default_factory=dict)  # seconds until each question was answered
    clicks: list[Click] = field(default_factory=list)  # on cards that ask people
    answered_forms: set[int] = field(default_factory=set)  # clicks after which the form stayed, and said why

    def ask(self, question: Question, *, mention: bool, about: str = "") -> None:
        """`about` is somebody whom the question mentions."""
        words = f"{f'<@{about}> says so. ' if about else ''}{question.words}"
        words = f"<@{self.stage.slack.bot_user_id}> {words}" if mention else words
        ts = self.stage.slack.say(self.person, self.channel, words, thread_ts=self.ts or None)
        self.ts = self.ts or ts
        self.asked.append(question)
        self.messages[question.name] = ts
        self.asked_at[question.name] = time.monotonic()

    def note_answers(self) -> None:
        """Looks what is answered by now; whoever asked in these moments has not waited any longer."""
        if len(self.waited) < len(self.asked):
            for name in self.answered.keys() & self.asked_at.keys() - self.waited.keys():
                self.waited[name] = time.monotonic() - self.asked_at[name]

    def stop(self) -> None:
        """Whatever is not answered yet need not be. Slack shows the button only while the agent is at work."""
        session = self.stage.slack.session(self.channel, self.ts)
        if session is None or session.status != "processing":
            return
        self.stopped |= {question.name for question in self.asked} - self.answered.keys()
        self.stage.slack.press_stop(self.person, self.channel, self.ts)

    async def judge(self) -> None:
        """Somebody says that the last answer was good, and looks whether Slack has taken it."""
        self.opinion = self.opinion or Opinion(self.stage, self.person, self.channel, self.ts)
        if self.opinion.press():
            with suppress(TimeoutError):
                async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                    await true(self.opinion.is_acknowledged)

    @property
    def is_stored(self) -> bool:
        return self.stage.is_acknowledged(self.ts)

    @property
    def is_blocked(self) -> bool:
        """Whether Gemini blocks the answer to its one question: it is owed a notice with a button Try Again."""
        return any(question.hostile == BLOCKED for question in self.asked)

    def was_refused(self, methods: set[str]) -> bool:
        """Whether Slack has refused any of the methods in this channel."""
        return self.refusals is not None and not self.refusals.of(self.channel).isdisjoint(methods)

    # Answers

    @property
    def _texts(self) -> list[str]:
        return [*self.stage.said(self.ts, self.channel), *self.stage.uploaded(self.ts, self.channel)]

    @property
    def answered(self) -> Counter[str]:
        """How often each question was answered."""
        return Counter(name for text in self._texts for name in answered_by(text))

    @property
    def doubled(self) -> int:
        """Answers too many, where the agent could look whether the answer is there."""
        return 0 if self.was_refused({READ}) else self._too_many

    @property
    def doubled_unseen(self) -> int:
        """Answers too many where Slack did not let the agent look: an answer twice is better than none."""
        return self._too_many - self.doubled

    @property
    def _too_many(self) -> int:
        """Whoever presses Try Again wants one more."""
        return sum(max(count - 1 - self.tries_again, 0) for count in self.answered.values())

    @property
    def unanswered(self) -> list[str]:
        """The questions that are owed an answer."""
        owed = [question.name for question in self.asked if question.hostile != BLOCKED]
        return [name for name in owed if name not in {*self.answered, *self.stopped}]

    @property
    def mutilated(self) -> list[str]:
        """The hostile answers of which something is missing: the kind, and how much is there."""
        told = [question.hostile for question in self.asked if question.name in self.answered and question.hostile]
        if not told:
            return []
        posts = self.stage.slack.bot_posts(self.channel, self.ts)
        shown = "".join(str(block.get("text", "")) for post in posts for block in post.blocks)
        shown += "".join(post.text for post in posts if not post.blocks)  # what Slack takes only as plain text
        shown += "".join(self.stage.uploaded(self.ts, self.channel))
        found = [(kind, shown.count(HOSTILE_TEXTS[kind].telling), HOSTILE_TEXTS[kind].times) for kind in told]
        return [f"{kind}: {there} of {times}" for kind, there, times in found if there < times]

    @property
    def is_answered(self) -> bool:
        return not self.unanswered and not self.has_unheard_stop

    @property
    def has_unheard_stop(self) -> bool:
        """Whether a question should have been dropped, and is neither answered nor said to be stopped."""
        answered = self.answered
        is_told = self._times_said(STOPPED_NOTICE) or self.was_refused(SAY)
        has_gone_on = not answered.keys().isdisjoint(self.asked_after_stop)  # then the answer is all that is said
        return not (self.stopped <= answered.keys() or is_told or has_gone_on)

    @property
    def asked_after_stop(self) -> set[str]:
        """The questions that were asked after the last one that somebody wanted to be dropped."""
        names = [question.name for question in self.asked]
        last = max((number for number, name in enumerate(names) if name in self.stopped), default=len(names))
        return set(names[last + 1 :])

    @property
    def stopped_by_others(self) -> int:
        """How often the thread says that it was stopped, although nobody who may has stopped anything."""
        return 0 if self.stopped else self._times_said(STOPPED_NOTICE)

    @property
    def defects(self) -> int:
        """How often the agent has given up a turn that it should not have given up."""
        return sum(self._times_said(beginning) for beginning in GIVEN_UP)

    def _times_said(self, beginning: str) -> int:
        return sum(said.startswith(beginning) for said in self.stage.said(self.ts, self.channel))

    # What else the thread shows

    @property
    def is_done(self) -> bool:
        status = self.stage.slack.status(self.channel, self.ts)
        return self.is_answered and not (status or self.has_wrong_progress or self.leftovers)

    @property
    def wrong_statuses(self) -> list[tuple[float, str]]:
        """The end of the log of statuses, if one stands, or stood until Slack took it away."""
        log = self.stage.slack.status_log(self.channel, self.ts)
        expired = len(log) > 1 and not log[-1][1] and log[-1][0] - log[-2][0] >= STATUS_SECONDS
        stands = expired or self.stage.slack.status(self.channel, self.ts)
        return log[-6:] if stands and not self.was_refused(STATUS) else []

    @property
    def has_wrong_progress(self) -> bool:
        """Whether a progress message looks as if something still ran, or a step is shown by two of them."""
        shown = self.stage.progress(self.ts, self.channel)
        lines = [line for text in shown for line in text.splitlines()]
        steps = Counter(line[2:] for line in lines if line.startswith((DONE, FAILED)))
        is_wrong = any(line.startswith(RUNNING) for line in lines) or max(steps.values(), default=1) > 1
        return is_wrong and not self.was_refused(SAY | {READ})

    @property
    def leftovers(self) -> list[str]:
        return [] if self.was_refused(CLEAR | SAY) else self.stage.leftovers(self.ts, self.channel)

    @property
    def shown(self) -> list[str]:
        """The whole thread as a person sees it; of long texts the beginning."""
        thread = self.stage.slack.thread(self.channel, self.ts)
        return [
            f"{self.stage.slack.name(message.user)}: {self.stage.slack.visible_text(message)[:LONGEST_SHOWN]}"
            for message in thread
        ]


async def true(condition: Callable[[], bool]) -> None:
    """Waits until the condition holds."""
    # Looks now and then: with thousands of changes, looking at each would be most of the work.
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_AGAIN)
