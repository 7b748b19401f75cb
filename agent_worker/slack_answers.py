"""The end of a turn in its thread: one complete answer, or one notice, whatever was shown before it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker import blocks, cards, closings
from agent_worker.blocks import Post, neutralise
from agent_worker.errors import UNUSABLE_ANSWER, sentence
from agent_worker.people import asks_back
from agent_worker.requests import Deliver
from agent_worker.slack_remains import Remains, SlackRemains
from agent_worker.slack_replies import GONE, SlackReplies, metadata
from agent_worker.slack_streams import DEAD, STILL_STREAMING, STOPPED_BY_USER, SlackStreams, text_chunk
from agent_worker.slack_uploads import SlackUploads

# Slack's real limits are not all documented: what it refuses to show as blocks it shows as text.
UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
# A stream that cannot be ended in the ordinary way: its message is brought into its form by an update.
_NO_STREAM_ANY_MORE = {DEAD, STOPPED_BY_USER, STILL_STREAMING, *GONE, *UNSHOWABLE}
MOST_MESSAGES = 3
IN_THE_FILE = "\n\n_(The whole answer is longer than that: it is in the file below.)_"
ANSWER_FILE = "answer-{turn}.md"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """How the turn is to stand in the thread: messages in their order, and a file for what is too long for them."""

    posts: Sequence[Post]
    file: str | None = None  # its text


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
        form = _form(request)
        if not is_repeated and await self._is_ended_at_once(request, form):
            return
        remains = Remains(drafts=list(request.draft.messages))
        if request.turn and (is_repeated or request.draft.unsure):
            remains = await self._remains.of(request.thread, request.turn, request.draft)
        elif is_repeated:
            remains = Remains(posts=await self._replies.posted(request.thread, request.answers[0]))
        elif request.draft.streaming_since is not None:
            await self._end_stream(request)
        await self._bring_into(form, request, remains)

    # The common case: the answer is streamed, and ends

    async def _is_ended_at_once(self, request: Deliver, form: Form) -> bool:
        """Ends the stream with all that it lacks, in one call; False if that is not possible."""
        draft = request.draft
        if draft.streaming_since is None or draft.unsure or request.is_notice or request.withdrawn or form.file:
            return False
        rest = neutralise(request.text[draft.written :], request.may_mention)
        before = "" if draft.written else ("\n\n" if draft.characters else request.preface)
        if draft.characters + len(before + rest) > blocks.MARKDOWN_LIMIT or not (rest or draft.written):
            return False
        chunks = [*_last_cards(request), *([text_chunk(before + rest)] if rest else [])]
        try:
            await self._streams.stop(
                request.thread,
                draft.messages[-1],
                chunks=chunks,
                blocks=_closing(request),
                metadata=metadata(f"{request.key}:{len(draft.messages) - 1}", request.answers),
                session_status="suspended" if asks_back(request.text) else "active",
            )
        except ApplicationError as error:
            if error.message not in _NO_STREAM_ANY_MORE:
                raise
            logger.info("stream not ended", extra={"reason": error.message})
            return False
        return True

    async def _end_stream(self, request: Deliver) -> None:
        key = f"{request.turn}:draft:{len(request.draft.messages)}"
        try:
            await self._streams.stop(request.thread, request.draft.messages[-1], metadata=metadata(key))
        except ApplicationError as error:
            if error.message not in _NO_STREAM_ANY_MORE:
                raise

    # Whatever there is

    async def _bring_into(self, form: Form, request: Deliver, remains: Remains) -> None:
        """Message after message into its form: what is there is changed, what is missing posted, the rest deleted."""
        left = list(remains.drafts)
        for index, post in enumerate(form.posts):
            key = f"{request.key}:{index}"
            answers = request.answers if index == len(form.posts) - 1 else ()
            if key in remains.posts:
                continue
            if not (left and await self._is_changed(request, left.pop(0), key, post, answers)):
                await self._say(request, key, post, remains, answers)
        for ts in left:
            await self._replies.delete(request.thread, ts)
        if form.file is not None:
            await self._attach(request, form.file, remains)

    async def _is_changed(self, request: Deliver, ts: str, key: str, post: Post, answers: Sequence[str]) -> bool:
        """Makes a draft the post of that key; False if somebody has deleted it, or Slack does not show it so."""
        try:
            await self._replies.update(request.thread, ts, post, key, answers)
        except ApplicationError as error:
            if error.message in UNSHOWABLE:
                await self._replies.delete(request.thread, ts)
            elif error.message not in GONE:
                raise
            return False
        return True

    async def _say(self, request: Deliver, key: str, post: Post, remains: Remains, answers: Sequence[str]) -> None:
        """Posts; as plain text, where Slack does not take it as blocks."""
        try:
            await self._replies.post(request.thread, key, post, answers)
        except ApplicationError as error:
            if error.message not in UNSHOWABLE:
                raise
            for index, plain in enumerate(blocks.plain(post, request.may_mention)):
                if f"{key}:plain:{index}" not in remains.posts:
                    await self._replies.post(request.thread, f"{key}:plain:{index}", plain, answers)

    async def _attach(self, request: Deliver, text: str, remains: Remains) -> None:
        """The whole answer as a file; where the app may not upload, in as many messages as it takes."""
        name = _file_name(request)
        if name in remains.files or await self._uploads.upload(request.thread, name, text):
            return
        for index, post in enumerate(blocks.answer(text, request.may_mention)[MOST_MESSAGES:], start=MOST_MESSAGES):
            if f"{request.key}:{index}" not in remains.posts:
                await self._replies.post(request.thread, f"{request.key}:{index}", post)


def _form(request: Deliver) -> Form:
    if request.withdrawn:
        return Form([])
    if request.is_notice:
        below = closings.below_notice(request.turn) if request.offers_again and request.turn else []
        notice = blocks.notice(request.text)
        return Form([Post(notice.text, [*notice.blocks, *below])])
    try:
        posts = blocks.answer(request.preface + request.text, request.may_mention)
    except ValueError:  # nothing in it that a person could see
        return Form([blocks.notice(sentence(UNUSABLE_ANSWER))])
    if len(posts) <= MOST_MESSAGES:
        return Form(_framed(posts, request))
    return Form(_framed(_beginning(request), request), request.preface + request.text)


def _beginning(request: Deliver) -> list[Post]:
    """As much as a few messages hold, with a word about the rest."""
    room = blocks.MARKDOWN_LIMIT - len(IN_THE_FILE)
    *others, last = blocks.answer(request.preface + request.text, request.may_mention, room)[:MOST_MESSAGES]
    return [*others, *blocks.answer(_text_of(last) + IN_THE_FILE, request.may_mention)]


def _framed(posts: Sequence[Post], request: Deliver) -> list[Post]:
    """With the steps above the first message, where they have none of their own, and the buttons below the last."""
    first = _steps_above(request)
    framed = [Post(posts[0].text, [*first, *posts[0].blocks]), *posts[1:]]
    framed[-1] = Post(framed[-1].text, [*framed[-1].blocks, *_closing(request)])
    return framed


def _steps_above(request: Deliver) -> list[dict[str, Any]]:
    has_steps = request.progress is not None and request.progress.steps and not request.progress.is_posted
    if not has_steps or request.progress is None or not request.draft.messages:
        return []
    return [cards.plan_block(request.progress.steps, is_over=True)]


def _last_cards(request: Deliver) -> list[dict[str, Any]]:
    if request.progress is None or request.progress.is_posted:
        return []
    return cards.chunks(request.progress.steps)


def _closing(request: Deliver) -> list[dict[str, Any]]:
    return closings.below_answer(request.turn, offers_again=request.offers_again) if request.turn else []


def _text_of(post: Post) -> str:
    return "".join(str(block.get("text", "")) for block in post.blocks if block["type"] == "markdown")


def _file_name(request: Deliver) -> str:
    return ANSWER_FILE.format(turn=request.turn.replace(".", "-").replace(":", "-"))
