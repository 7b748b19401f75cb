"""What a worker is made of: the agents, the clients, and the activities that are given them."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial

import httpx
from temporalio.client import Client

from agent_worker.activities import call_origin
from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.agent_gate import AgentGate
from agent_worker.activities.model_call import ModelCalls
from agent_worker.activities.payments import Payments
from agent_worker.activities.titles import Titles
from agent_worker.activities.transcript_cache import Transcripts
from agent_worker.agents.agents import Agents, folder_of
from agent_worker.contract.agent_choice import DEFAULT_AGENT
from agent_worker.gemini.client import Gemini, make_client
from agent_worker.gemini.prices import Tokens
from agent_worker.grants.store import Grants
from agent_worker.quotas.reservations import Reservations
from agent_worker.settings import WorkerSettings
from agent_worker.slack.adapter import Slack
from agent_worker.slack.api import SlackApi
from agent_worker.slack.directory import Directory
from agent_worker.slack.files.reader import SlackFiles
from agent_worker.slack.rate_limit_share import WorkerShare
from agent_worker.slack.rate_limits import SlackBudget
from agent_worker.slack.thread.history import ThreadHistory
from agent_worker.toolbox.open_toolbox import OpenToolbox, RunsTools
from agent_worker.toolbox.tool import ToolSettings
from agent_worker.toolbox.toolbox import Toolbox
from process import slack as slack_client
from process.settings import refuse

TOOL_HTTP_TIMEOUT = 15.0  # seconds; each tool has a deadline of its own beside it
logger = logging.getLogger("agent_worker")


def as_it_is(tools: OpenToolbox) -> RunsTools:
    """No tool is stood in for."""
    return tools


def agents_of(settings: WorkerSettings, toolbox: Toolbox) -> Agents:
    """Exits with code 2, and names all problems, if a file of an agent is bad."""
    folder = folder_of(settings)
    problems = folder.read()
    if problems:
        refuse(problems, "These files of agents need attention:")
    default = folder.agents[DEFAULT_AGENT]
    if settings.agent_instructions and default.instructions:
        logger.warning("AGENT_INSTRUCTIONS is not used by the default agent", extra={"used": default.path})
    _warn_of_unknown_prices(settings, {file.fields.model or settings.gemini_model for file in folder.agents.values()})
    return Agents(folder, settings, toolbox)


def _warn_of_unknown_prices(settings: WorkerSettings, models: Collection[str]) -> None:
    """Where there is a budget, such a model is not asked: nobody could say what is left."""
    for model in sorted(models) if settings.budgets.has_any else ():
        if settings.prices.cost(model, Tokens(), time.time()).dollars is None:
            logger.warning("a model has no known price: with a budget, it is not asked", extra={"model": model})


@asynccontextmanager
async def open_http() -> AsyncIterator[httpx.AsyncClient]:
    """The client that the tools share."""
    async with httpx.AsyncClient(timeout=TOOL_HTTP_TIMEOUT) as http:
        yield http


@asynccontextmanager
async def open_gemini(settings: WorkerSettings) -> AsyncIterator[Gemini]:
    base_url = str(settings.google_gemini_base_url) if settings.google_gemini_base_url else None
    key = settings.google_api_key.get_secret_value()
    client = make_client(key, base_url, settings.gemini_api_version, settings.gemini_timeout)
    headers = call_origin.header if settings.calls_name_activity else None
    gemini = Gemini(client, gemini_timeout=settings.gemini_timeout, headers=headers)
    try:
        yield gemini
    finally:
        await gemini.close()


@asynccontextmanager
async def open_activities(
    settings: WorkerSettings,
    agents: Agents,
    tool_settings: Sequence[ToolSettings],
    *,
    client: Client,
    http: httpx.AsyncClient,
    gemini: Gemini,
    worker_share: WorkerShare,
    reservations: Reservations | None = None,
    stand_in: Callable[[OpenToolbox], RunsTools] = as_it_is,
) -> AsyncIterator[Activities]:
    """The activities with their clients, which are closed after the worker has stopped.

    Without `reservations` there are neither quotas nor budgets. `stand_in` may put something in the place of tools.
    """
    async with _slack(settings, worker_share, http) as (identity, slack):
        gate = AgentGate(agents, slack.directory if slack else None)
        payments = Payments(reservations, settings.prices, answer=gemini.max_output_tokens)
        if reservations is not None and slack is not None and settings.agent_budget_channel:
            reservations.told_by(partial(slack.operators.tell, settings.agent_budget_channel))
        yield Activities(
            policy=settings.policy,
            bot_user_id=identity.bot_user_id if identity else "",
            gate=gate,
            model_calls=ModelCalls(
                gate=gate,
                gemini=gemini,
                toolbox=agents.toolbox,
                titles=Titles(settings.agent_titles, gemini),
                transcripts=Transcripts(),
                payments=payments,
                slack=slack,
            ),
            tools=stand_in(agents.toolbox.open(http, tool_settings)),
            payments=payments,
            slack=slack,
            grants=Grants(client, settings.temporal_task_queue, identity.team_id) if identity else None,
        )


@asynccontextmanager
async def _slack(
    settings: WorkerSettings, worker_share: WorkerShare, http: httpx.AsyncClient
) -> AsyncIterator[tuple[slack_client.Identity | None, Slack | None]]:
    token = settings.slack_bot_token
    if token is None:
        logger.warning("no SLACK_BOT_TOKEN: this worker serves agent_worker.ask only")
        yield None, None
        return
    headers = call_origin.header if settings.calls_name_activity else None
    async with slack_client.open_client(settings.slack_api_url, token, headers) as client:
        identity = await slack_client.identify(client)
        api = SlackApi(client, SlackBudget(worker_share.share, first_part=worker_share.first_part))
        directory = Directory(api, bot_user_id=identity.bot_user_id)
        history = ThreadHistory(api, directory, bot_user_id=identity.bot_user_id, bot_id=identity.bot_id)
        files = SlackFiles(api, http, token, settings.slack_api_url)
        slack = Slack.of(
            api,
            directory,
            history,
            files,
            access_policy=settings.access_policy(identity.team_id),
            mode=settings.slack_reply_mode,
            links=settings.link_policy,
            shows_cost=settings.agent_show_cost,
            url=identity.url,
            scopes=identity.scopes,
        )
        yield identity, slack
        await slack.progress_queue.wait_for_all()
