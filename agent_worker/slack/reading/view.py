"""What the tools read in Slack: an implementation of `SlackView` and `SlackSearch`."""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.channel_history import read_channel
from agent_worker.slack.reading.channels import find_channels
from agent_worker.slack.reading.look import Look
from agent_worker.slack.reading.people import find_people
from agent_worker.slack.reading.search import search_messages
from agent_worker.slack.reading.threads import read_thread
from agent_worker.slack.reading.workspace import Workspace
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError


class View:
    """Of one call of a tool, for those who ask in a thread. The methods are described in `toolbox/slack_view.py`."""

    def __init__(self, workspace: Workspace, thread: Thread, askers: Sequence[Author], action_token: str) -> None:
        self._workspace = workspace
        self._thread = thread
        self._askers = askers
        self._action_token = action_token

    async def read_channel(self, channel: str, since: str, until: str, limit: int) -> Sourced:
        return await read_channel(self._look(), channel, since, until, limit)

    async def read_thread(self, link: str) -> Sourced:
        return await read_thread(self._look(), link)

    async def find_people(self, query: str, channel: str) -> Sourced:
        return await find_people(self._look(), query, channel)

    async def find_channels(self, query: str) -> Sourced:
        return await find_channels(self._look(), query)

    async def search_messages(self, query: str, since: str, until: str) -> Sourced:
        return await search_messages(self._look(), self._action_token, query, since, until)

    def _look(self) -> Look:
        if not self._thread.in_slack:
            raise ToolError(sentences.NOT_IN_SLACK)
        return Look(self._workspace, self._thread, self._askers)
