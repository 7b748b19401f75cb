"""The card with which the agent asks whether it may file tickets, as people use it."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.questions import APPROVE_BUTTON, EDIT_BUTTON, REJECT_BUTTON
from emulators.gemini.answers import Said, calls, text
from emulators.slack.state.messages import Message
from tests.support.e2e.stage import Stage

PRINTER = {"title": "Printer", "description": "It is broken.", "queue": "it"}
KEYBOARD = {"title": "Keyboard", "description": "Keys are missing.", "queue": "it"}


def wants_to_file(*tickets: dict[str, str]) -> Said:
    """The model's call of the tool, once for each ticket."""
    return calls(*[("file_ticket", ticket) for ticket in tickets or (PRINTER,)])


async def asked(
    stage: Stage,
    then: str = "Done.",
    *tickets: dict[str, str],
    hears: str | None = None,
    channel: str | None = None,
) -> TicketCard:
    """Anna has asked for tickets, and the card stands in the thread. `then` answers a request that mentions `hears`."""
    stage.gemini.script(wants_to_file(*tickets))
    if then:
        stage.gemini.script(text(then).given(contains=hears))
    mention = "" if channel else f"<@{stage.slack.bot_user_id}> "
    ts = stage.slack.say(stage.anna, channel or stage.channel, f"{mention}file a ticket: the printer is broken")
    card = TicketCard(stage, ts, channel or stage.channel)
    await stage.slack.until(lambda: card.is_shown and card.is_waiting)
    return card


class TicketCard:
    """The last card of a thread, or the one whose `ts` is `card`; `ts` is the thread's."""

    def __init__(self, stage: Stage, ts: str, channel: str, card: str | None = None) -> None:
        self._stage = stage
        self.ts = ts
        self.channel = channel
        self._card = card

    @property
    def is_shown(self) -> bool:
        return bool(self._stage.question_cards(self.ts, self.channel))

    @property
    def message(self) -> Message:
        cards = self._stage.question_cards(self.ts, self.channel)
        return next((card for card in cards if card.ts == self._card), cards[-1])

    @property
    def text(self) -> str:
        return self._stage.slack.visible_text(self.message)

    @property
    def is_waiting(self) -> bool:
        """Whether Slack shows that a person has to do something in this thread."""
        session = self._stage.slack.session(self.channel, self.ts)
        return session is not None and session.status == "suspended"

    @property
    def has_buttons(self) -> bool:
        return any(block["type"] == "actions" for block in self.message.blocks)

    @property
    def outcomes(self) -> list[str]:
        """The lines that say how it was decided."""
        return [
            self._stage.slack.visible_text({"blocks": [block]})
            for block in self.message.blocks
            if block["type"] == "context" and "can decide this" not in str(block)
        ]

    async def settled(self, *words: str) -> list[str]:
        """Waits until each outcome says one of these words, in order; returns all of them."""
        await self._stage.slack.until(
            lambda: (
                len(self.outcomes) == len(words)
                and all(word in outcome for word, outcome in zip(words, self.outcomes, strict=True))
            )
        )
        return self.outcomes

    # What people do with it

    def press(self, user: str, button: str = APPROVE_BUTTON, *, item: int | str = 0, twice: bool = False) -> None:
        row = next(
            block["block_id"]
            for block in self.message.blocks
            if block["type"] == "actions" and block["block_id"].endswith(f":{item}")
        )
        self._stage.slack.press_button(user, self.channel, self.message.ts, button, block_id=row, twice=twice)

    async def cancel(self, user: str, reason: str = "") -> None:
        """Presses Cancel, and sends the form."""
        self.press(user, REJECT_BUTTON)
        await self._stage.slack.until(lambda: self._stage.slack.modal(user))
        self._stage.slack.submit_modal(user, {"text": {"text": reason}} if reason else {})

    async def open_form(self, user: str) -> dict[str, Any]:
        """Presses Edit; returns the form once it is filled."""
        self.press(user, EDIT_BUTTON)

        def filled() -> dict[str, Any] | None:
            view = self._stage.slack.modal(user)
            return view if view is not None and "One moment" not in str(view["blocks"]) else None

        return await self._stage.slack.until(filled) or {}

    async def open_form_again(self, user: str) -> None:
        """Presses Edit until the form has fields: after a restart, a conversation takes a moment to be read."""
        while not any(block["type"] == "input" for block in (await self.open_form(user))["blocks"]):
            self._stage.slack.close_modal(user)

    def send_form(self, user: str, **values: str) -> None:
        """Sends the form with these values; the others stay as they were."""
        view = self._stage.slack.modal(user) or {"blocks": []}
        blocks = {block["block_id"].partition(":")[2]: block["block_id"] for block in view["blocks"]}
        self._stage.slack.submit_modal(user, {blocks[name]: {"text": value} for name, value in values.items()})

    def told(self, user: str) -> list[str]:
        """What only this person has read in the channel."""
        shown = self._stage.slack.ephemerals(self.channel, user)
        return [self._stage.slack.visible_text(message) for message in shown]


def results(stage: Stage) -> list[dict[str, Any]]:
    """The results of tool calls that the last model call was given."""
    parts = [part for content in stage.gemini.requests[-1].contents for part in content["parts"]]
    return [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]


def filed(stage: Stage) -> list[str]:
    """The titles of the tickets that there are."""
    return [ticket.title for ticket in stage.world.tickets]
