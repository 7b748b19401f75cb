"""The messages that ask people something: one for each question, changed when it is decided."""

from __future__ import annotations

import logging

from temporalio.exceptions import ApplicationError

from agent_worker.payloads.questions import ShowQuestion
from agent_worker.slack.blocks import question_card
from agent_worker.slack.blocks.outlet import USUAL_OUTLET, Outlet
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.refusals import is_refusal
from agent_worker.slack.thread.posts import ThreadPosts
from agent_worker.slack.thread.status import ThreadStatus

logger = logging.getLogger(__name__)


class QuestionCards:
    def __init__(self, posts: ThreadPosts, status: ThreadStatus, outlet: Outlet = USUAL_OUTLET) -> None:
        self._outlet = outlet
        self._posts = posts
        self._status = status

    async def show(self, request: ShowQuestion, *, is_retry: bool) -> str:
        """Makes the thread show the card; returns its `ts`. `is_retry`: an attempt before may have posted it.

        Raises ApplicationError if the thread does not show it: SLACK_UNAVAILABLE (retryable), SLACK_REFUSED (final).
        """
        post = question_card.post(self._outlet.card(request.card))
        ts = request.ts
        if ts:
            ts = await self._update(request, ts, post)
        if not ts:
            show = self._posts.post_once if is_retry else self._posts.post
            ts = await show(request.thread, request.key, post)
        if request.is_waiting:
            await self._status.end(request.thread, waits=True)
        elif not any(item.outcome == "approved" for item in request.card.items):
            await self._status.end(request.thread, waits=False)  # perhaps no answer will take the status away
        return ts

    async def _update(self, request: ShowQuestion, ts: str, post: Post) -> str:
        """The `ts`, or "" if the message is gone and nobody could decide without another one."""
        try:
            await self._posts.update(request.thread, ts, post)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            logger.info("question card not changed", extra={"reason": error.message})
            return "" if request.is_waiting else ts
        return ts
