"""What people think of answers while things break: each click is kept, or the person sees that it is not."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.names import FEEDBACK_BUTTONS, MEMO_FEEDBACK
from agent_worker.workflow.access import ASK_AGAIN
from emulators.slack.events.deliveries import Delivery
from slackbot.listeners.buttons import PRESS_AGAIN
from tests.support.durability.stage import BreakableStage

OPINION = "feedback on an answer"


class Opinion:
    """A person who presses Good below the last answer in a thread."""

    def __init__(self, stage: BreakableStage, person: str, channel: str, thread_ts: str) -> None:
        self._stage = stage
        self._person = person
        self._channel = channel
        self._thread_ts = thread_ts
        self._value = ""
        self._pressed = set[int]()  # the numbers of the deliveries

    def press(self) -> bool:
        """False where no answer can be judged: plain text has no buttons."""
        posts = self._stage.slack.bot_posts(self._channel, self._thread_ts)
        values = [(post.ts, value) for post in posts for value in _values(post.blocks)]
        if not values:
            return False
        ts, self._value = values[-1]
        before = {one.number for one in self._stage.slack.deliveries}
        self._stage.slack.press_button(self._person, self._channel, ts, FEEDBACK_BUTTONS, self._value)
        self._pressed |= {one.number for one in self._stage.slack.deliveries} - before
        return True

    def is_acknowledged(self) -> bool:
        return bool(self._clicks) and self._clicks[-1].acked

    @property
    def is_known_to_be_lost(self) -> bool:
        """Whether the person was told: by Slack's warning sign, or by the bot."""
        shown = self._stage.slack.ephemerals(self._channel, self._person)
        told = [message for message in shown if message.text in (PRESS_AGAIN, ASK_AGAIN)]
        return not self.is_acknowledged() or len(told) == len(self._clicks)

    async def is_kept(self) -> bool:
        """Whether Temporal has what was pressed last, once."""
        description = await (await self._stage.workflow(self._thread_ts, self._channel)).describe()
        kept = [f"{one['value']}:{one['turn']}" for one in await description.memo_value(MEMO_FEEDBACK, [])]
        return kept.count(self._value) == 1

    @property
    def _clicks(self) -> list[Delivery]:
        """Those of this person; others press in the same thread."""
        return [one for one in self._stage.slack.deliveries if one.number in self._pressed]


def _values(blocks: list[dict[str, Any]]) -> list[str]:
    """The values of the buttons that say that an answer was good."""
    elements = [element for block in blocks if block["type"] == "context_actions" for element in block["elements"]]
    return [element["positive_button"]["value"] for element in elements]
