"""The cards with which the agent asks people: their buttons, their menu, and the forms behind them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread
from agent_worker.contract.questions import (
    ALWAYS_BUTTON,
    APPROVE_ALL_BUTTON,
    APPROVE_BUTTON,
    CHOOSE_BUTTON,
    CHOOSE_SELECT,
    EDIT_BUTTON,
    FILL_BUTTON,
    LINK_BUTTON,
    OPENED_BUTTON,
    REJECT_BUTTON,
    WRITE_BUTTON,
    Answer,
    AskedForm,
    FormRequest,
    unpack,
)
from process.slack import Identity
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.questions import Questions
from slackbot.events.ids import CHANNEL, PERSON, TS, foreign_workspace, has_form
from slackbot.listeners import question_forms
from slackbot.listeners.question_forms import FormError
from text.json_shapes import items, mapping

OPEN_TIMEOUT, TELL_TIMEOUT = 1.0, 0.8  # seconds, of the 3 s that Slack waits
NO_SUCH_FORM = "Slack can't show this form. Please decide it with the other buttons of the card."
UNANSWERED = BoltResponse(status=503)  # Slack then tells the person that it did not work
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Press:
    """Who has pressed which control of a card, in which thread."""

    thread: Thread
    user: str
    team: str
    action: str
    at: str
    question: str
    version: int
    item: int | None

    @property
    def form_request(self) -> FormRequest:
        return FormRequest(question=self.question, version=self.version, item=self.item or 0, user=self.user)

    def answer(self, **more: Any) -> Answer:
        """The answer that the press stands for: the same press makes the same answer."""
        return Answer(
            id=f"{self.user}:{self.at}",
            question=self.question,
            version=self.version,
            user=self.user,
            team=self.team,
            at=self.at,
            **more,
        )


class QuestionCards:
    def __init__(self, bot: Identity, client: AsyncWebClient, questions: Questions) -> None:
        self._bot = bot
        self._client = client
        self._questions = questions

    def listen(self, app: AsyncApp) -> None:
        for control in (APPROVE_BUTTON, APPROVE_ALL_BUTTON, CHOOSE_SELECT, OPENED_BUTTON):
            app.action(control)(self.on_press)
        app.action(question_forms.matching(CHOOSE_BUTTON))(self.on_press)
        app.action(LINK_BUTTON)(self.on_link)
        for control in (EDIT_BUTTON, ALWAYS_BUTTON, FILL_BUTTON, REJECT_BUTTON, WRITE_BUTTON):
            app.action(control)(self.on_form)
            app.view(control)(self.on_submitted)

    async def on_press(self, ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        """Acknowledges once the conversation has the answer, or the person knows why it has not."""
        press = read(body, self._bot)
        if press is not None:
            given = await self._questions.give(press.thread, _pressed(press))
            is_told = not given.told or await self._tell(press, given.told)
            if not is_told and given.state != "taken":
                return UNANSWERED
        await ack()
        return None

    async def on_form(self, ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        """Opens a form at once: Slack takes it only within 3 s. What it shows about a call comes a moment later."""
        press = read(body, self._bot)
        if press is None:
            await ack()
            return None
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                opened = await self._client.views_open(
                    trigger_id=str(body.get("trigger_id")), view=question_forms.first_view(press.action, _packed(press))
                )
        except CALL_ERRORS as error:
            logger.warning("form not opened", extra={"reason": type(error).__name__})
            return UNANSWERED
        await ack()
        if press.action in {EDIT_BUTTON, ALWAYS_BUTTON, FILL_BUTTON}:
            await self._fill(press, str(opened["view"]["id"]))
        return None

    async def _fill(self, press: Press, view_id: str) -> None:
        """The form is a stranger's in part: if Slack refuses it, the person reads so, and does not wait for it."""
        form = await self._questions.form(press.thread, press.form_request)
        if await self._is_refused(press, view_id, form):
            await self._is_refused(press, view_id, AskedForm(refusal=NO_SUCH_FORM))

    async def _is_refused(self, press: Press, view_id: str, form: AskedForm) -> bool:
        """Shows the form; returns whether Slack does not take it. Perhaps the person has closed it."""
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                view = question_forms.filled_view(press.action, form, _packed(press))
                await self._client.views_update(view_id=view_id, view=view)
        except CALL_ERRORS as error:
            logger.info("form not filled", extra={"reason": type(error).__name__})
            return isinstance(error, SlackApiError)
        return False

    async def on_link(self, ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        """Tells this person alone which page a server wants to be opened."""
        press = read(body, self._bot)
        if press is not None:
            form = await self._questions.form(press.thread, press.form_request)
            if not await self._tell(press, form.refusal or question_forms.links(form)):
                return UNANSWERED
        await ack()
        return None

    async def on_submitted(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Closes the form once the conversation has the answer; until then it stays open with what was written."""
        view = mapping(body.get("view"))
        press = _unpacked(view, body, self._bot)
        if press is None:
            await ack()
            return
        try:
            said = _submitted(press, view)
        except FormError as error:
            await ack(response_action="errors", errors=error.by_block)
            return
        given = await self._questions.give(press.thread, said)
        if given.state in {"refused", "lost"}:
            await ack(**question_forms.refused(view, given.told))
            return
        if given.told:
            await self._tell(press, given.told)
        await ack()

    async def _tell(self, press: Press, sentence: str) -> bool:
        """Whether the person has read it."""
        try:
            async with asyncio.timeout(TELL_TIMEOUT):
                await self._client.chat_postEphemeral(
                    channel=press.thread.channel, user=press.user, text=sentence, thread_ts=press.thread.thread_ts
                )
        except CALL_ERRORS as error:
            logger.info("the person could not be told about an answer", extra={"reason": type(error).__name__})
            return False
        return True


def _pressed(press: Press) -> Answer:
    if press.action in {APPROVE_BUTTON, APPROVE_ALL_BUTTON}:
        return press.answer(decision="approve", item=press.item)
    if press.action == OPENED_BUTTON:
        return press.answer(decision="opened", item=press.item)
    return press.answer(decision="choose", option=press.item)


def _submitted(press: Press, view: Mapping[str, Any]) -> Answer:
    """Raises FormError if something in the form cannot be read."""
    if press.action == EDIT_BUTTON:
        return press.answer(decision="approve", item=press.item, arguments=question_forms.arguments(view))
    if press.action == ALWAYS_BUTTON:
        return press.answer(decision="approve", item=press.item, grant=question_forms.grant(view))
    if press.action == FILL_BUTTON:
        return press.answer(decision="fill", item=press.item, arguments=question_forms.arguments(view))
    text = question_forms.written(view, needs_text=press.action == WRITE_BUTTON)
    if press.action == REJECT_BUTTON:
        return press.answer(decision="reject", item=press.item, text=text)
    return press.answer(decision="choose", text=text)


def read(body: Mapping[str, Any], bot: Identity) -> Press | None:
    """Reads a press on a card of the agent's own in a thread; None for anything else. Never raises."""
    press, message = mapping(next(iter(items(body.get("actions"))), None)), mapping(body.get("message"))
    if message.get("bot_id") != bot.bot_id:
        return None
    place = {"channel": mapping(body.get("channel")).get("id"), "thread_ts": message.get("thread_ts")}
    value = press.get("value") or mapping(press.get("selected_option")).get("value")
    return _press(body, bot, place | {"action": press.get("action_id"), "at": press.get("action_ts"), "value": value})


def _press(body: Mapping[str, Any], bot: Identity, found: Mapping[str, Any]) -> Press | None:
    user, packed = mapping(body.get("user")), unpack(found.get("value"))
    forms = ((found.get("channel"), CHANNEL), (user.get("id"), PERSON), (found.get("thread_ts"), TS))
    is_whole = all(has_form(value, form) for value, form in (*forms, (found.get("at"), TS)))
    if packed is None or not is_whole or not isinstance(found.get("action"), str):
        return None
    question, version, item = packed
    return Press(
        thread=Thread(team=bot.team_id, channel=found["channel"], thread_ts=found["thread_ts"]),
        user=user["id"],
        team=foreign_workspace([user.get("team_id")], bot.team_id),
        action=found["action"],
        at=found["at"],
        question=question,
        version=version,
        item=item,
    )


def _packed(press: Press) -> str:
    """What a form has to know of the press that opened it: sending it twice gives one answer."""
    item = "" if press.item is None else press.item
    place = {"channel": press.thread.channel, "thread_ts": press.thread.thread_ts}
    return json.dumps(place | {"at": press.at, "value": f"{press.question}|{press.version}|{item}"})


def _unpacked(view: Mapping[str, Any], body: Mapping[str, Any], bot: Identity) -> Press | None:
    try:
        found = json.loads(str(view.get("private_metadata")))
    except (ValueError, RecursionError):
        return None
    return _press(body, bot, {**mapping(found), "action": view.get("callback_id")})
