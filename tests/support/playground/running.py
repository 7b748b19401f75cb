"""The page of a playground that `make run` has started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from tests.support.playground.visiting import Following, Visitor

READY = "Ctrl-C"  # what the playground says when it is up


class Page(Following):
    """The page of a playground that runs, with what it says of a thread."""

    visitor: Visitor

    def place(self, person: str, channel: str) -> dict[str, str]:
        """Where somebody says something."""
        users = {one["name"]: one["id"] for one in self.all("user").values()}
        channels = {one["name"]: one["id"] for one in self.all("channel").values()}
        return {"user": users[person], "channel": channels[channel]}

    def answers(self, thread_ts: str) -> list[str]:
        """The complete answers of the agent in a thread."""
        bot = self.shown["bot"]["user_id"]
        mine = [one for one in self.all("message").values() if one["user"] == bot and one.get("thread_ts") == thread_ts]
        return [one["visible_text"] for one in mine if "Written by AI" in one["visible_text"]]


AnyPage = TypeVar("AnyPage", bound=Page)


@asynccontextmanager
async def page_of(ports: dict[str, str]) -> AsyncIterator[Page]:
    """The page of the playground that listens on these ports."""
    async with opened(ports, Page()) as page:
        yield page


@asynccontextmanager
async def opened(ports: dict[str, str], page: AnyPage) -> AsyncIterator[AnyPage]:
    """Opens `page` as that page."""
    url = f"http://127.0.0.1:{ports['PLAYGROUND_SLACK_PORT']}"
    async with Visitor(url) as page.visitor, page.visitor.following(page):
        yield page
