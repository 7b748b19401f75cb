"""The form that asks why an answer is bad: it opens with the click, and nobody has to fill it in."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from temporalio.service import RPCError

from agent_worker.contract.messages import Feedback, Thread
from agent_worker.contract.names import AGAIN, FEEDBACK, FEEDBACK_REASON, LONGEST_REASON
from process.block_kit import Block, plain_text, section
from process.slack import Identity
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.deduplication import Deduplicator
from slackbot.events.contents import storable_text
from slackbot.events.ids import CHANNEL, PERSON, TS, foreign_workspace, has_form
from text.json_shapes import mapping

# Of the 3 s that Slack waits for the acknowledgement. A form can be opened only within them, too.
OPEN_TIMEOUT, STORE_TIMEOUT = 1.0, 2.5  # seconds
REASON = "reason"  # the block and the field
TITLE = "What was wrong?"
KEPT = "What you pressed counts, also if you close this."
HINT = "It goes to the people who run this agent, with the question and the answer. It replaces what you wrote before."
SEND_AGAIN = "I could not be told this just now. Please send it once more."
TURN = re.compile(rf"{TS.pattern}(?:{AGAIN}[0-9]{{1,9}})?")  # a turn's key
logger = logging.getLogger(__name__)


class FeedbackForm:
    def __init__(
        self, bot: Identity, client: AsyncWebClient, conversations: Conversations, *, timeout: float = STORE_TIMEOUT
    ) -> None:
        self._bot = bot
        self._client = client
        self._conversations = conversations
        self._timeout = timeout
        self._opened = Deduplicator()

    def listen(self, app: AsyncApp) -> None:
        app.view(FEEDBACK_REASON)(self.on_submitted)

    async def open(self, thread: Thread, feedback: Feedback, trigger_id: str) -> None:
        """Opens the form, once for a click. Never raises: without the form, the judgement counts all the same."""
        view = form(thread, feedback)
        await self._opened.do((thread, feedback.user, feedback.at), partial(self._open, view, trigger_id))

    async def _open(self, view: Block, trigger_id: str) -> None:
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                await self._client.views_open(trigger_id=trigger_id, view=view)
        except CALL_ERRORS as error:
            logger.info("the form for a reason was not opened", extra={"reason": type(error).__name__})

    async def on_submitted(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Closes the form once Temporal has the reason; until then it stays open with what was written."""
        found = read(body, self._bot)
        if found is not None and found[1].reason:
            try:
                async with asyncio.timeout(self._timeout):
                    await self._conversations.signal(found[0], FEEDBACK, found[1])
            except (RPCError, TimeoutError) as error:
                logger.warning("a reason could not be handed over", extra={"reason": type(error).__name__})
                await ack(response_action="errors", errors={REASON: SEND_AGAIN})
                return
        await ack()


def form(thread: Thread, feedback: Feedback) -> Block:
    """The form about this judgement. It knows which click it belongs to: a later one makes its reason void."""
    packed = {"channel": thread.channel, "thread_ts": thread.thread_ts, "turn": feedback.turn, "at": feedback.at}
    element = {"type": "plain_text_input", "action_id": REASON, "multiline": True, "max_length": LONGEST_REASON}
    field = {"type": "input", "block_id": REASON, "label": plain_text("Why was it bad?"), "element": element}
    return {
        "type": "modal",
        "callback_id": FEEDBACK_REASON,
        "private_metadata": json.dumps(packed),
        "title": plain_text(TITLE),
        "close": plain_text("Skip"),
        "submit": plain_text("Send"),
        "blocks": [section(KEPT), field | {"optional": True, "hint": plain_text(HINT)}],
    }


def read(body: Mapping[str, Any], bot: Identity) -> tuple[Thread, Feedback] | None:
    """The judgement with the reason that was sent, and its thread; None if it is not from this form. Never raises."""
    view, user = mapping(body.get("view")), mapping(body.get("user"))
    try:
        packed = mapping(json.loads(str(view.get("private_metadata"))))
    except (ValueError, RecursionError):
        return None
    names = (("channel", CHANNEL), ("thread_ts", TS), ("turn", TURN), ("at", TS))
    if not has_form(user.get("id"), PERSON) or not all(has_form(packed.get(name), one) for name, one in names):
        return None
    sent = mapping(mapping(mapping(mapping(view.get("state")).get("values")).get(REASON)).get(REASON))
    team = foreign_workspace([user.get("team_id")], bot.team_id)
    feedback = Feedback(
        turn=packed["turn"],
        user=user["id"],
        value="bad",
        at=packed["at"],
        reason=storable_text(sent.get("value"), LONGEST_REASON).strip(),
        **({"team": team} if team else {}),
    )
    return Thread(team=bot.team_id, channel=packed["channel"], thread_ts=packed["thread_ts"]), feedback
