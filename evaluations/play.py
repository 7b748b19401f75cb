"""Plays a case: says each message, waits for the answer, and decides what the agent asks people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from temporalio.service import RPCError, RPCStatusCode

from agent_worker.cases.case import CaseMessage
from agent_worker.contract.questions import APPROVE_BUTTON, CHOOSE_BUTTON, CHOOSE_SELECT, REJECT_BUTTON, WRITE_BUTTON
from agent_worker.turn_history import HistoricTurn, Talk, TalkReader
from emulators.slack.observation import NotReachedError
from emulators.slack.state.messages import Message
from evaluations.outcome import Exchange
from evaluations.world import World

MOST_QUESTIONS = 10  # cards after one message: an agent that asks for ever is not played for ever
CARD_SECONDS = 30.0
BEGINS_EVERY = 0.05  # seconds between two looks whether the conversation has begun
APPROVALS, CHOICES = (APPROVE_BUTTON, REJECT_BUTTON), (CHOOSE_BUTTON, CHOOSE_SELECT, WRITE_BUTTON)


class NotAnsweredError(Exception):
    """The conversation did not go on. The message is a sentence for people."""


class Play:
    """`exchanges` grow while `run` plays: what has come of the case so far is known also if it ends early."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reader = TalkReader()
        self._news = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self.exchanges: list[Exchange] = []

    @property
    def talk(self) -> Talk:
        return self._reader.talk

    async def run(self) -> None:
        """Raises NotAnsweredError if a message is not answered, or a question cannot be decided as the case says."""
        first, *others = self._world.case.messages
        ts = self._world.say(first)
        async with self._following():
            await self._exchange(first, ts)
            for message in others:
                await self._exchange(message, self._world.say(message))

    async def _exchange(self, message: CaseMessage, ts: str) -> None:
        turn = await self._answered(lambda one: ts in one.answers, message)
        for _ in range(MOST_QUESTIONS):
            if not (turn.asks_people and message.decides):
                break
            before = set(self.talk.turns)
            await self._decide(message)
            turn = await self._answered(lambda one, before=before: one.key not in before, message)  # type: ignore[misc]
        answer = f"{turn.answer}\n{await self._card_text()}".strip() if turn.asks_people else turn.answer
        self.exchanges.append(Exchange(message.text, answer, list(turn.steps), turn.is_notice))

    async def _answered(self, is_meant: Callable[[HistoricTurn], bool], message: CaseMessage) -> HistoricTurn:
        """The newest turn of those that are meant, once its answer stands in the thread."""
        seconds = self._world.case.seconds
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found = [turn for turn in self.talk.turns.values() if turn.is_over and is_meant(turn)]
                    if found:
                        return found[-1]
                    if self._reading is not None and self._reading.done():
                        self._reading.result()
                        raise NotAnsweredError(f"the conversation ended before “{message.text}” was answered")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise NotAnsweredError(f"“{message.text}” was not answered within {seconds:g} s") from None

    # Temporal's history, as it grows

    @asynccontextmanager
    async def _following(self) -> AsyncIterator[None]:
        self._reading = asyncio.create_task(self._read())
        self._reading.add_done_callback(lambda _: self._news.set())
        try:
            yield
        finally:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        """Reads on as long as the conversation lasts, also where it goes on in a new run."""
        while not await self._has_begun():  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(BEGINS_EVERY)
        name, read = self._world.conversation.id, ""
        while (run := (await self._world.conversation.describe()).run_id) != read:
            handle = self._world.surroundings.client.get_workflow_handle(name, run_id=run)
            await self._reader.read(self._told(handle.fetch_history_events(wait_new_event=True)))
            read = run

    async def _has_begun(self) -> bool:
        try:
            await self._world.conversation.describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def _told(self, events: Any) -> AsyncIterator[Any]:
        """The events; once the reader has taken one in, who waits looks again."""
        async for event in events:
            yield event
            self._news.set()

    # Questions to people

    async def _decide(self, message: CaseMessage) -> None:
        slack, who = self._world.slack, message.decided_by or self._world.case.author(message)
        person = self._world.people[who]
        try:
            card = await slack.until(self._open_card, CARD_SECONDS)
            while card is not None:
                await self._press(person, card, message)
                version = card.blocks
                await slack.until(lambda seen=version: not self._shows(seen), CARD_SECONDS)  # type: ignore[misc]
                card = self._open_card()
        except NotReachedError:
            raise NotAnsweredError(
                f"what the agent asked could not be decided by {who}: Slack shows no change"
            ) from None
        except ValueError as error:
            raise NotAnsweredError(f"what the agent asked could not be decided by {who}: {error}") from None

    async def _press(self, person: str, card: Message, message: CaseMessage) -> None:
        """Decides the first call on the card that waits."""
        slack, place = self._world.slack, (self._world.channel, card.ts)
        row, buttons = _first_row(card)
        if not buttons & {*APPROVALS} and message.choose is None:
            raise ValueError("it asks a question: the case needs `choose`")
        if not buttons & {*CHOICES} and message.choose is not None:
            raise ValueError("it asks whether it may do something: the case needs `approve` or `reject`")
        if message.approve:
            slack.press_button(person, *place, APPROVE_BUTTON, block_id=row)
        elif message.reject is not None:
            slack.press_button(person, *place, REJECT_BUTTON, block_id=row)
            await slack.until(lambda: slack.modal(person), CARD_SECONDS)
            slack.submit_modal(person, {"text": {"text": message.reject}} if message.reject else {})
        else:
            await self._choose(person, card, row, str(message.choose))

    async def _choose(self, person: str, card: Message, row: str, wanted: str) -> None:
        """Presses the option that reads so, or writes it as an answer in own words."""
        slack, place = self._world.slack, (self._world.channel, card.ts)
        for block in card.blocks:
            for element in block.get("elements", []) if block.get("block_id") == row else []:
                if element.get("type") == "button" and element["text"]["text"].casefold() == wanted.casefold():
                    slack.press_button(person, *place, element["action_id"], block_id=row)
                    return
        slack.press_button(person, *place, WRITE_BUTTON, block_id=row)
        await slack.until(lambda: slack.modal(person), CARD_SECONDS)
        slack.submit_modal(person, {"text": {"text": wanted}})

    def _open_card(self) -> Message | None:
        """The newest card on which something can be decided."""
        world = self._world
        posts = world.slack.bot_posts(world.channel, world.thread_ts)
        return next((post for post in reversed(posts) if _first_row(post)[0]), None)

    def _shows(self, blocks: list[dict[str, Any]]) -> bool:
        card = self._open_card()
        return card is not None and card.blocks == blocks

    async def _card_text(self) -> str:
        """What the agent asks people, once it stands in the thread; "" if it has been called off."""
        try:
            card = await self._world.slack.until(self._open_card, CARD_SECONDS)
        except NotReachedError:
            return ""
        return self._world.slack.visible_text(card) if card is not None else ""


def _first_row(post: Message) -> tuple[str, set[str]]:
    """The block with the first buttons that decide something, and their names; "" if there are none."""
    for block in post.blocks:
        names = {str(element.get("action_id", "")).partition(":")[0] for element in block.get("elements", [])}
        if block.get("type") == "actions" and names & {*APPROVALS, *CHOICES}:
            return str(block.get("block_id", "")), names
    return "", set()
