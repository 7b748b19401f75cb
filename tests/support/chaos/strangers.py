"""People and apps who may not talk to the agent, and all that they try in the threads of others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

from agent_worker.contract.names import FEEDBACK_BUTTONS, STOP_BUTTON, TRY_AGAIN_BUTTON
from agent_worker.contract.questions import APPROVE_BUTTON
from tests.support.chaos.conversation import Conversation
from tests.support.durability.stage import BreakableStage

MARK = "uninvited"  # stands in all that they write, and so wherever a deed of theirs had an effect
OTHER_TEAM = "T0ELSEWHERE"
PAUSES = (0.1, 0.3, 1.0)  # seconds between two deeds
LATEST = 10  # conversations; older ones are over
APP = "the webhook"  # one that calls itself like an app that is allowed


class Strangers:
    """Do something at random in one of the latest conversations, until they are told to `finish`.

    `deeds` counts what they did. What Slack's clients do not let them do (a button that is not there) is no deed.
    """

    def __init__(self, stage: BreakableStage, chance: Random, people: Sequence[str]) -> None:
        self.deeds: Counter[str] = Counter()
        self._stage = stage
        self._chance = chance
        self._people = people
        self._kinds: dict[str, Callable[[str, Conversation], None]] = {
            "mention": self._mention,
            "reply": self._reply,
            "quotation": self._quote,
            "stop, typed": self._say_stop,
            "stop": lambda who, where: stage.slack.press_stop(who, where.channel, where.ts),
            "stop button": lambda who, where: self._press(who, where, STOP_BUTTON),
            "good or bad": lambda who, where: self._press(who, where, FEEDBACK_BUTTONS),
            "approve": lambda who, where: self._press(who, where, APPROVE_BUTTON),
            "try again": lambda who, where: self._press(who, where, TRY_AGAIN_BUTTON),
            "edit": self._edit,
            "deletion": self._delete,
            "title": self._rename,
        }
        self._acting: asyncio.Task[None] | None = None

    def begin(self, conversations: Sequence[Conversation]) -> None:
        self._acting = asyncio.create_task(self._act(conversations))

    async def finish(self) -> None:
        if self._acting is not None:
            self._acting.cancel()
            with suppress(asyncio.CancelledError):
                await self._acting

    async def _act(self, conversations: Sequence[Conversation]) -> None:
        while True:
            await asyncio.sleep(self._chance.choice(PAUSES))
            if conversations:
                where = self._chance.choice(conversations[-LATEST:])
                who = self._chance.choice([*self._people, APP])
                kind = self._chance.choice(["mention", "reply"] if who == APP else sorted(self._kinds))
                with suppress(ValueError):
                    self._kinds[kind](who, where)
                    self.deeds[kind] += 1

    def _words(self) -> str:
        return f"{MARK} s{self._stage.number()}"

    def _say(self, who: str, where: Conversation, words: str) -> str:
        if who == APP:
            return self._stage.slack.say_as_other_bot(where.channel, words, where.ts)
        self._stage.slack.join(who, where.channel)
        return self._stage.slack.say(who, where.channel, words, where.ts)

    def _mention(self, who: str, where: Conversation) -> None:
        self._say(who, where, f"<@{self._stage.slack.bot_user_id}> {self._words()}")

    def _reply(self, who: str, where: Conversation) -> None:
        self._say(who, where, self._words())

    def _quote(self, who: str, where: Conversation) -> None:
        """A member's question once more, as if the member had asked."""
        mention = f"<@{self._stage.slack.bot_user_id}>"
        self._say(who, where, f"&gt; <@{where.person}>: {where.asked[-1].words}\n{mention} {self._words()}")

    def _say_stop(self, who: str, where: Conversation) -> None:
        self._say(who, where, self._chance.choice(("stop", f"<@{self._stage.slack.bot_user_id}> stop")))

    def _edit(self, who: str, where: Conversation) -> None:
        ts = self._say(who, where, self._words())
        self._stage.slack.edit(where.channel, ts, f"<@{self._stage.slack.bot_user_id}> {self._words()}")

    def _delete(self, who: str, where: Conversation) -> None:
        ts = self._say(who, where, f"<@{self._stage.slack.bot_user_id}> {self._words()}")
        self._stage.slack.delete(where.channel, ts)

    def _rename(self, who: str, where: Conversation) -> None:
        self._stage.slack.rename_session(who, where.channel, where.ts, f"{self._words()} <!channel>")

    def _press(self, who: str, where: Conversation, action_id: str) -> None:
        """The first such button of the thread, if there is one."""
        self._stage.slack.join(who, where.channel)
        for post in self._stage.slack.bot_posts(where.channel, where.ts):
            with suppress(ValueError):
                self._stage.slack.press_button(who, where.channel, post.ts, action_id)
                return
        raise ValueError("there is no such button")


def guests_and_others(stage: BreakableStage, *, is_listed: bool) -> list[str]:
    """Two people of each kind that the agent refuses. `is_listed`: a list says who may talk to it."""
    slack = stage.slack
    guests = [slack.add_user(f"guest{number}", is_guest=True) for number in range(2)]
    others = [slack.add_user(f"other{number}", team_id=OTHER_TEAM) for number in range(2)]
    unlisted = [slack.add_user(f"unlisted{number}") for number in range(2)] if is_listed else []
    return [*guests, *others, *unlisted]
