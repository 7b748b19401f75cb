"""What the agent says in a thread: each post once, and its updates.

Slack has no idempotency key, so every post carries its own key in the message's metadata, and a post that may already
have been stored is looked for in the thread before it is made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.thread.history import EVENT_TYPE, SlackThreads

# What is said of a message that somebody has deleted.
GONE = {"message_not_found", "cant_update_message", "cant_delete_message", "thread_not_found"}


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
        return {own.key: own.ts async for own in self._threads.own_messages(thread, oldest=oldest) if own.key}

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
            metadata=metadata(key, answers),
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def update(
        self,
        thread: Thread,
        ts: str,
        post: Post,
        key: str = "",
        answers: Sequence[str] = (),
        *,
        at_once: bool = False,
    ) -> None:
        """Changes a message; with a `key` it becomes the post of that key, otherwise it stays the one it is."""
        call = self._api.call_at_once if at_once else self._api.call
        await call(
            self._api.client.chat_update,
            channel=thread.channel,
            ts=ts,
            text=post.text,
            blocks=post.blocks,
            parse="none",  # otherwise an update turns plain names into mentions
            metadata=metadata(key, answers) if key else None,
        )

    def may_update(self, thread: Thread, *, posts: bool) -> bool:
        """Takes an update for a display, if there is one to spare; `posts`: and a post, which has to be ended later."""
        budget, client = self._api.budget, self._api.client
        may = budget.spare(client.chat_update.__name__)
        return may and (not posts or budget.spare(client.chat_postMessage.__name__, thread.channel))

    async def delete(self, thread: Thread, ts: str) -> None:
        """Takes a message away; it may be gone already."""
        try:
            await self._api.call(self._api.client.chat_delete, channel=thread.channel, ts=ts)
        except ApplicationError as error:
            if error.message not in GONE:
                raise

    async def whisper(self, thread: Thread, user: str, text: str, *, in_channel: bool = False) -> None:
        """Shows a line to one person, once: Slack does not keep it. In a thread it needs a reply to be seen."""
        await self._api.call(
            self._api.client.chat_postEphemeral,
            channel=thread.channel,
            thread_ts=None if in_channel else thread.thread_ts,
            user=user,
            text=text,
        )


def metadata(key: str, answers: Sequence[str] = ()) -> dict[str, Any]:
    """What marks a message as a post of ours, and as the answer to these messages."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key, "answers": list(answers)}}


def since(key: str) -> str:
    """The `ts` that a post's key begins with: that of the message it belongs to. Nothing older can be that post."""
    return key.split(":", 1)[0]
