"""`python -m slackbot`: the process that listens to Slack. It connects to Temporal first, and only then to Slack.

`python -m slackbot doctor` starts no bot, but checks what one needs.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":  # Ctrl-C ends it without a traceback also while the rest is imported
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from temporalio.client import Client

from agent_worker.contract.converter import DATA_CONVERTER
from process import lifetime, logs, slack, temporal
from process.settings import BAD_SETTINGS, load
from slackbot.app import Listener, build_app
from slackbot.catch_up.catch_up import CatchUp
from slackbot.catch_up.slack_history import SlackHistory
from slackbot.catch_up.watermark import Watermark
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.agent_catalog import Catalogs
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.grants import Grants
from slackbot.conversations.left_out import LeftOut
from slackbot.conversations.participation import Participation
from slackbot.conversations.questions import Questions
from slackbot.conversations.recent import RecentConversations
from slackbot.conversations.signals import StopSignals
from slackbot.doctor.command import main as doctor
from slackbot.health import Health, serve
from slackbot.listeners.agent_sessions import AgentSessions
from slackbot.listeners.assistant_context import AssistantContext
from slackbot.listeners.buttons import Buttons
from slackbot.listeners.home_tab import HomeTab
from slackbot.listeners.message_shortcut import MessageShortcut
from slackbot.listeners.messages import MessageListener
from slackbot.listeners.questions import QuestionCards
from slackbot.listeners.revoke_button import RevokeButton
from slackbot.listeners.slash_command import SlashCommand
from slackbot.listeners.suggested_prompts import SuggestedPrompts
from slackbot.settings import BotSettings

logger = logging.getLogger("slackbot")


async def main() -> None:
    settings, connection = load(BotSettings, temporal.connection)
    logs.configure(settings.log_format, settings.log_level)
    if settings.names_of_apps:
        logger.warning("apps are allowed by id only", extra={"not_ids": ",".join(settings.names_of_apps)})
    client = await temporal.connect(connection, DATA_CONVERTER)
    async with (
        slack.open_client(settings.slack_api_url, settings.slack_bot_token) as web,
        slack.open_client(settings.slack_api_url, None) as tokenless,
    ):
        bot = await slack.identify(web)
        participation = Participation(web, bot)
        recent = RecentConversations(client, settings.temporal_task_queue, bot.team_id)
        recent.read_ahead()
        takes_part_in = participation.takes_part_in
        conversations = Conversations(client, settings.temporal_task_queue, takes_part_in, recent, LeftOut(web))
        gaps = Gaps()
        listeners = _listeners(
            settings, client=client, web=web, bot=bot, conversations=conversations, recent=recent, gaps=gaps
        )
        app = build_app(tokenless, bot, listeners)
        socket_mode = SocketMode(app, settings.slack_app_token.get_secret_value(), gaps.open)
        history = SlackHistory(web, bot, settings.allowed_apps)
        watermark = Watermark(client, settings.temporal_task_queue, bot.team_id)
        catch_up = CatchUp(settings.catch_up_window, gaps, watermark, history, conversations, connection=socket_mode)
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


def _listeners(
    settings: BotSettings,
    *,
    client: Client,
    web: AsyncWebClient,
    bot: slack.Identity,
    conversations: Conversations,
    recent: RecentConversations,
    gaps: Gaps,
) -> list[Listener]:
    """Everything that people can use of the agent in Slack."""
    context = AssistantContext()
    stop_signals, catalogs = StopSignals(client), Catalogs(client, settings.temporal_task_queue)
    grants = Grants(client, settings.temporal_task_queue, bot.team_id)
    return [
        MessageListener(bot, conversations, gaps, settings.allowed_apps, context),
        context,
        SuggestedPrompts(web, context, catalogs),
        HomeTab(bot, web, recent, stop_signals, catalogs, grants=grants),
        SlashCommand(bot, web, recent, stop_signals, catalogs, grants=grants),
        RevokeButton(bot, web, grants),
        MessageShortcut(bot, web, conversations),
        AgentSessions(bot, web, conversations),
        Buttons(bot, web, conversations),
        QuestionCards(bot, web, Questions(client)),
    ]


def _command(arguments: Sequence[str]) -> Callable[[], Coroutine[Any, Any, None]]:
    """What the process is to do. Exits with code 2 if that is not understood."""
    if not arguments:
        return main
    if arguments[0] == "doctor":
        return partial(doctor, arguments[1:])
    print("usage: python -m slackbot [doctor [--json] [--no-connection]]", file=sys.stderr)
    raise SystemExit(BAD_SETTINGS)


if __name__ == "__main__":
    lifetime.run(_command(sys.argv[1:]))
