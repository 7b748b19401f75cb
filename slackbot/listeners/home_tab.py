"""The Home tab: what the agent can do, what the person has always allowed, and their recent conversations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.agent_choice import Place
from agent_worker.contract.agents import AgentCatalog
from agent_worker.contract.messages import StopRequest
from agent_worker.contract.names import HOME_REVOKE_BUTTON, thread_of, workflow_id
from process.block_kit import Block, actions, button, divider, header, section
from process.slack import Identity
from slackbot.conversations.agent_catalog import Catalogs
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.grants import Grants
from slackbot.conversations.recent import TEMPORAL_IS_AWAY, RecentConversation, RecentConversations
from slackbot.conversations.signals import StopSignals
from slackbot.events.contents import storable_text
from slackbot.events.ids import PERSON, TS, foreign_workspace, has_form
from slackbot.listeners import agent_captions, conversation_captions, grant_captions
from slackbot.listeners.suggested_prompts import prompts_in
from text.json_shapes import items, mapping
from text.lines import one_line

HOME_STOP_BUTTON = "stop_conversation"  # the value is the conversation's workflow id
HOME_OPEN_BUTTON = "open_conversation"  # a link; Slack sends the click to the app too
ABILITIES = (
    "*What I can do*\nMention me in a channel that I am a member of, or write to me in *Messages*. I look things up "
    "with my tools, show what I am doing, and answer in a thread. You can correct your message or stop me while I work."
)
NONE_YET = "You have no conversations with me yet. Write to me in *Messages*, or mention me in a channel."
AWAY = "I can't see your conversations just now. None of them is lost: please look again in a few minutes."
NOT_ALL_YET = "I have not looked through all conversations yet: please look again in a minute."
NOT_STOPPED = "I could not be told to stop just now. Please press Stop once more."
# Of the 3 s that Slack waits for the acknowledgement, signals.TIMEOUT is for stopping, or grants.Patience for revoking;
# and recent.TIMEOUT is for listing.
PUBLISH_TIMEOUT = 0.8  # seconds
IN_MESSAGES = "*In our direct messages*"
OTHERS = "My other agents"
DIRECT_MESSAGES = "D"  # stands for a person's direct messages where Slack does not name the channel
LONGEST_EXAMPLE = 300  # characters
LONGEST_ID = 1_000  # characters of a workflow id
logger = logging.getLogger(__name__)


class HomeTab:
    def __init__(
        self,
        bot: Identity,
        client: AsyncWebClient,
        recent: RecentConversations,
        stop_signals: StopSignals,
        catalogs: Catalogs,
        *,
        grants: Grants,
    ) -> None:
        self._catalogs = catalogs
        self._grants = grants
        self._bot = bot
        self._client = client
        self._recent = recent
        self._stop_signals = stop_signals
        self._latest_page: dict[str, object] = {}  # by person: a mark of the newest page that is being made

    def listen(self, app: AsyncApp) -> None:
        app.event("app_home_opened", matchers=[_is_home_tab])(self.on_opened)
        app.action(HOME_STOP_BUTTON)(self.on_stop)
        app.action(HOME_OPEN_BUTTON)(self.on_open)
        app.action(HOME_REVOKE_BUTTON)(self.on_revoke)

    async def on_opened(self, event: Mapping[str, Any]) -> None:
        if has_form(event.get("user"), PERSON):
            await self._show(event["user"], storable_text(event.get("channel"), LONGEST_ID))

    async def on_stop(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Shows the page again in any case, so that the person sees an effect of the click."""
        await ack()  # Bolt sends the acknowledgement when this function returns
        user, press = body["user"]["id"], body["actions"][0]
        stopped, notice = storable_text(press.get("value"), LONGEST_ID), ""
        thread = thread_of(stopped)
        if thread is not None and has_form(press.get("action_ts"), TS):
            team = foreign_workspace([body["user"].get("team_id")], self._bot.team_id)
            try:
                await self._stop_signals.send([thread], StopRequest(at=press["action_ts"], user=user, team=team))
            except TEMPORAL_IS_AWAY as error:
                logger.warning("a stop could not be handed over", extra={"reason": type(error).__name__})
                stopped, notice = "", NOT_STOPPED
        await self._show(user, _direct(body), stopped=stopped, notice=notice)

    async def on_revoke(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Shows the page again in any case, as `on_stop` does. A person's page lists only what they have allowed."""
        await ack()
        user = mapping(body.get("user")).get("id")
        press = mapping(next(iter(items(body.get("actions"))), None))
        grant = storable_text(press.get("value"), LONGEST_ID)
        if has_form(user, PERSON):
            about_grants = await self._grants.revoke(grant, str(user)) if grant else ""
            await self._show(str(user), _direct(body), about_grants=about_grants)

    async def on_open(self, ack: AsyncAck) -> None:
        await ack()

    async def _show(
        self, user: str, direct: str, *, stopped: str = "", notice: str = "", about_grants: str = ""
    ) -> None:
        """Makes and publishes the page; if a newer page was begun meanwhile, only that one is published.

        `direct` is the channel of the person's direct messages, `stopped` the workflow id that was just stopped.
        `notice` stands above the conversations, `about_grants` above what is always allowed.
        """
        self._latest_page[user] = page = object()
        agent, allowed, shown = await asyncio.gather(
            self._agent(direct),
            grant_captions.at_home(self._grants, self._bot, user, about_grants),
            self._conversations(user, direct, stopped),
        )
        told = [section(notice)] if notice else []
        blocks = [section(ABILITIES), *agent, divider(), *allowed, header("Your conversations"), *told, *shown]
        if self._latest_page.get(user) is page:
            del self._latest_page[user]
            await self._publish(user, {"type": "home", "private_metadata": direct, "blocks": blocks})

    async def _conversations(self, user: str, direct: str, stopped: str) -> list[Block]:
        try:
            recent = await self._recent.of(user, direct)
            shown = [block for one in recent for block in self._conversation(one, stopped)]
            if not self._recent.is_complete:
                shown.append(section(NOT_ALL_YET))
        except TEMPORAL_IS_AWAY as error:
            logger.warning("conversations cannot be listed", extra={"reason": type(error).__name__})
            return [section(AWAY)]
        return shown or [section(NONE_YET)]

    async def _agent(self, direct: str) -> list[Block]:
        """The agent of the person's direct messages: what applies to it and what it can be asked; then the others."""
        try:
            catalog = await self._catalogs.read()
        except TEMPORAL_IS_AWAY:  # the page says so where it lists the conversations
            catalog = AgentCatalog()
        place = direct or DIRECT_MESSAGES
        prompts = prompts_in(catalog, place)
        shown = [section(_examples(prompts))] if prompts else []
        if catalog.agents:
            choice = catalog.choose(Place(place))
            shown.append(section(f"{IN_MESSAGES}\n{agent_captions.answering(catalog, choice)}"))
            others = agent_captions.listed(catalog, but=choice.agent)
            shown += [header(OTHERS), *map(section, others)] if others else []
        return shown

    async def _publish(self, user: str, view: dict[str, Any]) -> None:
        """A failure is only logged: the page before stays, and opening the Home tab again makes a new one."""
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                await self._client.views_publish(user_id=user, view=view)
        except CALL_ERRORS as error:
            logger.info("home tab not shown", extra={"reason": type(error).__name__})

    def _conversation(self, recent: RecentConversation, stopped: str) -> list[Block]:
        """What the conversation is, and its buttons. A conversation that was just stopped has no Stop button."""
        thread = recent.thread
        name = workflow_id(thread.team, thread.channel, thread.thread_ts)
        is_stopping = recent.state == "working" and name == stopped
        state = conversation_captions.STOPPING if is_stopping else conversation_captions.STATES[recent.state]
        title = conversation_captions.title(recent)
        heading = (
            f"*{title}*\n{conversation_captions.place(recent)}" if title else f"*{conversation_captions.place(recent)}*"
        )
        buttons = []
        if link := conversation_captions.permalink(self._bot.url, thread):
            buttons.append(button("Open", HOME_OPEN_BUTTON, url=link))
        if recent.state == "working" and not is_stopping:
            buttons.append(button("Stop", HOME_STOP_BUTTON, value=name))
        caption = section(f"{heading}\n{conversation_captions.began(recent)} · {state}")
        return [caption, *([actions(*buttons)] if buttons else [])]


def _direct(body: Mapping[str, Any]) -> str:
    """The channel of the person's direct messages, as the page has kept it."""
    return storable_text(mapping(body.get("view")).get("private_metadata"), LONGEST_ID)


async def _is_home_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "home"


def _examples(prompts: Sequence[Mapping[str, str]]) -> str:
    asked = (conversation_captions.literal(one_line(prompt["message"], LONGEST_EXAMPLE)) for prompt in prompts)
    return "\n".join(["For example:", *(f"• _{one}_" for one in asked)])
