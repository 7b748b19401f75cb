"""Asking questions in threads, waiting for the answers, and refusing to count what is not right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import count

from benchmarks.contenders import PRODUCT, Contender
from benchmarks.questions import Kind, Question, right_answer
from benchmarks.watching import Exchange, one_line

LONGEST_WAIT = 120.0  # seconds for one answer
QUIET = 0.03  # seconds without a call to Slack, beyond the time that one takes: then a turn has left nothing behind

_numbers = count(1)


class WrongError(AssertionError):
    """A contender did not answer, or answered wrongly: its times mean nothing."""


class Talk:
    """One thread of a contender, in a channel of its own: Slack takes one post a second in a channel."""

    def __init__(self, contender: Contender) -> None:
        slack = contender.stubs.slack
        self.contender = contender
        self.channel = slack.add_channel(f"talk-{next(_numbers)}", members=[contender.stubs.person])
        self.thread_ts: str | None = None
        self.exchanges: list[Exchange] = []

    def say(self, kind: Kind) -> Exchange:
        """Asks the next question, in the thread if there is one."""
        stubs = self.contender.stubs
        question = Question(kind, next(_numbers))
        asked_at = stubs.slack.clock.now()
        words = f"<@{stubs.slack.bot_user_id}> {question.words}"
        ts = stubs.slack.say(stubs.person, self.channel, words, thread_ts=self.thread_ts)
        self.thread_ts = self.thread_ts or ts
        right = right_answer(question, stubs.alerts)
        exchange = Exchange(question, right, self.channel, self.thread_ts, ts, asked_at)
        self.contender.watch.follow(exchange)
        self.exchanges.append(exchange)
        return exchange

    async def ask(self, kind: Kind) -> Exchange:
        """Asks, and returns when the answer is complete."""
        exchange = self.say(kind)
        await self.answered(exchange)
        return exchange

    async def answered(self, exchange: Exchange, seconds: float = LONGEST_WAIT) -> None:
        """Raises WrongError when the right answer does not come."""
        try:
            await asyncio.wait_for(exchange.answered.wait(), seconds)
        except TimeoutError:
            raise WrongError(self._described(exchange, "was not answered rightly")) from None

    async def settled(self) -> None:
        """Returns when the last turn has left nothing behind: the next one begins on a quiet stage."""
        slack = self.contender.stubs.slack
        while True:
            calls = len(slack.calls)
            await asyncio.sleep(QUIET)
            if len(slack.calls) == calls and not slack.calls_held_up:
                return

    def check(self) -> None:
        """Raises WrongError unless each question has one answer, the right one, and nothing is left unfinished."""
        slack = self.contender.stubs.slack
        assert self.thread_ts is not None
        posts = slack.bot_posts(self.channel, self.thread_ts)
        shown = [one_line(slack.visible_text(post)) for post in posts]
        for exchange in self.exchanges:
            answers = [text for text in shown if exchange.question.opening in text]
            if len(answers) != 1 or one_line(exchange.right_answer) not in answers[0]:
                raise WrongError(self._described(exchange, f"has the answers {answers}"))
        if any(post.streaming_state not in (None, "completed") for post in posts):
            raise WrongError(f"{self.contender.name}: a message was left unfinished")
        if self.contender.recipe is PRODUCT and slack.status(self.channel, self.thread_ts):
            raise WrongError(f"{self.contender.name}: a status was left")

    def _described(self, exchange: Exchange, what: str) -> str:
        slack = self.contender.stubs.slack
        shown = [slack.visible_text(message) for message in slack.thread(self.channel, exchange.thread_ts)]
        failures = self.contender.stubs.gemini.failures + self.contender.stubs.gemini.refusals
        return f"{self.contender.name}: {exchange.question.name} {what}; the thread: {shown}; the model: {failures}"


def check(talks: Iterable[Talk]) -> None:
    for talk in talks:
        talk.check()
