"""A conversation with a contender: asks questions in one thread, waits for answers, and refuses wrong ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import count

from benchmarks.contenders.contender import Contender
from benchmarks.stubs.exchanges import Exchange, single_spaced
from benchmarks.stubs.questions import Kind, Question, right_answer

LONGEST_WAIT = 120.0  # seconds for one answer
QUIET = 0.03  # seconds without a new call to Slack; then the last turn has nothing left to do there

_numbers = count(1)


class WrongError(AssertionError):
    """A contender did not answer, or answered wrongly, so its times mean nothing."""


class Conversation:
    """One thread, in a channel of its own (if none is given), because Slack takes one post a second in a channel."""

    def __init__(self, contender: Contender, *, channel: str = "", person: str = "") -> None:
        self.contender = contender
        self.person = person or contender.stubs.person
        self.channel = channel or new_channel(contender, [self.person])
        self.thread_ts: str | None = None
        self.exchanges: list[Exchange] = []

    def post(self, kind: Kind) -> Exchange:
        """Posts a question, which starts the thread or continues it, and does not wait for the answer."""
        stubs = self.contender.stubs
        question = Question(kind, next(_numbers))
        asked_at = stubs.slack.clock.now()
        words = f"<@{stubs.slack.bot_user_id}> {question.words}"
        ts = stubs.slack.say(self.person, self.channel, words, thread_ts=self.thread_ts)
        self.thread_ts = self.thread_ts or ts
        right = right_answer(question, stubs.alerts, stubs.model.sizes)
        exchange = Exchange(question, right, self.channel, self.thread_ts, ts, asked_at)
        self.contender.observer.follow(exchange)
        self.exchanges.append(exchange)
        return exchange

    async def ask(self, kind: Kind) -> Exchange:
        """Posts a question and waits for its complete answer; raises WrongError if the right one does not come."""
        exchange = self.post(kind)
        await self.wait_for_answer(exchange)
        return exchange

    async def wait_for_answer(self, exchange: Exchange, seconds: float = LONGEST_WAIT) -> None:
        """Raises WrongError if the complete right answer does not come in time."""
        try:
            await asyncio.wait_for(exchange.answered.wait(), seconds)
        except TimeoutError:
            raise WrongError(self._described(exchange, "was not answered rightly")) from None

    async def wait_until_quiet(self) -> None:
        """Returns when the last turn has nothing left to do in Slack, so that it does not slow down the next one."""
        slack = self.contender.stubs.slack
        while True:
            calls = len(slack.calls)
            await asyncio.sleep(QUIET)
            if len(slack.calls) == calls and not slack.calls_held_up:
                return

    def check(self) -> None:
        """Raises WrongError unless each question has one answer, the right one, and no message is left unfinished."""
        slack = self.contender.stubs.slack
        assert self.thread_ts is not None
        posts = slack.bot_posts(self.channel, self.thread_ts)
        shown = [single_spaced(slack.visible_text(post)) for post in posts]
        for exchange in self.exchanges:
            answers = [text for text in shown if exchange.question.answer_start in text]
            if len(answers) != 1 or single_spaced(exchange.right_answer) not in answers[0]:
                raise WrongError(self._described(exchange, f"has the answers {answers}"))
        if any(post.streaming_state not in (None, "completed") for post in posts):
            raise WrongError(f"{self.contender.name}: a message was left unfinished")
        if self.contender.recipe.is_product and slack.status(self.channel, self.thread_ts):
            raise WrongError(f"{self.contender.name}: a status was left")

    def _described(self, exchange: Exchange, what: str) -> str:
        slack = self.contender.stubs.slack
        shown = [slack.visible_text(message) for message in slack.thread(self.channel, exchange.thread_ts)]
        failures = self.contender.stubs.gemini.failures + self.contender.stubs.gemini.refusals
        return f"{self.contender.name}: {exchange.question.name} {what}; the thread: {shown}; the model: {failures}"


def new_channel(contender: Contender, people: Sequence[str]) -> str:
    """A new channel with these people in it; its id."""
    return contender.stubs.slack.add_channel(f"talk-{next(_numbers)}", members=people)


def new_person(contender: Contender) -> str:
    """Somebody new; the id."""
    return contender.stubs.slack.add_user(f"person-{next(_numbers)}")


def check_all(conversations: Iterable[Conversation]) -> None:
    """Raises WrongError for the first conversation that does not pass its check."""
    for conversation in conversations:
        conversation.check()
