"""Many people who talk to the agent at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random

from tests.support.chaos.conversation import BLOCKED_NOTICE, LOOK_AGAIN, Conversation, true
from tests.support.chaos.hostile_answers import HOSTILE_TEXTS
from tests.support.chaos.refusals import Refusals
from tests.support.chaos.second_thoughts import SecondThoughts
from tests.support.durability.answering import BLOCKED, Question
from tests.support.durability.stage import BreakableStage

MOST_FOLLOW_UPS = 3
LONGEST_THOUGHT = 0.6  # seconds until a person goes on writing who does not wait for the answer
SAID_SLOWLY, STOPS, JUDGED = 0.3, 0.15, 0.3  # how many answers are streamed, conversations stopped, answers judged
TAKES_BACK, COMES_AND_GOES = 1.0, 0.6  # for each conversation in which neither happens
HOSTILE, BLOCKED_ONES, ABOUT_A_STRANGER = 0.12, 0.05, 0.15  # questions, conversations, questions
# A person who has no answer by then writes again: an answer that Slack has not taken is kept, and told with the next.
PATIENCE = 15.0  # seconds
MOST_REMINDERS = 2


class Crowd:
    """So many people at once; each talks in one thread after the other until they are told to `finish`.

    `members` are people who may talk to the agent, one for each conversation; `strangers` are whom they mention.
    """

    def __init__(  # noqa: PLR0917
        self,
        stage: BreakableStage,
        chance: Random,
        people: int,
        members: Iterator[str],
        strangers: list[str],
        refusals: Refusals,
        second_thoughts: SecondThoughts,
    ) -> None:
        self.conversations: list[Conversation] = []
        self._stage = stage
        self._members = members
        self._strangers = strangers
        self._refusals = refusals
        self._second_thoughts = second_thoughts
        self._is_finishing = False
        self._noting = asyncio.create_task(self._note_answers())
        self._talking = [asyncio.create_task(self._talk(Random(chance.random()))) for _ in range(people)]

    def finish(self) -> None:
        """Nobody begins anything new; who still waits may ask again."""
        self._is_finishing = True

    async def finished(self, seconds: float) -> None:
        """Waits until everybody has all answers and no status is left, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*self._talking)
                await true(lambda: all(one.is_done for one in self.conversations))
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
            await true(lambda: conversation.is_stored)  # noqa: B023  waited for within this round
            if conversation.is_blocked:
                await self._told_that_it_is_blocked(conversation)
                continue
            for _ in range(chance.randint(0, MOST_FOLLOW_UPS)):
                await self._think(conversation, chance)
                self._ask(conversation, chance, mention=chance.random() < 0.3)
            if chance.random() < STOPS:
                await asyncio.sleep(chance.uniform(0, LONGEST_THOUGHT))
                conversation.stop()
            await self._answered(conversation)
            if chance.random() < JUDGED:
                await conversation.judge()
            await self._think_again(conversation, chance)

    async def _think_again(self, conversation: Conversation, chance: Random) -> None:
        """Takes back what was answered, or goes and comes back; then the conversation goes on."""
        if self._is_finishing or not await _within(PATIENCE, lambda: conversation.is_done):
            return
        kind = chance.choices(("take back", "come and go", ""), (TAKES_BACK, COMES_AND_GOES, 1))[0]
        if kind == "take back":
            await self._second_thoughts.take_back(conversation, Question(self._name()))
        elif kind == "come and go":
            questions = Question(self._name()), Question(self._name())
            if not await self._second_thoughts.come_and_go(conversation, *questions):
                return
        if kind:
            self._ask(conversation, chance, mention=chance.random() < 0.3)
            await self._answered(conversation)

    def _begin(self, chance: Random) -> Conversation:
        person = next(self._members)
        number = self._stage.number()
        channel = self._stage.slack.add_channel(f"talk{number}", members=[person], is_shared=chance.random() < 0.5)
        conversation = Conversation(self._stage, person, channel, self._refusals)
        self.conversations.append(conversation)
        if chance.random() < BLOCKED_ONES:
            conversation.ask(Question(self._name(), hostile=BLOCKED), mention=True)
        else:
            self._ask(conversation, chance, mention=True)
        return conversation

    def _ask(self, conversation: Conversation, chance: Random, *, mention: bool) -> None:
        about = chance.choice(self._strangers) if chance.random() < ABOUT_A_STRANGER else ""
        # A reply that mentions somebody else is for the agent only if it mentions the agent, too.
        conversation.ask(self._question(chance), mention=mention or bool(about), about=about)

    async def _think(self, conversation: Conversation, chance: Random) -> None:
        """Until the answer is there, or only for a moment: then the next message steers, or waits for its turn."""
        if chance.random() < 0.5:
            await self._answered(conversation)
        else:
            await asyncio.sleep(chance.uniform(0, LONGEST_THOUGHT))

    async def _answered(self, conversation: Conversation) -> None:
        """Waits for all answers; asks again now and then, but not for ever before everything works again."""
        reminders = 0
        while not await _within(PATIENCE, lambda: conversation.is_answered):
            if reminders < MOST_REMINDERS or self._is_finishing:
                reminders += 1
                conversation.ask(Question(self._name()), mention=True)

    @staticmethod
    async def _told_that_it_is_blocked(conversation: Conversation) -> None:
        """Waits for the notice, but not for ever: a notice that Slack does not take is not kept."""
        await _within(PATIENCE, lambda: BLOCKED_NOTICE in str(conversation.shown))
        await asyncio.sleep(LOOK_AGAIN)

    def _question(self, chance: Random) -> Question:
        kind = chance.choice(("say", "chain", "at once", "ticket"))
        addresses = () if kind in {"say", "ticket"} else (self._stage.address(), self._stage.address())
        hostile = chance.choice(sorted(HOSTILE_TEXTS)) if chance.random() < HOSTILE else ""
        slowly = chance.random() < SAID_SLOWLY
        return Question(
            self._name(),
            addresses,
            at_once=kind == "at once",
            slowly=slowly,
            hostile=hostile,
            files_ticket=kind == "ticket",
        )

    def _name(self) -> str:
        return f"q{self._stage.number()}"


async def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Waits for the condition for so long at most. Whether it holds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await true(condition)
    return condition()
