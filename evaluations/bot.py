"""The bot of one case: what people write in its Slack, and what they decide there, reaches the conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import HttpUrl, SecretStr
from temporalio.client import Client

from emulators.slack.emulator import SlackEmulator
from process.slack import identify, open_client
from slackbot.app import Listener, build_app
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.participation import Participation
from slackbot.conversations.questions import Questions
from slackbot.conversations.recent import RecentConversations
from slackbot.listeners.messages import MessageListener
from slackbot.listeners.questions import QuestionCards


@asynccontextmanager
async def listening(slack: SlackEmulator, client: Client, task_queue: str) -> AsyncIterator[None]:
    """The bot listens while the block runs. It has no pages, commands and catch-up: no case uses them."""
    url = HttpUrl(slack.api_url)
    async with open_client(url, SecretStr(slack.bot_token)) as web, open_client(url, None) as tokenless:
        bot = await identify(web)
        recent = RecentConversations(client, task_queue, bot.team_id)
        conversations = Conversations(client, task_queue, Participation(web, bot).takes_part_in, recent)
        gaps = Gaps()
        listeners: list[Listener] = [
            MessageListener(bot, conversations, gaps),
            QuestionCards(bot, web, Questions(client)),
        ]
        async with SocketMode(build_app(tokenless, bot, listeners), slack.app_token, gaps.open):
            await slack.until(lambda: slack.connections)
            yield
