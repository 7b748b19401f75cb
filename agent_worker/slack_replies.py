"""What the agent says in a thread: each post once, and its updates.

Slack has no idempotency key, so every post carries its own key in the message's metadata, and a post that may already
have been stored is looked for in the thread before it is made again.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.blocks import Post
from agent_worker.contract import Thread
from agent_worker.slack_api import SlackApi
from agent_worker.slack_threads import EVENT_TYPE, SlackThreads


class SlackReplies:
    """Calls wait for Slack's limits; with `at_once`, the budget was already asked."""

    def __init__(self, api: SlackApi, threads: SlackThreads) -> None:
        self._api = api
        self._threads = threads

    async def post_once(self, thread: Thread, key: str, post: Post, *, maybe_posted: bool) -> str:
        """Posts in the thread and returns the message's `ts`; with `maybe_posted` it is looked for first."""
        posted = await self.posted(thread, since(key)) if maybe_posted else {}
        return posted.get(key) or await self.post(thread, key, post)

    async def posted(self, thread: Thread, oldest: str) -> dict[str, str]:
        """Key and `ts` of each post that the agent has made in the thread since then."""
        posts = self._threads.own_posts(thread, oldest=oldest)
        return {payload["key"]: ts async for ts, payload in posts if "key" in payload}

    async def post(
        self, thread: Thread, key: str, post: Post, answers: Sequence[str] = (), *, at_once: bool = False
    ) -> str:
        """Posts in the thread, with the messages that are answered by it, and returns the new message's `ts`."""
        call = self._api.call_at_once if at_once else self._api.call
        answer = await call(
            self._api.client.chat_postMessage,
            channel=thread.channel,
            thread_ts=thread.thread_ts,
            text=post.text,
            blocks=post.blocks or None,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key, "answers": list(answers)}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def update(self, thread: Thread, ts: str, post: Post, *, at_once: bool = False) -> None:
        call = self._api.call_at_once if at_once else self._api.call
        await call(
            self._api.client.chat_update,
            channel=thread.channel,
            ts=ts,
            text=post.text,
            blocks=post.blocks,
            parse="none",  # otherwise an update turns plain names into mentions
        )


def since(key: str) -> str:
    """The `ts` that a post's key begins with: that of the message it belongs to. Nothing older can be that post."""
    return key.split(":", 1)[0]
