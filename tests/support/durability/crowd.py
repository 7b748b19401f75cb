"""Many people who talk to the agent at once, and what became of their questions."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from agent_worker.payloads.errors import DEFECT, sentence
from emulators.slack.state.statuses import STATUS_SECONDS
from tests.support.durability.answering import Question, answered_by
from tests.support.durability.opinions import Opinion
from tests.support.durability.stage import BreakableStage
from tests.support.durability.talks import DONE, FAILED, RUNNING

WENT_WRONG, _, _ = sentence(DEFECT).partition(",")
LOOK_AGAIN = 0.1  # seconds
MOST_FOLLOW_UPS = 3
LONGEST_THOUGHT = 0.6  # seconds until a person goes on writing who does not wait for the answer
ACKNOWLEDGED_WITHIN = 3.0  # seconds; then Slack shows a warning sign beside a button
SAID_SLOWLY, STOPS, JUDGED = 0.3, 0.15, 0.3  # how many answers are streamed, conversations stopped, answers judged


@dataclass
class Conversation:
    """One thread in a channel of its own."""

    stage: BreakableStage
    person: str
    channel: str
    ts: str = ""
    asked: list[Question] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)  # names of questions that somebody wanted to be dropped
    opinion: Opinion | None = None
    asked_at: dict[str, float] = field(default_factory=dict)
    waited: dict[str, float] = field(default_factory=dict)  # seconds until each question was answered

    def ask(self, question: Question, *, mention: bool) -> None:
        words = f"<@{self.stage.slack.bot_user_id}> {question.words}" if mention else question.words
        ts = self.stage.slack.say(self.person, self.channel, words, thread_ts=self.ts or None)
        self.ts = self.ts or ts
        self.asked.append(question)
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
                    await _true(self.opinion.is_acknowledged)

    @property
    def is_stored(self) -> bool:
        return self.stage.is_acknowledged(self.ts)

    @property
    def answered(self) -> Counter[str]:
        """How often each question was answered."""
        return Counter(name for said in self.stage.said(self.ts, self.channel) for name in answered_by(said))

    @property
    def unanswered(self) -> list[str]:
        """The questions that are owed an answer."""
        return [question.name for question in self.asked if question.name not in {*self.answered, *self.stopped}]

    @property
    def is_answered(self) -> bool:
        return not self.unanswered and not self.has_unheard_stop

    @property
    def has_unheard_stop(self) -> bool:
        """Whether a question should have been dropped, and is neither answered nor said to be stopped."""
        return not self.stopped <= self.answered.keys() and not self._times_said("Stopped.")

    @property
    def defects(self) -> int:
        """How often the agent has given up a turn without knowing why."""
        return self._times_said(WENT_WRONG)

    def _times_said(self, beginning: str) -> int:
        return sum(said.startswith(beginning) for said in self.stage.said(self.ts, self.channel))

    @property
    def is_done(self) -> bool:
        status = self.stage.slack.status(self.channel, self.ts)
        return self.is_answered and not (status or self.has_wrong_progress or self.leftovers)

    @property
    def wrong_statuses(self) -> list[tuple[float, str]]:
        """The end of the log of statuses, if one stands, or stood until Slack took it away."""
        log = self.stage.slack.status_log(self.channel, self.ts)
        expired = len(log) > 1 and not log[-1][1] and log[-1][0] - log[-2][0] >= STATUS_SECONDS
        return log[-6:] if expired or self.stage.slack.status(self.channel, self.ts) else []

    @property
    def has_wrong_progress(self) -> bool:
        """Whether a progress message looks as if something still ran, or a step is shown by two of them."""
        shown = self.stage.progress(self.ts, self.channel)
        lines = [line for text in shown for line in text.splitlines()]
        steps = Counter(line[2:] for line in lines if line.startswith((DONE, FAILED)))
        return any(line.startswith(RUNNING) for line in lines) or max(steps.values(), default=1) > 1

    @property
    def leftovers(self) -> list[str]:
        return self.stage.leftovers(self.ts, self.channel)

    @property
    def shown(self) -> list[str]:
        """The whole thread as a person sees it."""
        thread = self.stage.slack.thread(self.channel, self.ts)
        return [self.stage.slack.visible_text(message) for message in thread]


class Crowd:
    """So many people at once; each talks in one thread after the other until they are told to `finish`."""

    def __init__(self, stage: BreakableStage, chance: Random, people: int) -> None:
        self.conversations: list[Conversation] = []
        self._stage = stage
        self._is_finishing = False
        self._noting = asyncio.create_task(self._note_answers())
        self._talking = [asyncio.create_task(self._talk(Random(chance.random()))) for _ in range(people)]

    def finish(self) -> None:
        """Nobody begins anything new."""
        self._is_finishing = True

    async def settled(self, seconds: float) -> None:
        """Waits until nobody waits for anything but Slack's next attempt at a delivery, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _true(self._is_settled)

    def _is_settled(self) -> bool:
        awaited = self._stage.awaited_channels
        return all(one.is_done or one.channel in awaited for one in self.conversations)

    async def finished(self, seconds: float) -> None:
        """Waits until everybody has all answers, for so long at most."""
        await asyncio.wait(self._talking, timeout=seconds)
        for task in (self._noting, *self._talking):
            task.cancel()
        await asyncio.gather(self._noting, *self._talking, return_exceptions=True)

    @property
    def waited(self) -> list[float]:
        """How many seconds each question that has an answer has waited for it, the shortest first."""
        return sorted(seconds for conversation in self.conversations for seconds in conversation.waited.values())

    async def _note_answers(self) -> None:
        while True:
            for conversation in self.conversations:
                conversation.note_answers()
            await asyncio.sleep(LOOK_AGAIN)

    async def _talk(self, chance: Random) -> None:
        while not self._is_finishing:
            conversation = self._begin(chance)
            await _true(lambda: conversation.is_stored)  # noqa: B023  waited for within this round
            for _ in range(chance.randint(0, MOST_FOLLOW_UPS)):
                await self._think(conversation, chance)
                conversation.ask(self._question(chance), mention=chance.random() < 0.3)
            if chance.random() < STOPS:
                await asyncio.sleep(chance.uniform(0, LONGEST_THOUGHT))
                conversation.stop()
            await _true(lambda: conversation.is_answered)  # noqa: B023
            if chance.random() < JUDGED:
                await conversation.judge()

    def _begin(self, chance: Random) -> Conversation:
        number = self._stage.number()
        person = self._stage.slack.add_user(f"person{number}")
        channel = self._stage.slack.add_channel(f"talk{number}", members=[person])
        conversation = Conversation(self._stage, person, channel)
        self.conversations.append(conversation)
        conversation.ask(self._question(chance), mention=True)
        return conversation

    async def _think(self, conversation: Conversation, chance: Random) -> None:
        """Until the answer is there, or only for a moment: then the next message steers, or waits for its turn."""
        if chance.random() < 0.5:
            await _true(lambda: conversation.is_answered)
        else:
            await asyncio.sleep(chance.uniform(0, LONGEST_THOUGHT))

    def _question(self, chance: Random) -> Question:
        name = f"q{self._stage.number()}"
        kind = chance.choice(("say", "chain", "at once"))
        addresses = () if kind == "say" else (self._stage.address(), self._stage.address())
        return Question(name, addresses, at_once=kind == "at once", slowly=chance.random() < SAID_SLOWLY)


async def _true(condition: Callable[[], bool]) -> None:
    # Looks now and then: with thousands of changes, looking at each would be most of the work.
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_AGAIN)
