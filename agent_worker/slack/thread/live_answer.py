"""An answer in the thread while Gemini writes it: a display, which may fail and which nobody waits for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author, Draft
from agent_worker.slack.blocks.markdown_stream import Cut, forced_cut, paragraph_cut, showable
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import MARKDOWN_LIMIT, Post, answer
from agent_worker.slack.thread.posts import SlackReplies, metadata
from agent_worker.slack.thread.streams import DEAD, SlackStreams, text_chunk
from process.slack_errors import RATE_LIMITED

FIRST_WORDS = 0.1  # seconds after the first piece; what is complete by then is not streamed but posted
BETWEEN_APPENDS = 0.7  # seconds
FIRST_POST = 1.0
BETWEEN_UPDATES = 3.0  # as Slack advises
MOST_MESSAGES = 3  # then the rest waits for the delivery
# A stream lives for five minutes, whatever is added to it (measured by others). It goes on in another message at the
# end of a paragraph, and if none comes in time, anywhere.
OLD, TOO_OLD = 210.0, 230.0  # seconds
LONG, TOO_LONG = 9_000, MARKDOWN_LIMIT  # characters
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where the text is shown, for whom, and what stands before it: Markdown, and in a message of ours blocks."""

    thread: Thread
    turn: str
    audience: Author | None
    may_mention: Collection[str] = ()
    preface: str = ""
    above: list[dict[str, Any]] = field(default_factory=list)


class LiveText:
    """`async with LiveText(…) as live:` shows what it is told (`said`), until the block ends.

    Then `draft` says what the thread holds. If the block is left by an exception, nothing is shown after it.
    """

    def __init__(
        self,
        replies: SlackReplies,
        streams: SlackStreams,
        place: Place,
        draft: Draft,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._replies = replies
        self._streams = streams
        self._place = place
        self._clock = clock
        self.draft = draft.model_copy(update={"written": 0})
        self._text = ""
        self._shown = 0  # characters of the text
        self._is_calling = False
        self._is_over = draft.unsure
        self._may_start = streams.may_start(place.audience)
        self._news, self._end = asyncio.Event(), asyncio.Event()
        self._showing: asyncio.Task[None] | None = None

    def said(self, text: str) -> None:
        self._text += text
        self._news.set()

    def took_back(self) -> None:
        if self.draft.written or self._is_calling:
            self._give_up()
        self._text, self._shown = "", 0

    async def __aenter__(self) -> Self:
        self._showing = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._news.set()
        if self._showing is None:
            return
        if kind is not None:
            self.took_back()
            self._is_over = True
            self._showing.cancel()
        for failure in await asyncio.gather(self._showing, return_exceptions=True):
            if isinstance(failure, Exception):
                logger.error("text not shown by a defect", exc_info=failure)
                self._give_up()

    async def _show(self) -> None:
        await self._news.wait()
        await self._pause(FIRST_WORDS if self._is_streamed else FIRST_POST)
        while not (self._end.is_set() or self._is_over):
            self._news.clear()
            await self._show_more()
            await self._pause(BETWEEN_APPENDS if self._is_streamed else BETWEEN_UPDATES)
            if self._shown == showable(self._text):  # otherwise it was refused for now, and is tried again
                await self._news.wait()

    async def _pause(self, seconds: float) -> None:
        """Waits, but not for longer than the text is written."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._end.wait(), seconds)

    async def _show_more(self) -> None:
        self._is_calling = True
        try:
            if self._is_streamed:
                await self._stream()
            else:
                await self._update()
        except ApplicationError as error:
            self._take_failure(error)
        finally:
            self._is_calling = False

    def _take_failure(self, error: ApplicationError) -> None:
        logger.info("text not shown", extra={"reason": error.message})
        if error.message == DEAD:
            self._now(streaming_since=None)
            self._is_over = len(self.draft.messages) > 1  # an update would show all of it in the last of them
        elif error.message not in RATE_LIMITED:
            self._is_over = True  # stopped by a person, deleted, no place to write: refused as a whole,
            if not error.non_retryable:  # or else nobody knows what the thread holds
                self._give_up()

    def _give_up(self) -> None:
        self._is_over = True
        self._now(unsure=True)

    def _now(self, **changes: Any) -> None:
        self.draft = self.draft.model_copy(update=changes)

    # As a stream

    @property
    def _is_streamed(self) -> bool:
        return self.draft.streaming_since is not None or (self._may_start and not self.draft.messages)

    async def _stream(self) -> None:
        shown, end = self.draft.written, showable(self._text)
        cut = self._cut(shown, end)
        if cut is not None:
            await self._add(self._text[shown : cut.at] + cut.closing, cut.at)
            if self.draft.written == cut.at:
                await self._go_on(cut)
        elif end > shown:
            await self._add(self._text[shown:end], end)

    def _cut(self, shown: int, end: int) -> Cut | None:
        """Where the present message has to end, if it has to."""
        age = self._clock() - (self.draft.streaming_since or self._clock())
        room = max(0, TOO_LONG - self.draft.characters)
        last = min(end, shown + room)
        if age < OLD and self.draft.characters + end - shown < LONG:
            return None
        cut = paragraph_cut(self._text, shown, last)
        if cut is None and (age >= TOO_OLD or end - shown > room):
            return forced_cut(self._text, shown, last) if last > shown else Cut(shown)
        return cut

    async def _add(self, text: str, written: int) -> None:
        """Adds to the stream, or begins one."""
        piece = self._before() + neutralise(text, self._place.may_mention)
        if self.draft.streaming_since is None:
            is_added = await self._begin(piece)
        elif is_added := not piece or await self._append(piece):
            self._now(characters=self.draft.characters + len(piece))
        if is_added:
            self._shown = written
            self._now(written=written)

    async def _append(self, piece: str) -> bool:
        return await self._streams.append(self._place.thread, self.draft.messages[-1], [text_chunk(piece)])

    def _before(self) -> str:
        """What an answer begins with; a blank line parts it from what was said before the last tools."""
        if self.draft.written:
            return ""
        return "\n\n" if self.draft.characters else self._place.preface

    async def _begin(self, piece: str) -> bool:
        """Begins a message; without text it waits for some. False where it cannot be a stream."""
        chunks = [text_chunk(piece)] if piece else []
        ts = await self._streams.start(self._place.thread, self._place.audience, chunks)
        if ts is None:
            self._may_start = False
            return False
        messages = [*self.draft.messages, ts]
        self._now(messages=messages, streaming_since=self._clock(), characters=len(piece), has_cards=False)
        return True

    async def _go_on(self, cut: Cut) -> None:
        """Ends the present message, and begins another one unless there are enough."""
        number = len(self.draft.messages)
        key = f"{self._place.turn}:draft:{number}"
        await self._streams.stop(self._place.thread, self.draft.messages[-1], metadata=metadata(key))
        self._now(streaming_since=None)
        self._is_over = True
        if number < MOST_MESSAGES:
            self._is_over = not await self._begin(cut.opening)

    # By updates

    async def _update(self) -> None:
        """The whole answer so far, in the message that is there or in a new one; left out when calls are scarce."""
        end = showable(self._text)
        if end <= TOO_LONG and self._text[:end].strip():
            if not self._replies.may_update(self._place.thread, posts=not self.draft.messages):
                return
            await self._replace(self._so_far(end))
        self._shown = end

    async def _replace(self, post: Post) -> None:
        if self.draft.messages:
            await self._replies.update(self._place.thread, self.draft.messages[-1], post, at_once=True)
        else:
            key = f"{self._place.turn}:draft:0"
            self._now(messages=[await self._replies.post(self._place.thread, key, post, at_once=True)])

    def _so_far(self, end: int) -> Post:
        post = answer(self._place.preface + self._text[:end], self._place.may_mention)[0]
        return Post(post.text, [*self._place.above, *post.blocks])
