"""The end of a turn in its thread: one complete answer or one notice, in place of all that was shown before it.

A refusal of Slack leads to the next way: end of the stream, update of the draft, new post, plain text, file. Only where
Slack takes none of them, the delivery fails for good.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.conversation.participants import asks_back
from agent_worker.payloads import post_keys
from agent_worker.payloads.errors import SLACK_REFUSED, final
from agent_worker.payloads.thread import Deliver
from agent_worker.slack.blocks import answer_layout, posts, task_cards
from agent_worker.slack.blocks.answer_layout import Layout, variants
from agent_worker.slack.blocks.outlet import USUAL_OUTLET, Outlet
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.files.upload import SlackUploads, Upload
from agent_worker.slack.refusals import GONE, is_refusal, is_undone, takes_nothing
from agent_worker.slack.thread.leftovers import Leftovers, ThreadLeftovers
from agent_worker.slack.thread.posts import ThreadPosts
from agent_worker.slack.thread.streams import DEAD, STILL_STREAMING, STOPPED_BY_USER, ThreadStreams, text_chunk

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """One message of the delivery. `answers` are the `ts` of the messages that it answers; only the last has them."""

    key: str
    post: Post
    answers: Sequence[str]


class _RefusedPost(Exception):  # noqa: N818  it names what happened to the post
    """Slack has refused a post; another form of it may be taken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def waits_for_people(request: Deliver) -> bool:
    """Whether people have to answer next, and Slack is to show that."""
    return request.asks_people or (not request.is_notice and asks_back(request.text))


def _session_status(request: Deliver) -> str:
    """What Slack shows of the session when the turn is over."""
    return "suspended" if waits_for_people(request) else "active"


class AnswerDelivery:
    """`bring` can be called any number of times: what is in its place already stays there.

    It notes in the leftovers what it does, so that a next attempt need not look.
    """

    def __init__(
        self,
        posts: ThreadPosts,
        streams: ThreadStreams,
        leftovers: ThreadLeftovers,
        uploads: SlackUploads,
        outlet: Outlet = USUAL_OUTLET,
    ) -> None:
        self._posts = posts
        self._streams = streams
        self._leftovers = leftovers
        self._uploads = uploads
        self._outlet = outlet

    async def bring(self, request: Deliver, leftovers: Leftovers) -> None:
        """Makes the thread hold the complete answer, once.

        Raises ApplicationError until it does: SLACK_REFUSED (final) if Slack takes it in no form.
        """
        await self._bring(request, leftovers)
        while leftovers.above:
            await self._posts.delete(request.thread, leftovers.above[0])
            del leftovers.above[0]

    async def _bring(self, request: Deliver, leftovers: Leftovers) -> None:
        if leftovers.holds_streamed(request.key):
            return
        if request.is_plain:
            await self._bring_plain(request, leftovers)
            return
        request = self._outlet.delivery(request)
        layout = answer_layout.lay_out(request)
        if await self._is_ended_at_once(request, layout, leftovers):
            return
        await self._leftovers.end_streams(request.thread, request.turn, leftovers)
        if layout.is_answer and answer_layout.file_name(request) in leftovers.files:
            await self._delete_drafts(request, leftovers)  # a file comes last, below all that Slack takes of the answer
        elif layout.file is not None:
            await self._bring_with_file(layout, request, leftovers)
        else:
            await self._bring_or_upload(layout, request, leftovers)

    async def tidy(self, request: Deliver, known: Leftovers) -> Leftovers:
        """After an answer that was brought without a look: deletes the drafts beside it, and tells what was found.

        Raises ApplicationError (retryable) if Slack does not answer.
        """
        found = await self._leftovers.to_tidy(request, known, _session_status(request))
        for ts in [*found.drafts, *found.above]:
            await self._posts.delete(request.thread, ts)
        return found

    async def _bring_plain(self, request: Deliver, leftovers: Leftovers) -> None:
        """Posts the text as it is, beside all that the thread shows: for when everything else has failed."""
        key = post_keys.message(request.key, 0)
        if key not in leftovers.posts:
            message = Message(key, posts.bare(request.text), request.answers)
            leftovers.posts[key] = await self._sent(request, message, leftovers)

    # The common case: the answer is streamed already

    async def _is_ended_at_once(self, request: Deliver, layout: Layout, leftovers: Leftovers) -> bool:
        """Ends the stream with all that it lacks, in one call. False if that is not possible."""
        draft = request.draft
        if leftovers.is_retry or not draft.is_open_stream or layout.file or not layout.is_answer:
            return False
        if leftovers.are_steps_below(draft.messages[-1]):
            return False
        rest = request.text[draft.written :]
        before = "" if draft.written else ("\n\n" if draft.characters else request.preface)
        if draft.characters + len(before + rest) > posts.MARKDOWN_LIMIT:
            return False
        chunks = [*_last_cards(request), *([text_chunk(before + rest)] if rest else [])]
        below = answer_layout.blocks_below(request)
        refusal = await self._stop_stream(request, chunks, below)
        if refusal and refusal not in {DEAD, STOPPED_BY_USER, *GONE}:
            refusal = await self._stop_stream(request, chunks, answer_layout.without_optional(below))
        if not refusal:
            leftovers.posts[post_keys.streamed(request.key)] = draft.messages[-1]
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
                session_status=_session_status(request),
            )
        )

    # Every other case: message by message

    async def _bring_into(self, layout: Layout, request: Deliver, leftovers: Leftovers) -> None:
        """Makes the thread hold these messages: drafts are changed, what is missing is posted, the rest is deleted.

        A message never goes into a draft that stands above the message before it: an earlier attempt may have posted
        that one, because Slack did not let it change the draft, or because it did not know of it.
        """
        drafts, useless = _unused(request, leftovers), list[str]()
        for message in _messages(layout, request):
            if message.key not in leftovers.posts:
                await self._bring_message(request, message, leftovers, drafts, useless)
            elif parts := leftovers.parts_of(message.key):
                useless += parts  # an attempt made them because it never heard that Slack had changed the draft
            newest = leftovers.newest_of(message.key)
            useless += [ts for ts in drafts if float(ts) < newest]
            drafts = [ts for ts in drafts if float(ts) > newest]
        for ts in [*useless, *drafts]:  # not before the answer is there: until then they are all that people have
            await self._posts.delete(request.thread, ts)

    async def _bring_message(
        self, request: Deliver, message: Message, leftovers: Leftovers, drafts: list[str], useless: list[str]
    ) -> None:
        """Changes a draft into the message, or posts it. `drafts` and `useless`: as in `_changed_draft`."""
        is_begun = bool(leftovers.parts_of(message.key))  # and it is completed in parts
        if not is_begun and (ts := await self._changed_draft(request, drafts, message, useless)):
            leftovers.posts[message.key] = ts
        else:
            await self._post(request, message, leftovers)

    async def _changed_draft(
        self, request: Deliver, drafts: list[str], message: Message, useless: list[str]
    ) -> str | None:
        """Changes the first draft that Slack lets be changed into the message; its `ts`, or None if there is none.

        Takes the drafts that it has tried out of `drafts`, and puts those that Slack does not change into `useless`.
        """
        while drafts:
            ts = drafts.pop(0)
            for variant in variants(message.post):
                refusal = await self._change(request, ts, replace(message, post=variant))
                if not refusal:
                    return ts
                if refusal in GONE:
                    break
            useless.append(ts)
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

    async def _post(self, request: Deliver, message: Message, leftovers: Leftovers) -> None:
        """Posts the message; if Slack refuses it, as plain text, which may take several messages.

        Raises _RefusedPost if Slack refuses that, too.
        """
        plain = [
            Message(post_keys.plain(message.key, number), post, message.answers)
            for number, post in enumerate(posts.plain(message.post, request.may_mention))
        ]
        was_plain = _found(plain[0], leftovers) is not None
        for variant in [] if was_plain else variants(message.post):
            with suppress(_RefusedPost):
                await self._post_one(request, replace(message, post=variant), leftovers)
                return
        for part in plain:
            if _found(part, leftovers) is None:
                await self._post_one(request, part, leftovers)

    async def _post_one(self, request: Deliver, message: Message, leftovers: Leftovers) -> None:
        """Raises _RefusedPost if Slack refuses the post, and SLACK_REFUSED (final) if it would refuse any other."""
        try:
            leftovers.posts[message.key] = await self._sent(request, message, leftovers)
        except ApplicationError as error:
            if not is_refusal(error):
                raise
            if takes_nothing(error.message):
                raise final(SLACK_REFUSED, error.message) from None
            logger.info("message not posted", extra={"reason": error.message})
            raise _RefusedPost(error.message) from None

    async def _sent(self, request: Deliver, message: Message, leftovers: Leftovers) -> str:
        """Posts. Notes if it is not known afterwards whether the thread holds the post."""
        try:
            return await self._posts.post(request.thread, message.key, message.post, message.answers)
        except ApplicationError as error:
            leftovers.is_in_doubt = leftovers.is_in_doubt or not is_undone(error)
            raise

    async def _bring_or_upload(self, layout: Layout, request: Deliver, leftovers: Leftovers) -> None:
        """As `_bring_into`; if Slack takes the answer in no message, as a file.

        Raises SLACK_REFUSED (final) if Slack does not take the file either.
        """
        try:
            await self._bring_into(layout, request, leftovers)
        except _RefusedPost as refused:
            if not layout.is_answer or not await self._show_as_file(request, leftovers):
                raise final(SLACK_REFUSED, refused.reason) from None
            await self._delete_drafts(request, leftovers)

    async def _delete_drafts(self, request: Deliver, leftovers: Leftovers) -> None:
        """Deletes the drafts that have not become a part of the answer."""
        for ts in _unused(request, leftovers):
            await self._posts.delete(request.thread, ts)

    async def _show_as_file(self, request: Deliver, leftovers: Leftovers) -> bool:
        file = await self._upload(request, leftovers)
        return file is not None and await self._show(request, file, leftovers)

    async def _show(self, request: Deliver, file: Upload, leftovers: Leftovers) -> bool:
        """Shows the uploaded file. Notes if it is not known afterwards whether the thread holds it."""
        name = answer_layout.file_name(request)
        try:
            is_shown = await self._uploads.show(request.thread, file, name)
        except ApplicationError:
            leftovers.is_in_doubt = True
            raise
        if is_shown:
            leftovers.files.add(name)
        return is_shown

    async def _upload(self, request: Deliver, leftovers: Leftovers) -> Upload | None:
        """The file of an earlier attempt, or a new one with the whole answer. None if the app may not upload.

        On a retry, the answer does not wait for a host that does not take the file.
        """
        name, text = answer_layout.file_name(request), request.preface + request.text
        found = await self._uploads.find(name, post_keys.asked_at(request.key)) if leftovers.is_retry else None
        return found or await self._uploads.upload(name, text.encode(), is_patient=not leftovers.is_retry)

    # An answer that is too long for the thread

    async def _bring_with_file(self, layout: Layout, request: Deliver, leftovers: Leftovers) -> None:
        """The beginning, and the whole as a file. If the app may not upload: all in as many messages as it takes."""
        file = None if _is_begun_whole(request, leftovers) else await self._upload(request, leftovers)
        is_refused = file is not None and not await self._is_begun(layout, request, leftovers)
        if file is None or not await self._show(request, file, leftovers):
            leftovers.turn_into_drafts(post_keys.is_beginning)
            await self._bring_or_upload(answer_layout.lay_out_without_file(request), request, leftovers)
        elif is_refused:
            await self._delete_drafts(request, leftovers)

    async def _is_begun(self, layout: Layout, request: Deliver, leftovers: Leftovers) -> bool:
        """Makes the thread hold the beginning. False if Slack refuses it: the file has the whole answer."""
        try:
            await self._bring_into(layout, request, leftovers)
        except _RefusedPost:
            return False
        return True


def _messages(layout: Layout, request: Deliver) -> list[Message]:
    key, last = post_keys.message if layout.file is None else post_keys.beginning, len(layout.posts) - 1
    return [
        Message(key(request.key, number), post, request.answers if number == last else ())
        for number, post in enumerate(layout.posts)
    ]


def _unused(request: Deliver, leftovers: Leftovers) -> list[str]:
    """The drafts that have not become a part of the answer."""
    used = {ts for key, ts in leftovers.posts.items() if key.startswith(f"{request.key}:")}
    return [ts for ts in leftovers.drafts if ts not in used]


def _is_begun_whole(request: Deliver, leftovers: Leftovers) -> bool:
    """Whether an earlier attempt, which could not show a file, has begun to post all of the answer."""
    return leftovers.newest_of(post_keys.message(request.key, 0)) > 0


def _found(message: Message, leftovers: Leftovers) -> str | None:
    """The `ts` of the message, if an earlier attempt has posted it."""
    return leftovers.posts.get(message.key)


async def _refusal(call: Awaitable[None]) -> str:
    """Why Slack refuses to change or end a message; "" if it does. Raises ApplicationError if Slack is away."""
    try:
        await call
    except ApplicationError as error:
        if not is_refusal(error):
            raise
        logger.info("message not changed", extra={"reason": error.message})
        return error.message
    return ""


def _last_cards(request: Deliver) -> list[dict[str, Any]]:
    """How the steps have ended, if the stream shows them. Otherwise cards would stand in the middle of the answer."""
    if request.progress is None or request.steps_shown != "stream":
        return []
    return task_cards.chunks(request.progress, is_over=True)
