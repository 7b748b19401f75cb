"""The end of a turn in its thread: one complete answer or one notice, in place of all that was shown before it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.conversation.participants import asks_back
from agent_worker.payloads import post_keys
from agent_worker.payloads.thread import Deliver
from agent_worker.slack.blocks import answer_layout, posts, task_cards
from agent_worker.slack.blocks.answer_layout import Layout, variants
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.files.upload import SlackUploads
from agent_worker.slack.thread.leftovers import Leftovers, ThreadLeftovers
from agent_worker.slack.thread.posts import GONE, ThreadPosts
from agent_worker.slack.thread.streams import DEAD, STILL_STREAMING, STOPPED_BY_USER, ThreadStreams, text_chunk

# Not all limits of Slack are documented. What it refuses to show as blocks is shown with fewer blocks, or as text.
UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
# Why a message cannot be changed or ended. For each of these there is another way.
_UNCHANGEABLE = {DEAD, STOPPED_BY_USER, STILL_STREAMING, "edit_window_closed", *GONE, *UNSHOWABLE}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """One message of the delivery. `answers` are the `ts` of the messages that it answers; only the last has them."""

    key: str
    post: Post
    answers: Sequence[str]


class AnswerDelivery:
    """`bring` can be called any number of times: what is in its place already stays there."""

    def __init__(
        self, posts: ThreadPosts, streams: ThreadStreams, leftovers: ThreadLeftovers, uploads: SlackUploads
    ) -> None:
        self._posts = posts
        self._streams = streams
        self._leftovers = leftovers
        self._uploads = uploads

    async def bring(self, request: Deliver, leftovers: Leftovers) -> None:
        """Makes the thread hold the complete answer, once. Raises ApplicationError until it does."""
        if post_keys.streamed(request.key) in leftovers.posts:
            return
        layout = answer_layout.lay_out(request)
        if await self._is_ended_at_once(request, layout, leftovers):
            return
        leftovers = await self._leftovers.end_streams(request.thread, request.turn, leftovers)
        if layout.file is None:
            await self._bring_into(layout, request, leftovers)
        else:
            await self._bring_with_file(layout, request, leftovers)

    # The common case: the answer is streamed already

    async def _is_ended_at_once(self, request: Deliver, layout: Layout, leftovers: Leftovers) -> bool:
        """Ends the stream with all that it lacks, in one call. False if that is not possible."""
        draft = request.draft
        if leftovers.is_retry or not draft.is_open_stream or layout.file or not layout.is_answer:
            return False
        rest = neutralise(request.text[draft.written :], request.may_mention)
        before = "" if draft.written else ("\n\n" if draft.characters else request.preface)
        if draft.characters + len(before + rest) > posts.MARKDOWN_LIMIT:
            return False
        chunks = [*_last_cards(request), *([text_chunk(before + rest)] if rest else [])]
        below = answer_layout.blocks_below(request)
        refusal = await self._stop_stream(request, chunks, below)
        if refusal in UNSHOWABLE:
            refusal = await self._stop_stream(request, chunks, answer_layout.without_optional(below))
        return not refusal

    async def _stop_stream(
        self, request: Deliver, chunks: Sequence[dict[str, Any]], below: Sequence[dict[str, Any]]
    ) -> str:
        return await _refusal(
            self._streams.stop(
                request.thread,
                request.draft.messages[-1],
                post_keys.streamed(request.key),
                answers=request.answers,
                chunks=chunks,
                blocks=below,
                session_status="suspended" if asks_back(request.text) else "active",
            )
        )

    # Every other case: message by message

    async def _bring_into(self, layout: Layout, request: Deliver, leftovers: Leftovers) -> list[str]:
        """Makes the thread hold these messages: drafts are changed, what is missing is posted, the rest is deleted.

        The `ts` of the messages.
        """
        drafts, held = list(leftovers.drafts), list[str]()
        for message in _messages(layout, request):
            if message.key in leftovers.posts:
                held.append(leftovers.posts[message.key])
            elif ts := await self._changed_draft(request, drafts, message):
                held.append(ts)
            else:
                held += await self._post(request, message, leftovers)
        for ts in drafts:
            await self._posts.delete(request.thread, ts)
        return held

    async def _changed_draft(self, request: Deliver, drafts: list[str], message: Message) -> str | None:
        """Changes the first draft that Slack lets be changed into the message; its `ts`, or None if there is none.

        Takes the drafts that it has tried out of the list. What cannot be changed is deleted.
        """
        while drafts:
            ts = drafts.pop(0)
            for variant in variants(message.post):
                refusal = await self._change(request, ts, replace(message, post=variant))
                if not refusal:
                    return ts
                if refusal in GONE:
                    break
            else:
                await self._posts.delete(request.thread, ts)
        return None

    async def _change(self, request: Deliver, ts: str, message: Message) -> str:
        """Why Slack does not change the draft; "" if it does. A draft that still streams is ended first."""
        refusal = await self._update(request, ts, message)
        if refusal == STILL_STREAMING:
            await _refusal(self._streams.stop(request.thread, ts, post_keys.draft(request.turn, ts)))
            refusal = await self._update(request, ts, message)
        return refusal

    async def _update(self, request: Deliver, ts: str, message: Message) -> str:
        return await _refusal(self._posts.update(request.thread, ts, message.post, message.key, message.answers))

    async def _post(self, request: Deliver, message: Message, leftovers: Leftovers) -> list[str]:
        """Posts the message; if Slack refuses its blocks, as plain text, which may take several messages."""
        was_plain = post_keys.plain(message.key, 0) in leftovers.posts
        for variant in [] if was_plain else variants(message.post):
            try:
                return [await self._posts.post(request.thread, message.key, variant, message.answers)]
            except ApplicationError as error:
                if error.message not in UNSHOWABLE:
                    raise
        held = []
        for number, plain in enumerate(posts.plain(message.post, request.may_mention)):
            key = post_keys.plain(message.key, number)
            ts = leftovers.posts.get(key) or await self._posts.post(request.thread, key, plain, message.answers)
            held.append(ts)
        return held

    # An answer that is too long for the thread

    async def _bring_with_file(self, layout: Layout, request: Deliver, leftovers: Leftovers) -> None:
        """The beginning, and the whole as a file. If the app may not upload, the whole in as many messages as it takes.

        On a retry, the answer does not wait for a host that does not take the file.
        """
        name, text = answer_layout.file_name(request), layout.file or ""
        if name in leftovers.files:
            await self._bring_into(layout, request, leftovers)
            return
        file = await self._uploads.upload(name, text, is_patient=not leftovers.is_retry)
        if file is None:
            await self._bring_into(answer_layout.lay_out_without_file(request), request, leftovers)
            return
        held = await self._bring_into(layout, request, leftovers)
        if not await self._uploads.show(request.thread, file, name):
            others = {key: ts for key, ts in leftovers.posts.items() if ts not in held}
            beginning = replace(leftovers, drafts=held, posts=others)
            await self._bring_into(answer_layout.lay_out_without_file(request), request, beginning)


def _messages(layout: Layout, request: Deliver) -> list[Message]:
    last = len(layout.posts) - 1
    return [
        Message(post_keys.message(request.key, number), post, request.answers if number == last else ())
        for number, post in enumerate(layout.posts)
    ]


async def _refusal(call: Awaitable[None]) -> str:
    """Why Slack does not change or end a message, if there is another way; "" if it does. Raises otherwise."""
    try:
        await call
    except ApplicationError as error:
        if error.message not in _UNCHANGEABLE:
            raise
        logger.info("message not changed", extra={"reason": error.message})
        return error.message
    return ""


def _last_cards(request: Deliver) -> list[dict[str, Any]]:
    """How the steps have ended, if the stream shows them. Otherwise cards would stand in the middle of the answer."""
    if request.progress is None or request.steps_shown != "stream":
        return []
    return task_cards.chunks(request.progress.steps)
