"""The messages of a thread, read from Slack in a bounded number of calls, however long the thread is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agent_worker.contract.messages import Thread
from agent_worker.slack.api import SlackApi
from text.json_shapes import string

PAGE = 200  # messages in one call
# Nobody says for certain whether a thread's first page has its oldest messages or its newest. So a thread that does not
# fit into one page is read by time: the messages of the last ten minutes before the question, or of a longer or shorter
# time, until these are neither too few nor more than one page.
LARGE_PAGE = 1_000  # messages in one call; Slack allows no more
FIRST_TIME = 600.0  # seconds before the question
LONGER = 16.0  # times as long, while there are too few messages
MOST_TRIES = 12
MOST_PAGES = 3  # of the messages after the question
ENOUGH = 100  # messages before the question


class ThreadPages:
    """Raises ApplicationError as `SlackApi.call`."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def around(self, thread: Thread, before: str) -> tuple[list[dict[str, Any]], str]:
        """The messages before and after the message `before`, oldest first, and since when these are all there are.

        Of a long thread: the root, the newest messages before, and those after.
        """
        page, cursor = await self.page(thread, limit=PAGE)
        if not cursor:
            return each_once(page), thread.thread_ts
        root = await self._root(thread, page)
        return await self._ends(thread, root, before)

    async def newest(self, thread: Thread) -> tuple[list[dict[str, Any]], str]:
        """The root and the newest messages, as in `around`."""
        page, cursor = await self.page(thread, limit=PAGE)
        if not cursor:
            return each_once(page), thread.thread_ts
        root = await self._root(thread, page)
        latest = max([string(message.get("latest_reply")) or message["ts"] for message in [*root, *page]], key=float)
        return await self._ends(thread, root, f"{int(float(latest)) + 1}.000000")

    async def one(self, thread: Thread, ts: str) -> list[dict[str, Any]]:
        """The message of the thread with this `ts`; empty if there is none."""
        page, _ = await self.page(thread, limit=2, oldest=ts, latest=ts, inclusive=True)  # the root may come, too
        return [message for message in page if message["ts"] == ts]

    async def _ends(self, thread: Thread, root: list[dict[str, Any]], before: str) -> tuple[list[dict[str, Any]], str]:
        newest = await self._newest(thread, before)
        since = min((message["ts"] for message in newest if message["ts"] != thread.thread_ts), default=before)
        return each_once([*root, *newest, *await self._after(thread, before)]), since

    async def _root(self, thread: Thread, page: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The thread's first message: from this page, or else with one call. None if it was deleted."""
        if not any(message["ts"] == thread.thread_ts for message in page):
            page, _ = await self.page(thread, limit=1, latest=thread.thread_ts, inclusive=True)
        return [message for message in page if message["ts"] == thread.thread_ts]

    async def _newest(self, thread: Thread, before: str) -> list[dict[str, Any]]:
        """Of a long thread, at most one page of the newest messages before this `ts`, oldest first."""
        age = float(before) - float(thread.thread_ts)
        too_short, too_long = 0.0, 0.0  # seconds before the message; 0.0: not known
        seconds = min(FIRST_TIME, age)
        newest: list[dict[str, Any]] = []
        for _ in range(MOST_TRIES):
            oldest = f"{float(before) - seconds:.6f}"
            page, cursor = await self.page(thread, limit=LARGE_PAGE, oldest=oldest, latest=before)
            if cursor:
                too_long = seconds
            else:
                newest, too_short = page, seconds
            if not cursor and (len(page) > ENOUGH or seconds >= age):
                break
            seconds = (too_short + too_long) / 2 if too_long else min(seconds * LONGER, age)
        return newest

    async def _after(self, thread: Thread, ts: str) -> list[dict[str, Any]]:
        """The messages after this `ts`, oldest first, at most MOST_PAGES pages."""
        found: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            page, cursor = await self.page(thread, limit=LARGE_PAGE, cursor=cursor, oldest=ts)
            found += page
            if not cursor:
                break
        return found

    async def page(
        self, thread: Thread, *, limit: int, cursor: str = "", at_once: bool = False, **times: str | bool
    ) -> tuple[list[dict[str, Any]], str]:
        """One call: messages, and the cursor of the next page, "" if this is the last. `times`: Slack's bounds."""
        call = self._api.call_at_once if at_once else self._api.call
        answer = await call(
            self._api.client.conversations_replies,
            channel=thread.channel,
            ts=thread.thread_ts,
            limit=limit,
            cursor=cursor or None,
            include_all_metadata=True,
            **times,
        )
        messages: list[dict[str, Any]] = answer.get("messages", [])
        return messages, str((answer.get("response_metadata") or {}).get("next_cursor") or "")


def each_once(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the order of their `ts`; the root may come with every page."""
    found = {str(message["ts"]): message for message in messages}
    return [found[ts] for ts in sorted(found, key=float)]
