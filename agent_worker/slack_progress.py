"""What a thread shows of a turn at work: the status line, and the one progress message, kept up to date."""

from __future__ import annotations

import asyncio
import logging

from temporalio.exceptions import ApplicationError

from agent_worker import blocks
from agent_worker.contract import Thread
from agent_worker.requests import Progress
from agent_worker.slack_api import SlackApi
from agent_worker.slack_replies import SlackReplies, since

STATUS_DEADLINE = 3.0  # seconds; a status that takes longer is not worth waiting for
NOT_SHOWN = ""  # in place of a `ts`
logger = logging.getLogger(__name__)


class SlackProgress:
    """A display: when Slack's limits are tight it is left out, so that no answer has to wait behind it."""

    def __init__(self, api: SlackApi, replies: SlackReplies) -> None:
        self._api = api
        self._replies = replies

    async def set_status(self, thread: Thread, status: str) -> None:
        """Shows `<app> <status>` in the thread, or nothing for "". Best effort: nobody waits for a status."""
        method = self._api.client.assistant_threads_setStatus
        if status and not self._api.budget.spare(method.__name__):
            return
        try:
            async with asyncio.timeout(STATUS_DEADLINE):
                await self._api.call_at_once(
                    method, channel_id=thread.channel, thread_ts=thread.thread_ts, status=status
                )
        except (ApplicationError, TimeoutError) as error:
            logger.info("status not shown", extra={"reason": str(error)})

    async def show(self, thread: Thread, progress: Progress) -> str:
        """Shows the steps as they are now; returns the message's `ts`, or NOT_SHOWN where there is none yet."""
        ts = await self._known_ts(thread, progress)
        may_update = self._api.budget.spare(self._api.client.chat_update.__name__)
        if ts is not None:
            if may_update:
                await self._replies.update(thread, ts, _post(progress), at_once=True)
            return ts
        # What is begun must be ended: without an update to spare, no message is made that would need one.
        may_post = may_update and self._api.budget.spare(self._api.client.chat_postMessage.__name__, thread.channel)
        return await self._replies.post(thread, progress.key, _post(progress), at_once=True) if may_post else NOT_SHOWN

    async def finish(self, thread: Thread, progress: Progress) -> None:
        """Shows how the steps have ended, if they were shown at all: this is what stays, so it waits for its turn."""
        if (ts := await self._known_ts(thread, progress)) is None:
            return
        try:
            await self._replies.update(thread, ts, _post(progress))
        except ApplicationError as error:
            if not error.non_retryable:
                raise
            logger.info("progress not shown", extra={"reason": error.message})  # somebody has deleted it

    async def _known_ts(self, thread: Thread, progress: Progress) -> str | None:
        if progress.ts is None and progress.unsure:
            return (await self._replies.posted(thread, since(progress.key))).get(progress.key)
        return progress.ts


def _post(progress: Progress) -> blocks.Post:
    return blocks.progress([blocks.Step(step.title, step.state) for step in progress.steps])
