"""Single messages of the agent in a thread: posted, looked for, changed and deleted.

Slack has no idempotency key. So every post carries a key of its own in the message's metadata, and a post that may have
been stored although its reply was lost is looked for in the thread before it is made again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads import post_keys
from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE, final, retryable
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.refusals import NO_LOOK, is_refusal
from agent_worker.slack.standing_status import StandingStatuses
from agent_worker.slack.thread.history import NO_THREAD, ThreadHistory
from agent_worker.slack.thread.metadata import Marked, marked
from agent_worker.slack.thread.taken_back import is_outside_thread

logger = logging.getLogger(__name__)


class ThreadPosts:
    """Each call raises ApplicationError if Slack does not do it: SLACK_UNAVAILABLE (retryable), SLACK_REFUSED (final).

    Calls wait until Slack's rate limits allow them. With `at_once` they do not wait: `may_update` has allowed them.
    """

    def __init__(self, api: SlackApi, history: ThreadHistory, standing: StandingStatuses | None = None) -> None:
        self._api = api
        self._history = history
        self._standing = standing or StandingStatuses()

    async def find(self, thread: Thread, key: str) -> str | None:
        """The `ts` of the post with this key; None if the thread does not hold it. Reads the thread, for a display.

        Raises ApplicationError (retryable) if the rate limits leave no call for that.
        """
        if not self._history.has_look_to_spare():
            raise retryable(SLACK_UNAVAILABLE, NO_LOOK)
        own = await self._history.own_messages(thread, oldest=post_keys.asked_at(key), at_once=True)
        return next((message.ts for message in own if message.key == key), None)

    async def post_once(self, thread: Thread, key: str, post: Post) -> str:
        """Posts unless the thread holds the post already, and returns its `ts`. Raises ApplicationError as `find`."""
        return await self.find(thread, key) or await self.post(thread, key, post)

    async def post(
        self, thread: Thread, key: str, post: Post, answers: Sequence[str] = (), *, at_once: bool = False
    ) -> str:
        """Posts and returns the new message's `ts`. `answers` are the `ts` of the messages that it answers.

        Raises SLACK_REFUSED (final) if the thread's root is gone. Where Slack takes the post all the same, it stands in
        the channel for everybody, and is taken back.
        """
        call = self._api.call_at_once if at_once else self._api.call

        async def with_mark(mark: Marked) -> dict[str, Any]:
            return await call(
                self._api.client.chat_postMessage,
                channel=thread.channel,
                thread_ts=thread.thread_ts,
                text=post.text,
                blocks=mark.blocks(post.blocks) or None,
                metadata=mark.metadata,
                unfurl_links=False,
                unfurl_media=False,
            )

        try:
            posted = await marked(with_mark, key, answers)
        finally:
            self._standing.is_gone(thread)
        if is_outside_thread(posted):
            await self.delete(thread, str(posted["ts"]))
            raise final(SLACK_REFUSED, NO_THREAD)
        return str(posted["ts"])

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
        """Changes a message. It becomes the post with the `key`; with "" it keeps the key that it has."""
        call = self._api.call_at_once if at_once else self._api.call

        async def with_mark(mark: Marked) -> dict[str, Any]:
            return await call(
                self._api.client.chat_update,
                channel=thread.channel,
                ts=ts,
                text=post.text,
                blocks=mark.blocks(post.blocks),
                parse="none",  # otherwise an update turns plain names into mentions
                metadata=mark.metadata,
            )

        await (marked(with_mark, key, answers) if key else with_mark(Marked(None)))

    def may_update(self, thread: Thread, *, posts: bool) -> bool:
        """Whether the rate limits leave a call for an update that is only a display; the call counts as made.

        With `posts`, the display begins with a post: then a call is taken for that, too.
        """
        budget, client = self._api.budget, self._api.client
        may = budget.spare(client.chat_update.__name__)
        return may and (not posts or budget.spare(client.chat_postMessage.__name__, thread.channel))

    async def delete_if_allowed(self, thread: Thread, messages: Sequence[str]) -> None:
        """Deletes these messages (their `ts`), as far as the rate limits leave calls and Slack lets the agent.

        Raises ApplicationError (retryable) if Slack does not answer.
        """
        for ts in messages:
            if self._api.budget.spare(self._api.client.chat_delete.__name__):
                await self.delete(thread, ts, at_once=True)

    async def delete(self, thread: Thread, ts: str, *, at_once: bool = False) -> None:
        """Deletes a message, if Slack lets the agent: nothing else depends on it."""
        call = self._api.call_at_once if at_once else self._api.call
        try:
            await call(self._api.client.chat_delete, channel=thread.channel, ts=ts)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.info("message not deleted", extra={"reason": error.message})

    async def whisper(
        self, thread: Thread, user: str, text: str, *, in_channel: bool = False, may_mention: Sequence[str] = ()
    ) -> None:
        """Shows a line to one person. Slack does not keep it, so it cannot be looked for.

        Slack shows it in a thread only if the thread has a reply; `in_channel`: show it in the channel instead.
        """
        await self._api.call(
            self._api.client.chat_postEphemeral,
            channel=thread.channel,
            thread_ts=None if in_channel else thread.thread_ts,
            user=user,
            text=neutralise(text, (user, *may_mention)),
        )
