"""What the agent says in a thread: each post once, its updates, and the status line.

Slack has no idempotency key, so every post carries its own key in the message's metadata, and a post that may already
have been stored is looked for in the thread before it is made again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient
from temporalio.exceptions import ApplicationError

from agent_worker.blocks import Post
from agent_worker.contract import Thread
from agent_worker.slack_api import call
from agent_worker.slack_threads import EVENT_TYPE, SlackThreads

STATUS_DEADLINE = 3.0  # seconds; a status that takes longer is not worth waiting for
logger = logging.getLogger(__name__)


class SlackReplies:
    def __init__(self, client: AsyncWebClient, threads: SlackThreads) -> None:
        self._client = client
        self._threads = threads

    async def post_once(self, thread: Thread, key: str, post: Post, *, maybe_posted: bool) -> str:
        """Posts in the thread and returns the message's `ts`; with `maybe_posted` it is looked for first.

        `key` begins with the `ts` of the message that it belongs to: what is older is not looked at.
        """
        posted = await self.posted(thread, key.split(":", 1)[0]) if maybe_posted else {}
        return posted.get(key) or await self.post(thread, key, post)

    async def posted(self, thread: Thread, since: str) -> dict[str, str]:
        """Key and `ts` of each post that the agent has made in the thread since then."""
        posts = self._threads.own_posts(thread, oldest=since)
        return {payload["key"]: ts async for ts, payload in posts if "key" in payload}

    async def post(self, thread: Thread, key: str, post: Post, answers: Sequence[str] = ()) -> str:
        answer = await call(
            self._client.chat_postMessage,
            channel=thread.channel,
            thread_ts=thread.thread_ts,
            text=post.text,
            blocks=post.blocks or None,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key, "answers": list(answers)}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def update(self, thread: Thread, ts: str, post: Post) -> None:
        await call(
            self._client.chat_update,
            channel=thread.channel,
            ts=ts,
            text=post.text,
            blocks=post.blocks,
            parse="none",  # otherwise an update turns plain names into mentions
        )

    async def set_status(self, thread: Thread, status: str) -> None:
        """Shows `<app> <status>` in the thread, or nothing for "". Best effort: nobody waits for a status."""
        try:
            async with asyncio.timeout(STATUS_DEADLINE):
                await call(
                    self._client.assistant_threads_setStatus,
                    channel_id=thread.channel,
                    thread_ts=thread.thread_ts,
                    status=status,
                )
        except (ApplicationError, TimeoutError) as error:
            logger.info("status not shown", extra={"reason": str(error)})
