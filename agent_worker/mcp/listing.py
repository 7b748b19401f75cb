"""The list of tools as a server tells it: all of its pages, bounded, and for how long it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mcp import Client
from mcp.types import Tool

MOST_TOOLS = 400  # of one server; Gemini takes 512 from all of them
MOST_PAGES = 50
LARGEST_LIST = 16_000_000  # bytes; the worker keeps the lists of all servers in memory
# A list is taken anew after the time that the server says, within these bounds. Most servers say nothing or zero: then
# it is taken anew when the server says that it has changed, and, in case it never does, after the longest time.
SHORTEST_TIME = timedelta(seconds=15)
LONGEST_TIME = timedelta(minutes=30)


@dataclass(frozen=True)
class Listing:
    """`is_cut`: the server has more tools than are taken."""

    tools: tuple[Tool, ...]
    holds_for: timedelta
    is_cut: bool = False


async def take_list(client: Client) -> Listing:
    """Raises what the client raises. A server whose pages never end gives as many as are taken."""
    tools: list[Tool] = []
    cursor: str | None = None
    seen: set[str] = set()
    lifetimes: list[int] = []
    size = 0
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor, cache_mode="bypass")
        tools += page.tools
        size += sum(len(tool.model_dump_json()) for tool in page.tools)
        lifetimes.append(page.ttl_ms)
        cursor = page.next_cursor
        if not cursor or cursor in seen or len(tools) > MOST_TOOLS or size > LARGEST_LIST:
            break
        seen.add(cursor)
    return Listing(tuple(tools[:MOST_TOOLS]), _lifetime(min(lifetimes)), is_cut=bool(cursor) or len(tools) > MOST_TOOLS)


def _lifetime(milliseconds: int) -> timedelta:
    if milliseconds <= 0:
        return LONGEST_TIME
    return max(SHORTEST_TIME, min(LONGEST_TIME, timedelta(milliseconds=milliseconds)))
