"""The card with which a server asks something, as people use it."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.questions import FILL_BUTTON, LINK_BUTTON, REJECT_BUTTON
from emulators.slack.state.messages import Message
from slackbot.conversations.questions import CANNOT_OPEN
from tests.support.e2e.stage import Stage


class FormCard:
    """The card in the thread `ts`."""

    def __init__(self, stage: Stage, ts: str) -> None:
        self._stage = stage
        self.ts = ts

    @property
    def message(self) -> Message | None:
        posts = self._stage.slack.bot_posts(self._stage.channel, self.ts)
        cards = [post for post in posts if any("question:" in str(block.get("block_id")) for block in post.blocks)]
        cards = cards or [post for post in posts if "asks something, to go on" in str(post.blocks)]
        return cards[-1] if cards else None

    @property
    def text(self) -> str:
        message = self.message
        return self._stage.slack.visible_text(message) if message is not None else ""

    async def says(self, words: str) -> str:
        """Waits until the card says so; returns all that it says."""
        await self._stage.slack.until(lambda: words in self.text)
        return self.text

    async def is_followed_by(self, answer: str) -> None:
        """Waits until the thread has the answer."""
        slack, channel = self._stage.slack, self._stage.channel
        await slack.until(
            lambda: any(slack.visible_text(post).startswith(answer) for post in slack.bot_posts(channel, self.ts))
        )

    def press(self, user: str, button: str) -> None:
        message = self.message
        assert message is not None
        self._stage.slack.press_button(user, self._stage.channel, message.ts, button)

    async def open(self, user: str) -> dict[str, Any]:
        """Presses Fill In until the form has fields: after a restart, a conversation takes a moment to be read."""
        while True:
            self.press(user, FILL_BUTTON)
            view = await self._stage.slack.until(lambda: self._filled(user)) or {}
            if any(block["type"] == "input" for block in view["blocks"]):
                return view
            self._stage.slack.close_modal(user)

    def _filled(self, user: str) -> dict[str, Any] | None:
        view = self._stage.slack.modal(user)
        return view if view is not None and "One moment" not in str(view["blocks"]) else None

    async def open_page(self, user: str) -> str:
        """Presses Open Page until there is more to read than to try again; returns what only this person reads."""
        times, told = 0, CANNOT_OPEN
        while told == CANNOT_OPEN:
            times += 1
            self.press(user, LINK_BUTTON)
            told = await self._line(user, times)
        return told

    async def _line(self, user: str, number: int) -> str:
        """Waits for so many lines that only this person sees; returns the last of them."""
        slack, channel = self._stage.slack, self._stage.channel
        await slack.until(lambda: len(slack.ephemerals(channel, user)) >= number)
        return slack.visible_text(slack.ephemerals(channel, user)[number - 1])

    async def fill(self, user: str, **values: str) -> None:
        """Opens the form and sends it; the values by the fields' labels."""
        view = await self.open(user)
        blocks = {block["label"]["text"]: block for block in view["blocks"] if block["type"] == "input"}
        sent = {label.replace("_", " "): value for label, value in values.items()}
        self._stage.slack.submit_modal(
            user, {blocks[label]["block_id"]: {"text": _entry(blocks[label], value)} for label, value in sent.items()}
        )

    async def decline(self, user: str) -> None:
        self.press(user, REJECT_BUTTON)
        await self._stage.slack.until(lambda: self._stage.slack.modal(user))
        self._stage.slack.submit_modal(user, {})


def _entry(block: dict[str, Any], value: str) -> str:
    """Of a menu, the option with this name."""
    options = block["element"].get("options", [])
    return next((option["value"] for option in options if option["text"]["text"] == value), value)
