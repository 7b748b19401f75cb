"""A view of Slack that notes what a tool asks of it, and tools that take one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agent_worker.toolbox.slack_view import SlackSearch, SlackView
from agent_worker.toolbox.sources import Source, Sourced
from agent_worker.toolbox.tool import ToolError, ToolFunction, tool

FOUND = {"messages": [{"from": "Anna", "id": "U1", "at": "Fri 2026-11-27 10:15 UTC+01:00", "text": "Lunch?"}]}
LINK = "https://ours.slack.com/archives/C1/p1764234567000100"


@dataclass
class NotedView:
    """`asked` holds each call; all have the same result, or are refused with the `refusal`."""

    found: Any = field(default_factory=lambda: FOUND)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    refusal: str = ""

    async def read_channel(self, channel: str, since: str, until: str, limit: int) -> Sourced:
        return self._told("read_channel", channel, since, until, limit)

    async def read_thread(self, link: str) -> Sourced:
        return self._told("read_thread", link)

    async def find_people(self, query: str, channel: str) -> Sourced:
        return self._told("find_people", query, channel)

    async def find_channels(self, query: str) -> Sourced:
        return self._told("find_channels", query)

    async def search_messages(self, query: str, since: str, until: str) -> Sourced:
        return self._told("search_messages", query, since, until)

    def _told(self, *asked: Any) -> Sourced:
        self.asked.append(asked)
        if self.refusal:
            raise ToolError(self.refusal)
        return Sourced(self.found, [Source(text="Anna in #general", url=LINK)])


@tool(title="Peek", summary="peeks into the channel")
async def peek(*, slack: SlackView) -> Sourced:
    """Read the newest message."""
    return await slack.read_channel("here", "", "", 1)


@tool(title="Seek", summary="seeks everywhere")
async def seek(what: str, *, search: SlackSearch) -> Sourced:
    """Search."""
    return await search.search_messages(what, "", "")


@tool(title="Both", summary="peeks and seeks")
async def peek_and_seek(*, slack: SlackView, search: SlackSearch) -> list[Any]:
    """Do both."""
    peeked, sought = await slack.find_channels(""), await search.search_messages("x", "", "")
    return [peeked.result, sought.result]


SIGHTED: list[ToolFunction[Any]] = [peek, seek, peek_and_seek]
