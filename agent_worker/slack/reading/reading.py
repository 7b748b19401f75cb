"""What can be read in Slack on behalf of those who ask: for the tools, and for links in a question."""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.contract.messages import Thread
from agent_worker.payloads.links import LinksRead, ReadLinks
from agent_worker.payloads.thread import Author
from agent_worker.slack.reading.links import read_links
from agent_worker.slack.reading.view import View
from agent_worker.slack.reading.workspace import Workspace


class SlackReading:
    """Reads for people, each time anew with their eyes: what Slack says at that moment decides.

    All methods raise ApplicationError (SLACK_UNAVAILABLE, may be retried) while Slack cannot be asked.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def workspace_url(self) -> str:
        """`https://NAME.slack.com/`; "" if Slack has not told it."""
        return self._workspace.url

    @property
    def search_is_granted(self) -> bool:
        """Whether the workspace lets the agent search, as far as Slack has said."""
        return self._workspace.search.is_granted

    def view(self, thread: Thread, askers: Sequence[Author], action_token: str) -> View:
        """What one call of a tool reads, for the people who ask in this thread."""
        return View(self._workspace, thread, askers, action_token)

    async def links(self, request: ReadLinks) -> LinksRead:
        """What the links lead to; each that cannot be read says why."""
        return await read_links(self._workspace, request)
