"""People who are asked whether tickets may be filed, what they decide, and what became of each click and ticket."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random
from time import monotonic

from agent_worker.contract.questions import APPROVE_ALL_BUTTON, APPROVE_BUTTON, EDIT_BUTTON, IN_A_MOMENT, REJECT_BUTTON
from emulators.slack.state.messages import Message
from tests.support.agent_worker.refusals import READ
from tests.support.chaos.conversation import LOOK_AGAIN, SAY, Click, Conversation
from tests.support.durability.stage import BreakableStage
from tests.support.e2e.ticket_card import TicketCard

HESITATES = (0.0, 0.3, 2.0)  # seconds until somebody presses
# Whoever sees that nothing has happened by then presses again.
PATIENCE = 6.0  # seconds
FORM_OPENS_WITHIN = 6.0  # seconds
APPROVES, CANCELS, EDITS = 0.6, 0.25, 0.15
WRONG_PERSON, TWICE = 0.25, 0.2
_TITLE = re.compile(r"(?:“|title: )(q\d+)")
_NOT_CARRIED_OUT = ("Rejected by", "Called off", "Nobody has decided")


class Deciders:
    """Wherever a card asks in the crowd's threads, somebody decides. `happened` counts what they do, by kind."""

    def __init__(self, stage: BreakableStage, chance: Random, others: Sequence[str]) -> None:
        self.happened: Counter[str] = Counter()
        self._stage = stage
        self._chance = chance
        self._others = others  # who may decide nothing
        self._deciding: dict[str, asyncio.Task[None]] = {}  # by thread
        self._looking: asyncio.Task[None] | None = None

    def begin(self, conversations: Sequence[Conversation]) -> None:
        self._looking = asyncio.create_task(self._look(conversations))

    async def finish(self) -> None:
        """Raises what has gone wrong with whoever decides: then nobody has decided anything since."""
        tasks = [*self._deciding.values(), *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    async def _look(self, conversations: Sequence[Conversation]) -> None:
        while True:
            for one in conversations:
                task = self._deciding.get(one.ts)
                if task is not None and task.done():
                    task.result()
                if (task is None or task.done()) and one.ts and (cards := _open_cards(one)):
                    self._deciding[one.ts] = asyncio.create_task(self._decide(one, self._chance.choice(cards)))
            await asyncio.sleep(LOOK_AGAIN)

    async def _decide(self, one: Conversation, card: TicketCard) -> None:
        await asyncio.sleep(self._chance.choice(HESITATES))
        if self._chance.random() < WRONG_PERSON:
            other = self._chance.choice(self._others)
            with suppress(ValueError):  # people of another workspace are not in every channel
                self._stage.slack.join(other, one.channel)
                self.press(one, card, other, APPROVE_BUTTON, kind="approve of somebody else", is_allowed=False)
        (kind,) = self._chance.choices(("approve", "cancel", "edit"), (APPROVES, CANCELS, EDITS))
        one.asked_at |= {name: monotonic() for name in one.unanswered}  # so long nobody could answer
        with suppress(ValueError):  # the card has just changed, or the form was closed
            if kind == "approve":
                everything = any(block.get("block_id", "").endswith(":all") for block in card.message.blocks)
                button = APPROVE_ALL_BUTTON if everything and self._chance.random() < 0.5 else APPROVE_BUTTON
                self.press(one, card, one.person, button, kind=kind, twice=self._chance.random() < TWICE)
            else:
                await self._send_form(one, card, kind)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while card.has_buttons:  # noqa: ASYNC110  looking at each change would be most of the work
                    await asyncio.sleep(LOOK_AGAIN)

    def press(
        self,
        one: Conversation,
        card: TicketCard,
        user: str,
        button: str,
        *,
        kind: str,
        is_allowed: bool = True,
        twice: bool = False,
    ) -> None:
        """Somebody presses this button of the card, if it still has it."""
        before, told = self._numbers(), _told(one, user)
        with suppress(ValueError):
            self._stage.slack.press_button(user, one.channel, card.message.ts, button, twice=twice)
            number = min(self._numbers() - before)
            titles = _titles(card.message, only_first=button == APPROVE_BUTTON)
            one.clicks.append(Click(kind, user, card.message.ts, number, len(told), titles, is_allowed))
            self.happened[kind + (", delivered twice" if twice else "")] += 1

    async def _send_form(self, one: Conversation, card: TicketCard, kind: str) -> None:
        slack = self._stage.slack
        first = next((block for block in card.message.blocks if block["type"] == "actions"), None)
        if first is None:
            return
        titles = _titles(card.message, only_first=True)
        ts = card.message.ts
        button = EDIT_BUTTON if kind == "edit" else REJECT_BUTTON
        slack.press_button(one.person, one.channel, ts, button, block_id=first["block_id"])
        if not await self._is_filled(one.person):
            if slack.modal(one.person) is not None:
                slack.close_modal(one.person)
            return
        before, told = self._numbers(), _told(one, one.person)
        if kind == "edit":
            card.send_form(one.person, description="Edited.")
        else:
            slack.submit_modal(one.person, {"text": {"text": "not today"}})
        number = min(self._numbers() - before)
        one.clicks.append(Click(kind, one.person, ts, number, len(told), titles, is_allowed=True))
        self.happened[kind] += 1
        await asyncio.sleep(FORM_OPENS_WITHIN / 2)  # the agent answers a form within three seconds, or Slack says so
        if slack.modal(one.person) is not None:
            one.answered_forms.add(number)  # the form stays, with a sentence or with Slack's warning
            slack.close_modal(one.person)

    async def _is_filled(self, person: str) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(FORM_OPENS_WITHIN):
                while not _has_fields(self._stage.slack.modal(person)):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN)
                return True
        return False

    def _numbers(self) -> set[int]:
        return {delivery.number for delivery in self._stage.slack.deliveries}


# What became of it


def doubled_tickets(one: Conversation) -> int:
    """Tickets too many, where somebody has approved some."""
    return sum(max(filed - len(_approving(one, title)), 0) for title, filed in _filed(one) if _approving(one, title))


def undecided_tickets(one: Conversation) -> int:
    """Tickets of which nobody who may has approved any."""
    return sum(filed for title, filed in _filed(one) if not _approving(one, title))


def doubled_cards(one: Conversation) -> int:
    """Cards too many, where the agent could look whether the card is there."""
    if one.was_refused({READ} | SAY):
        return 0
    cards = one.stage.question_cards(one.ts, one.channel)
    keys = Counter((card.metadata or {})["event_payload"]["key"] for card in cards)
    return sum(count - 1 for count in keys.values())


def clicks_without_an_answer(one: Conversation) -> list[str]:
    """The clicks of which nothing came and of which nobody was told anything."""
    acknowledged = {delivery.number for delivery in one.stage.slack.deliveries if delivery.acked}
    return [str(click) for click in one.clicks if click.number in acknowledged and _is_lost(one, click)]


def _is_lost(one: Conversation, click: Click) -> bool:
    told = _told(one, click.user)[click.told_before :]
    if click.number in one.answered_forms or any(sentence != IN_A_MOMENT for sentence in told):
        return False
    return _is_open(one, click.card) if click.is_allowed else not told


def _is_open(one: Conversation, ts: str) -> bool:
    """Whether the card still asks, although Slack has let the agent change it."""
    cards = one.stage.question_cards(one.ts, one.channel)
    return not one.was_refused({"chat.update"}) and any(_asks(card) for card in cards if card.ts == ts)


def _asks(card: Message) -> bool:
    return any(block["type"] == "actions" for block in card.blocks)


def _filed(one: Conversation) -> Iterator[tuple[str, int]]:
    """How often a ticket was filed for each question of the conversation."""
    titles = Counter(ticket.title for ticket in one.stage.world.tickets)
    for question in [*one.asked, *one.rewritten]:
        if titles[question.name]:
            yield question.name, titles[question.name]


def _approving(one: Conversation, title: str) -> set[str]:
    """The cards on which somebody who may has approved this ticket, and that say nothing else in the end."""
    pressed = {
        click.card for click in one.clicks if click.is_allowed and click.kind != "cancel" and title in click.titles
    }
    return {ts for ts in pressed if not _is_rejected(one, ts, title)}


def _is_rejected(one: Conversation, ts: str, title: str) -> bool:
    cards = [card for card in one.stage.question_cards(one.ts, one.channel) if card.ts == ts]
    about = ""
    for block in (block for card in cards for block in card.blocks):
        found = _TITLE.search(str(block.get("text", "")))
        about = found[1] if found else about
        if block["type"] == "context" and about == title and any(word in str(block) for word in _NOT_CARRIED_OUT):
            return True
    return False


def _titles(card: Message, *, only_first: bool) -> tuple[str, ...]:
    """Of the tickets that the card still asks about; `only_first`: of the first one, which has the first button."""
    asked = []
    about = ""
    for block in card.blocks:
        found = _TITLE.search(str(block.get("text", "")))
        about = found[1] if found else about
        if block["type"] == "actions" and not block["block_id"].endswith(":all"):
            asked.append(about)
    return tuple(asked[:1] if only_first else asked)


def _told(one: Conversation, user: str) -> list[str]:
    return [message.text for message in one.stage.slack.ephemerals(one.channel, user)]


def _open_cards(one: Conversation) -> list[TicketCard]:
    """The cards of the thread that still ask."""
    cards = one.stage.question_cards(one.ts, one.channel)
    return [TicketCard(one.stage, one.ts, one.channel, card.ts) for card in cards if _asks(card)]


def _has_fields(view: dict[str, object] | None) -> bool:
    blocks = view["blocks"] if view is not None else []
    return isinstance(blocks, list) and any(block["type"] == "input" for block in blocks)
