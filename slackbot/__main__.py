"""`python -m slackbot`: the process that listens. It takes events from Slack once it is connected to Temporal."""

from __future__ import annotations

import asyncio
import logging

from agent_worker.contract.converter import DATA_CONVERTER
from process import lifetime, logs, slack, temporal
from process.settings import load
from slackbot.app import build_app
from slackbot.catch_up.catch_up import CatchUp
from slackbot.catch_up.history import History
from slackbot.catch_up.watermark import Watermark
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.delivery import Conversations
from slackbot.conversations.participation import ThreadReader
from slackbot.conversations.recent import Recents
from slackbot.conversations.signals import Stopping
from slackbot.health import Health, serve
from slackbot.listeners.assistant_context import Attention
from slackbot.listeners.buttons import Clicks
from slackbot.listeners.home_tab import Home
from slackbot.listeners.message_shortcut import Shortcut
from slackbot.listeners.messages import Listeners
from slackbot.listeners.sessions import Sessions
from slackbot.listeners.slash_command import Commands
from slackbot.listeners.suggested_prompts import Prompts
from slackbot.settings import BotSettings

logger = logging.getLogger("slackbot")


async def main() -> None:
    settings, connection = load(BotSettings, temporal.connection)
    logs.configure(settings.log_format, settings.log_level)
    client = await temporal.connect(connection, DATA_CONVERTER)
    async with (
        slack.open_client(settings.slack_api_url, settings.slack_bot_token) as web,
        slack.open_client(settings.slack_api_url, None) as nameless,
    ):
        bot = await slack.identify(web)
        gaps = Gaps()
        conversations = Conversations(client, settings.temporal_task_queue, ThreadReader(web, bot).takes_part_in)
        attention = Attention()
        listeners = Listeners(bot, conversations, gaps, settings.allowed_apps, attention)
        recents, stopping = Recents(client, settings.temporal_task_queue, bot.team_id), Stopping(client)
        parts = (
            attention,
            Prompts(web, attention),
            Home(bot, web, recents, stopping),
            Commands(bot, recents, stopping),
            Shortcut(bot, web, conversations),
            Sessions(bot, conversations),
            Clicks(bot, web, conversations),
        )
        app = build_app(nameless, bot, listeners, parts)
        socket_mode = SocketMode(app, settings.slack_app_token.get_secret_value(), gaps.note)
        history = History(web, bot, settings.allowed_apps)
        watermark = Watermark(client, settings.temporal_task_queue, bot.team_id)
        catch_up = CatchUp(settings.catch_up_window, gaps, watermark, history, conversations, listening=socket_mode)
        health = Health(client, socket_mode, catch_up)
        async with (
            serve(settings.slackbot_health_host, settings.slackbot_health_port, health.report),
            catch_up,
            socket_mode,
            asyncio.TaskGroup() as tasks,
        ):
            logger.info("bot is listening", extra={"team": bot.team_id})
            tasks.create_task(socket_mode.ended())
            tasks.create_task(catch_up.run())


if __name__ == "__main__":
    lifetime.run(main)
