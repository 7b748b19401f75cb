"""The end of a turn in its thread: one complete answer, or one notice, whatever was shown before it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.conversation.participants import asks_back
from agent_worker.payloads.thread import Deliver
from agent_worker.slack.blocks import answer_layout, posts, task_cards
from agent_worker.slack.blocks.answer_layout import Layout, variants
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.files.upload import SlackUploads
from agent_worker.slack.thread.leftovers import Remains, SlackRemains
from agent_worker.slack.thread.posts import GONE, SlackReplies, metadata
from agent_worker.slack.thread.streams import DEAD, STILL_STREAMING, STOPPED_BY_USER, SlackStreams, text_chunk

# Slack's real limits are not all documented: what it refuses to show as blocks it shows as text.
UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
# A message that is to be changed or ended, and that cannot be: there is another way for each of these.
_UNCHANGEABLE = {DEAD, STOPPED_BY_USER, STILL_STREAMING, "edit_window_closed", *GONE, *UNSHOWABLE}
STREAMED = "streamed"  # in the key of a message that completes the answer, together with those before it
logger = logging.getLogger(__name__)


class SlackAnswers:
    """`settle` can be called any number of times: what is in its place stays there."""

    def __init__(
        self, replies: SlackReplies, streams: SlackStreams, remains: SlackRemains, uploads: SlackUploads
    ) -> None:
        self._replies = replies
        self._streams = streams
        self._remains = remains
        self._uploads = uploads

    async def settle(self, request: Deliver, *, is_repeated: bool) -> None:
        """Raises ApplicationError until it is done; `is_repeated`: an earlier attempt may have done some of it."""
        form = answer_layout.lay_out(request)
        if not is_repeated and await self._is_ended_at_once(request, form):
            return
        remains = await self._left_of(request, is_repeated=is_repeated)
        if f"{request.key}:{STREAMED}" in remains.posts:
            return
        if form.file is None:
            await self._bring_into(form, request, remains)
        else:
            await self._bring_with_file(form, request, remains, is_patient=not is_repeated)

    async def _left_of(self, request: Deliver, *, is_repeated: bool) -> Remains:
        draft = request.draft
        if request.turn and (is_repeated or draft.unsure):
            return await self._remains.of(request.thread, request.turn, draft)
        if is_repeated:
            return Remains(posts=await self._replies.posted(request.thread, request.answers[0]))
        if draft.streaming_since is not None:
            await self._end_stream(request, draft.messages[-1])
        return Remains(drafts=list(draft.messages))

    # The common case: the answer is streamed, and ends

    async def _is_ended_at_once(self, request: Deliver, form: Layout) -> bool:
        """Ends the stream with all that it lacks, in one call; False if that is not possible."""
        draft = request.draft
        if draft.streaming_since is None or draft.unsure or form.file or not form.is_answer:
            return False
        rest = neutralise(request.text[draft.written :], request.may_mention)
        before = "" if draft.written else ("\n\n" if draft.characters else request.preface)
        if draft.characters + len(before + rest) > posts.MARKDOWN_LIMIT:
            return False
        chunks = [*_last_cards(request), *([text_chunk(before + rest)] if rest else [])]
        closing = answer_layout.blocks_below(request)
        refusal = await self._end_with(request, chunks, closing)
        if refusal in UNSHOWABLE:
            refusal = await self._end_with(request, chunks, answer_layout.without_optional(closing))
        return not refusal

    async def _end_with(
        self, request: Deliver, chunks: Sequence[dict[str, Any]], closing: Sequence[dict[str, Any]]
    ) -> str:
        return await _refusal(
            self._streams.stop(
                request.thread,
                request.draft.messages[-1],
                chunks=chunks,
                blocks=closing,
                metadata=metadata(f"{request.key}:{STREAMED}", request.answers),
                session_status="suspended" if asks_back(request.text) else "active",
            )
        )

    async def _end_stream(self, request: Deliver, ts: str) -> None:
        await _refusal(self._streams.stop(request.thread, ts, metadata=metadata(f"{request.turn}:draft:{ts}")))

    # Whatever there is

    async def _bring_into(self, form: Layout, request: Deliver, remains: Remains) -> list[str]:
        """Message after message into its form: what is there is changed, what is missing posted, the rest deleted.

        The `ts` of the form's messages.
        """
        left, there = list(remains.drafts), list[str]()
        for index, post in enumerate(form.posts):
            key = f"{request.key}:{index}"
            answers = request.answers if index == len(form.posts) - 1 else ()
            if key in remains.posts:
                there.append(remains.posts[key])
            elif changed := await self._changed(request, left, key, post, answers):
                there.append(changed)
            else:
                there += await self._say(request, key, post, remains, answers)
        for ts in left:
            await self._replies.delete(request.thread, ts)
        return there

    async def _changed(
        self, request: Deliver, drafts: list[str], key: str, post: Post, answers: Sequence[str]
    ) -> str | None:
        """Makes the first of the drafts for which it is possible the post of that key; they are used up by it."""
        while drafts:
            ts = drafts.pop(0)
            for look in variants(post):
                refusal = await self._update(request, ts, look, key, answers)
                if not refusal:
                    return ts
                if refusal in GONE:
                    break
            else:
                await self._replies.delete(request.thread, ts)
        return None

    async def _update(self, request: Deliver, ts: str, post: Post, key: str, answers: Sequence[str]) -> str:
        """Why the message cannot be changed so; "" when it is."""
        refusal = await _refusal(self._replies.update(request.thread, ts, post, key, answers))
        if refusal == STILL_STREAMING:
            await self._end_stream(request, ts)
            refusal = await _refusal(self._replies.update(request.thread, ts, post, key, answers))
        return refusal

    async def _say(self, request: Deliver, key: str, post: Post, remains: Remains, answers: Sequence[str]) -> list[str]:
        """Posts; as plain text, where Slack does not take it as blocks."""
        for look in variants(post) if f"{key}:plain:0" not in remains.posts else []:
            try:
                return [await self._replies.post(request.thread, key, look, answers)]
            except ApplicationError as error:
                if error.message not in UNSHOWABLE:
                    raise
        said = []
        for index, plain in enumerate(posts.plain(post, request.may_mention)):
            own = f"{key}:plain:{index}"
            ts = remains.posts.get(own) or await self._replies.post(request.thread, own, plain, answers)
            said.append(ts)
        return said

    # What is too long

    async def _bring_with_file(self, form: Layout, request: Deliver, remains: Remains, *, is_patient: bool) -> None:
        """The beginning, and the whole as a file; where the app may not upload, in as many messages as it takes."""
        name, text = answer_layout.file_name(request), form.file or ""
        if name in remains.files:
            await self._bring_into(form, request, remains)
            return
        file = await self._uploads.upload(name, text, is_patient=is_patient)
        if file is None:
            await self._bring_into(answer_layout.lay_out_without_file(request), request, remains)
            return
        there = await self._bring_into(form, request, remains)
        if not await self._uploads.show(request.thread, file, name):
            others = {key: ts for key, ts in remains.posts.items() if ts not in there}
            await self._bring_into(
                answer_layout.lay_out_without_file(request), request, replace(remains, drafts=there, posts=others)
            )


async def _refusal(call: Awaitable[None]) -> str:
    """Why Slack does not change or end a message, where there is another way; "" when it does."""
    try:
        await call
    except ApplicationError as error:
        if error.message not in _UNCHANGEABLE:
            raise
        logger.info("message not changed", extra={"reason": error.message})
        return error.message
    return ""


def _last_cards(request: Deliver) -> list[dict[str, Any]]:
    """How the steps have ended, where the stream has them; otherwise they would stand in the middle of the answer."""
    if request.progress is None or not request.draft.has_cards:
        return []
    return task_cards.chunks(request.progress.steps)
