"""Somebody who is asked whether a ticket may be filed, and who decides while things break."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from agent_worker.contract.questions import APPROVE_BUTTON, IN_A_MOMENT, SETTLED
from agent_worker.conversation.questions.answers import DECIDED
from agent_worker.workflow.access import ASK_AGAIN
from emulators.slack.events.deliveries import Delivery
from emulators.slack.state.messages import Message
from slackbot.conversations.questions import PRESS_AGAIN
from tests.support.durability.stage import BreakableStage

PRESS_ONCE_MORE = frozenset({PRESS_AGAIN, ASK_AGAIN})
LOOK_AGAIN = 0.1  # seconds
WARNED_AFTER = 4.0  # seconds without an acknowledgement; then Slack has shown its warning sign


class Decision:
    """The person approves, and presses again only if Slack or the agent says that the press did not count."""

    def __init__(self, stage: BreakableStage, person: str, channel: str) -> None:
        self.ts = ""  # of the thread
        self._stage = stage
        self._person = person
        self._channel = channel
        self._pressed: list[int] = []  # the numbers of the deliveries
        self._told_before = 0  # how much the person was told before the last press

    @property
    def _cards(self) -> list[Message]:
        return self._stage.question_cards(self.ts, self._channel)

    @property
    def _is_decided(self) -> bool:
        return bool(self._cards) and not any(block["type"] == "actions" for block in self._cards[-1].blocks)

    async def approve(self) -> None:
        """Waits for the card, and presses once."""
        await self._stage.slack.until(lambda: self._cards)
        self._press()

    async def decided(self) -> None:
        """Presses until the card says that it is decided."""
        while not self._is_decided:
            if self._cards and (not self._pressed or await self._has_to_press_again()):
                self._press()
            await asyncio.sleep(LOOK_AGAIN)

    def _press(self) -> None:
        before = {one.number for one in self._stage.slack.deliveries}
        self._told_before = len(self._told)
        with suppress(ValueError):  # the card has just changed
            self._stage.slack.press_button(self._person, self._channel, self._cards[-1].ts, APPROVE_BUTTON)
            self._pressed += {one.number for one in self._stage.slack.deliveries} - before

    async def _has_to_press_again(self) -> bool:
        """Whether the person was told so about the last press; waits for Slack's warning sign."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WARNED_AFTER):
                while not self._last.acked:  # noqa: ASYNC110  no event tells of it
                    await asyncio.sleep(LOOK_AGAIN)
        told = self._told[self._told_before :]
        return not self._last.acked or not PRESS_ONCE_MORE.isdisjoint(told)

    @property
    def _last(self) -> Delivery:
        return next(one for one in self._stage.slack.deliveries if one.number == self._pressed[-1])

    @property
    def _told(self) -> list[str]:
        return [message.text for message in self._stage.slack.ephemerals(self._channel, self._person)]

    def complaints(self, title: str) -> Iterator[str]:
        """Everything that is wrong with the card and the ticket in the end."""
        tickets = [ticket for ticket in self._stage.world.tickets if ticket.title == title]
        if len(tickets) != 1:
            yield f"{len(tickets)} tickets were filed"
        if len(self._cards) != 1:
            yield f"{len(self._cards)} cards"
        shown = [self._stage.slack.visible_text(card) for card in self._cards]
        if not self._is_decided or not all("Approved by" in text and "· done" in text for text in shown):
            yield f"the card says {shown}"
        again = {DECIDED, SETTLED} if len(self._pressed) > 1 else set()
        if unexpected := [text for text in self._told if text not in {IN_A_MOMENT, *PRESS_ONCE_MORE, *again}]:
            yield f"the person was told {unexpected}"
