"""Which agent and which of its versions an activity goes by, and which tools it may run: the gate is here, in code."""

from __future__ import annotations

import logging

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from agent_worker.activities.transcript_cache import QUERY_TIMEOUT
from agent_worker.agents.agents import Agents
from agent_worker.contract.agent_choice import DEFAULT_AGENT, Place
from agent_worker.contract.messages import Thread
from agent_worker.payloads.agent_version import AGENT_VERSION, AgentVersion, ToolRun
from agent_worker.payloads.errors import (
    AGENT_GONE,
    AGENT_UNCLEAR,
    CHANNEL_UNNAMED,
    TRANSCRIPT_UNAVAILABLE,
    retryable,
    sentence,
)
from agent_worker.payloads.model import AskModel
from agent_worker.slack.directory import Directory
from agent_worker.toolbox.open_toolbox import no_such_tool

# Most calls of MCP servers get one attempt. Without this, the model would hear that perhaps the call was carried out.
NOT_CHECKED = "Whether {tool} may be used could not be looked up just now, so the call was not carried out."
logger = logging.getLogger(__name__)


class NoAgentError(Exception):
    """No agent answers here; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AgentGate:
    """To be used within an activity. `directory` is None in a worker that only serves terminals."""

    def __init__(self, agents: Agents, directory: Directory | None) -> None:
        self.agents = agents
        self._directory = directory

    async def agent_of(self, thread: Thread | None, kept: str = "") -> str:
        """The agent that answers in a thread; a conversation that has one keeps it.

        Raises NoAgentError if there is none, or if nobody can tell which; an ApplicationError that may be retried while
        Slack is away.
        """
        agent = kept or await self._chosen(thread)
        if agent not in self.agents.names:
            raise NoAgentError(AGENT_GONE)
        return agent

    async def _chosen(self, thread: Thread | None) -> str:
        if thread is None or not thread.in_slack:
            return DEFAULT_AGENT
        choice = self.agents.choose(Place(thread.channel))
        if choice.needs_name and self._directory is not None:
            name = await self._directory.channel_name(thread.channel)
            if name is not None:
                choice = self.agents.choose(Place(thread.channel, name))
        if choice.agent:
            return choice.agent
        facts = {"channel": thread.channel, "agents": ",".join(choice.rivals)}
        logger.warning("no agent answers in a channel", extra=facts)
        raise NoAgentError(AGENT_UNCLEAR if choice.rivals else CHANNEL_UNNAMED)

    async def version(self, request: AskModel) -> AgentVersion:
        """What a model call goes by: the version that its turn has, or, at the beginning of one, that of this moment.

        Raises NoAgentError and ApplicationError as `agent_of`; ApplicationError, too, while the workflow does not tell.
        """
        if request.version:
            return await self._of(request.version)
        found = self.agents.version(await self.agent_of(request.thread, request.agent))
        if found is None:  # its file has gone just now
            raise NoAgentError(AGENT_GONE)
        return found

    async def refusal(self, tool: str, run: ToolRun, thread: Thread | None) -> str | None:
        """A sentence for the model if the tool may not run now; None if the turn's version and the file both allow it.

        Whether there is such a tool at this moment is not asked here. Raises ApplicationError as `version`.
        """
        try:
            agent = await self.agent_of(thread, run.agent)
        except NoAgentError as none:
            return sentence(none.code)
        try:
            tools = (await self._of(run.version)).tools if run.version else [tool]
        except ApplicationError:
            if not _is_last_attempt():
                raise
            return NOT_CHECKED.format(tool=tool)
        still_allowed = [name for name in tools if self.agents.allows(agent, name)]
        return None if tool in still_allowed else no_such_tool(tool, still_allowed)

    async def _of(self, digest: str) -> AgentVersion:
        """Another worker may have begun the turn: then the workflow has its version."""
        known = self.agents.known_version(digest)
        if known is not None:
            return known
        told = await _told_by_workflow()
        if told is None or told.digest != digest:
            raise retryable(TRANSCRIPT_UNAVAILABLE, "the workflow has no such version")
        self.agents.keep(told)
        return told


def _is_last_attempt() -> bool:
    info = activity.info()
    return info.retry_policy is not None and info.attempt == info.retry_policy.maximum_attempts


async def _told_by_workflow() -> AgentVersion | None:
    info = activity.info()
    run = activity.client().get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
    try:
        told: AgentVersion | None = await run.query(
            AGENT_VERSION,
            result_type=AgentVersion | None,  # type: ignore[arg-type]  # a union is no class
            rpc_timeout=QUERY_TIMEOUT,
        )
    except RPCError as error:
        raise retryable(TRANSCRIPT_UNAVAILABLE, error.status.name) from error
    return told
