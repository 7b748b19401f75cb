"""An answer in the thread while Gemini writes it. Only a display: it may fail, and nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads import post_keys
from agent_worker.payloads.thread import Author, Draft
from agent_worker.slack.blocks.markdown_stream import Cut, forced_cut, paragraph_cut, showable
from agent_worker.slack.blocks.outgoing import Outgoing
from agent_worker.slack.blocks.outlet import USUAL_OUTLET, Outlet
from agent_worker.slack.blocks.posts import MARKDOWN_LIMIT, Post, answer
from agent_worker.slack.refusals import is_refusal
from agent_worker.slack.thread.posts import ThreadPosts
from agent_worker.slack.thread.streams import DEAD, Chunk, ThreadStreams, text_chunk
from process.slack_errors import RATE_LIMITED

# Seconds. From the first piece of text on, until something is shown; then between one call and the next.
FIRST_WORDS, BETWEEN_APPENDS = 0.1, 0.7  # in a stream; an answer that is complete within 0.1 s is posted, not streamed
FIRST_POST, BETWEEN_UPDATES = 1.0, 3.0  # by updates; Slack advises 3 s
MOST_MESSAGES = 3  # then the rest waits for the delivery
# A stream lives for five minutes, whatever is added to it (measured by others). So the answer goes on in a new message:
# from the first limit on at the end of a paragraph, at the second limit anywhere.
OLD, TOO_OLD = 210.0, 230.0  # seconds
LONG, TOO_LONG = 9_000, MARKDOWN_LIMIT  # characters
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where the answer is shown and for whom.

    `preface` is Markdown that stands before the text, and `above` are blocks that stand above it in a message that is
    changed by updates. `cards` are the steps as they are now, for a stream that shows them: they go with the first
    text, which costs no call. Only the users `may_mention` can be notified; others go by their `names`. All text goes
    through the `outlet`.
    """

    thread: Thread
    turn: str
    audience: Author | None
    may_mention: Collection[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    preface: str = ""
    above: list[dict[str, Any]] = field(default_factory=list)
    cards: Sequence[Chunk] = ()
    outlet: Outlet = USUAL_OUTLET


class LiveAnswer:
    """`async with LiveAnswer(…) as live:` shows the text that it is given by `add`, until the block ends.

    Then `draft` says what the thread holds. If an exception leaves the block, nothing is shown after it.
    """

    def __init__(
        self,
        posts: ThreadPosts,
        streams: ThreadStreams,
        place: Place,
        draft: Draft,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._posts = posts
        self._streams = streams
        self._place = place
        self._clock = clock
        self.draft = draft.model_copy(update={"written": 0})
        self._cards = place.cards
        self._preface = place.outlet.markdown(place.preface, place.may_mention, place.names)
        self._outgoing = self._new_outgoing()
        self._pieces: list[str] = []  # that the outlet has let through, joined only when something is shown
        self._shown = 0  # characters of the text that are shown, or that need not be
        self._is_calling = False
        self._is_over = draft.unsure
        self._may_start = streams.may_start(place.thread, place.audience)
        self._has_news, self._has_ended = asyncio.Event(), asyncio.Event()
        self._showing: asyncio.Task[None] | None = None

    def add(self, text: str) -> None:
        """Adds a piece of text; it is shown soon."""
        self._pieces.append(self._outgoing.add(text))
        self._has_news.set()

    def take_back(self) -> None:
        """Forgets all text so far. If some of it is shown, nothing more is: the delivery corrects it."""
        if self.draft.written or self._is_calling:
            self._give_up()
        self._outgoing = self._new_outgoing()
        self._pieces, self._shown = [], 0

    def _new_outgoing(self) -> Outgoing:
        return self._place.outlet.outgoing(self._place.may_mention, self._place.names)

    @property
    def _text(self) -> str:
        """The whole text so far. To join it at each piece would copy it each time."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    async def __aenter__(self) -> Self:
        self._showing = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._has_ended.set()
        self._has_news.set()
        if self._showing is None:
            return
        if kind is not None:
            self.take_back()
            self._is_over = True
            self._showing.cancel()
        for failure in await asyncio.gather(self._showing, return_exceptions=True):
            if isinstance(failure, Exception):
                logger.error("text not shown by a defect", exc_info=failure)
                self._give_up()

    async def _show(self) -> None:
        await self._has_news.wait()
        await self._pause(FIRST_WORDS if self._is_streamed else FIRST_POST)
        while not (self._has_ended.is_set() or self._is_over):
            self._has_news.clear()
            await self._show_more()
            await self._pause(BETWEEN_APPENDS if self._is_streamed else BETWEEN_UPDATES)
            if self._shown == showable(self._text):  # otherwise there was no call to spare: tried again
                await self._has_news.wait()

    async def _pause(self, seconds: float) -> None:
        """Waits, but not longer than until the text is complete."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_ended.wait(), seconds)

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
            self._now(streaming_since=None, has_cards=False)
            self._is_over = len(self.draft.messages) > 1  # an update would show the whole answer in the last of them
        elif error.message not in RATE_LIMITED:
            self._is_over = True  # a person has stopped or deleted it, or the agent may not write here
            if not is_refusal(error):  # the call may have been done all the same
                self._give_up()

    def _give_up(self) -> None:
        """Shows nothing more; what the thread holds is not known exactly."""
        self._is_over = True
        self._now(unsure=True)

    def _now(self, **changes: Any) -> None:
        """Notes what has changed in the thread."""
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
        """Where the present message has to end; None if it can go on."""
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
        """Adds to the stream, or begins one. `written`: so many characters of the answer are shown then."""
        piece = self._before() + text
        if self.draft.streaming_since is None:
            is_added = await self._begin(piece)
        elif is_added := not piece or await self._append(piece):
            self._now(characters=self.draft.characters + len(piece))
        if is_added:
            self._shown = written
            self._now(written=written)

    async def _append(self, piece: str) -> bool:
        chunks = [*self._cards, text_chunk(piece)]
        is_added = await self._streams.append(self._place.thread, self.draft.messages[-1], chunks)
        self._cards = () if is_added else self._cards
        return is_added

    def _before(self) -> str:
        """What goes before the first text; a blank line if the stream shows text from before the last tools."""
        if self.draft.written:
            return ""
        return "\n\n" if self.draft.characters else self._preface

    async def _begin(self, piece: str) -> bool:
        """Begins a stream, which may still be empty. False if nothing can be streamed here now."""
        chunks = [text_chunk(piece)] if piece else []
        ts = await self._streams.start(self._place.thread, self._place.audience, chunks)
        if ts is None:
            self._may_start = False
            return False
        messages = [*self.draft.messages, ts]
        self._now(messages=messages, streaming_since=self._clock(), characters=len(piece), has_cards=False)
        return True

    async def _go_on(self, cut: Cut) -> None:
        """Ends the present message, and begins another one unless there are MOST_MESSAGES."""
        number = len(self.draft.messages)
        key = post_keys.draft(self._place.turn, number)
        await self._streams.stop(self._place.thread, self.draft.messages[-1], key)
        self._now(streaming_since=None, has_cards=False)
        self._is_over = True
        if number < MOST_MESSAGES:
            self._is_over = not await self._begin(cut.opening)

    # By updates

    async def _update(self) -> None:
        """Shows the whole answer so far in one message, if the rate limits leave a call for it."""
        end = showable(self._text)
        if end <= TOO_LONG and self._text[:end].strip():
            if not self._posts.may_update(self._place.thread, posts=not self.draft.messages):
                return
            await self._replace(self._so_far(end))
        self._shown = end

    async def _replace(self, post: Post) -> None:
        if self.draft.messages:
            await self._posts.update(self._place.thread, self.draft.messages[-1], post, at_once=True)
        else:
            key = post_keys.draft(self._place.turn, 0)
            self._now(messages=[await self._posts.post(self._place.thread, key, post, at_once=True)])

    def _so_far(self, end: int) -> Post:
        post = answer(self._preface + self._text[:end], self._place.may_mention)[0]
        return Post(post.text, [*self._place.above, *post.blocks])
