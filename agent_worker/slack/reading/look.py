"""One look into Slack on behalf of those who ask in a thread: with a bounded number of calls, and with their eyes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent_worker.contract.messages import Thread
from agent_worker.conversation.wording.permalinks import permalink
from agent_worker.payloads.thread import Author
from agent_worker.slack.messages import ids_in
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.asker_time import AskerTime
from agent_worker.slack.reading.bounded_api import BoundedApi
from agent_worker.slack.reading.eyes import Eyes
from agent_worker.slack.reading.facts import Channel, Facts
from agent_worker.slack.reading.workspace import Workspace
from agent_worker.toolbox.slack_view import CURRENT
from agent_worker.toolbox.tool import ToolError

_CHANNEL_ID = re.compile(r"(?:<#|.{0,200}/archives/)?(?P<id>[CDG][A-Z0-9]{8,20})(?:[|/>?].{0,200})?", re.DOTALL)


class Look:
    """What the methods of a view work with. `askers` are oldest first."""

    def __init__(self, workspace: Workspace, thread: Thread, askers: Sequence[Author]) -> None:
        self.workspace = workspace
        self.thread = thread
        self.askers = askers
        self.api = BoundedApi(workspace.api)
        self.facts = Facts(self.api, workspace.listings)
        self.eyes = Eyes(self.facts, thread, askers, workspace.team)

    async def channel(self, asked: str) -> Channel:
        """The channel that the model names, if it may be read. Raises ToolError that says why not."""
        slack_id = await self._channel_id(asked.strip())
        if not slack_id:
            raise ToolError(sentences.NOT_THERE)
        return await self.eyes.channel(slack_id)

    async def asker_time(self) -> AskerTime:
        """The time of the person who has asked last; that of UTC if an app asks."""
        return AskerTime.of(await self.facts.person(self.askers[-1].id)) if self.askers else AskerTime()

    async def names(self, messages: Sequence[Mapping[str, Any]], channel: str, longest: int) -> dict[str, str]:
        """Names for reading the messages of a channel, as many as can be had without holding others up."""
        ids = ids_in(messages, longest)
        return await self.workspace.directory.names(ids, within=channel, only_to_spare=True)

    def is_this_thread(self, channel: str, root: str) -> bool:
        """Whether the thread with this root is that of the conversation, which the model knows."""
        return (channel, root) == (self.thread.channel, self.thread.thread_ts)

    def link(self, channel: str, ts: str, thread_ts: str = "") -> str:
        """The link to a message; "" if the workspace's address is not known."""
        return permalink(self.workspace.url, channel, ts, thread_ts) if self.workspace.url else ""

    async def _channel_id(self, asked: str) -> str:
        """The id behind a name, a mention, an address or an id; "" if there is no such channel of the agent's."""
        if asked in {CURRENT, ""}:
            return self.thread.channel
        if found := _CHANNEL_ID.fullmatch(asked):
            return found["id"]
        return (await self.workspace.listings.own_channels(self.api)).get(asked.removeprefix("#").casefold(), "")
