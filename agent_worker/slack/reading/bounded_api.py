"""Slack's Web API for one call of a tool: a bounded number of calls, and none of them in the way of an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse
from temporalio.exceptions import ApplicationError

from agent_worker.slack.api import SlackApi, may_not_see
from agent_worker.slack.rate_limits import Urgency, urgency
from agent_worker.slack.reading import sentences
from agent_worker.toolbox.tool import ToolError
from process.slack_errors import RATE_LIMITED
from text.json_shapes import mapping, string

# Of one call of a tool. Reading into a channel of 10,000 people takes 20 pages of its members and 20 of the
# workspace's people, and then a few more; what takes twice as much would hold up other tools for minutes.
MOST_CALLS = 60
PAGE = 500  # channels, people or members in one call; Slack takes up to 999, and recommends fewer
MOST_PAGES = 20  # of one listing: 10,000 channels, people or members
# A pause that Slack asks for. Who has asked a question waits longer for nothing that the answer can do without.
LONGEST_PAUSE = timedelta(seconds=15)
Method = Callable[..., Awaitable[AsyncSlackResponse]]


@dataclass
class Pages:
    """A listing as far as it was read: another call goes on where one has ended without all pages."""

    found: list[Any] = field(default_factory=list)
    cursor: str = ""
    number: int = 0


class BoundedApi(SlackApi):
    """Raises ToolError for a call that is one too many, or after which Slack wants a long pause; else as `SlackApi`."""

    def __init__(self, api: SlackApi) -> None:
        super().__init__(api.client, api.budget)
        self._left = MOST_CALLS

    async def call(self, method: Method, **arguments: Any) -> dict[str, Any]:
        if not self._left:
            raise ToolError(sentences.TOO_MUCH)
        self._left -= 1
        try:
            with urgency(Urgency.READING):
                return await super().call(method, **arguments)
        except ApplicationError as error:
            if error.message in RATE_LIMITED and (error.next_retry_delay or timedelta()) > LONGEST_PAUSE:
                raise ToolError(sentences.BUSY) from None
            raise

    async def listing(
        self, method: Method, name: str, pages: Pages | None = None, **arguments: Any
    ) -> tuple[list[Any], bool]:
        """What the pages hold under this `name`, and whether these are all pages: at most MOST_PAGES are read.

        Nothing, and not all, if Slack does not permit it. `pages`: those that were read already, to which the others
        are added.
        """
        pages = pages or Pages()
        while pages.number < MOST_PAGES:
            try:
                answer = await self.call(method, limit=PAGE, cursor=pages.cursor or None, **arguments)
            except ApplicationError as error:
                if not may_not_see(error):
                    raise
                return [], False
            pages.found += answer.get(name) or []
            pages.cursor = next_cursor(answer)
            pages.number += 1
            if not pages.cursor:
                return pages.found, True
        return pages.found, False


def next_cursor(answer: dict[str, Any]) -> str:
    """Where the next page begins; "" if this is the last."""
    return string(mapping(answer.get("response_metadata")).get("next_cursor"))
