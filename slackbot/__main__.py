"""`python -m slackbot`: the process that listens. It takes events from Slack once it is connected to Temporal."""

from __future__ import annotations

import asyncio
import logging

from agent_worker.contract import DATA_CONVERTER
from process import lifetime, logs, slack, temporal
from process.settings import load
from slackbot.app import SocketMode, build_app
from slackbot.conversations import Conversations
from slackbot.listeners import Listeners
from slackbot.settings import BotSettings
from slackbot.threads import ThreadReader

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
        threads = ThreadReader(web, bot)
        conversations = Conversations(client, settings.temporal_task_queue, threads.takes_part_in)
        app = build_app(nameless, bot, Listeners(bot, conversations))
        async with SocketMode(app, settings.slack_app_token.get_secret_value()):
            logger.info("bot is listening", extra={"team": bot.team_id})
            await asyncio.Event().wait()


if __name__ == "__main__":
    lifetime.run(main)
