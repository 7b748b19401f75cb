"""Slack's rate limits, kept by all workers together: an answer waits until it may be sent, a display is left out.

Each worker takes an equal share of each limit. So all calls together stay below Slack's limit, and no worker has to
ask another one before a call. Within a worker, what an answer needs goes first.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from cachetools import LRUCache

from agent_worker.payloads.errors import SLACK_UNAVAILABLE, retryable
from agent_worker.slack import attempt_time
from agent_worker.slack.refusals import WAITS

# Calls a minute (https://docs.slack.dev/apis/web-api/rate-limits): Tier 2 is 20, Tier 3 is 50, Tier 4 is 100. Where
# the bot calls the method too, the workers leave it a part. Posts: Slack allows "several hundred" in a workspace, and
# one a second in a channel. Searches: Slack's limit depends on the workspace's plan, and this is below each of them.
CALLS_PER_MINUTE = {
    "agents_sessions_rename": 50,
    "agents_sessions_setStatus": 50,
    "assistant_search_context": 10,
    "assistant_threads_setStatus": 600,
    "chat_appendStream": 100,
    "chat_delete": 50,
    "chat_postEphemeral": 100,
    "chat_postMessage": 240,
    "chat_startStream": 20,
    "chat_stopStream": 20,
    "chat_update": 50,
    "conversations_history": 24,
    "conversations_info": 40,
    "conversations_list": 18,
    "conversations_members": 90,
    "conversations_replies": 30,
    "files_completeUploadExternal": 100,
    "files_delete": 50,
    "files_getUploadURLExternal": 100,
    "files_info": 100,
    "files_list": 50,
    "users_conversations": 24,
    "users_info": 90,
    "users_list": 18,
}
# No answer needs these methods, so displays may use all of their calls.
ONLY_FOR_DISPLAY = {"chat_appendStream", "chat_startStream"}
# The one method whose limit is for each channel. All others are limited for the workspace.
POST = "chat_postMessage"
POSTS_PER_MINUTE_AND_CHANNEL = 60
POST_BURST = 4  # Slack allows "short bursts" and gives no number
# Slack does not say which of its two limits of posts it means. With so many channels paused at once, it is the
# workspace's.
CHANNELS_PAUSED = 3
# Parts of a limit: a full bucket holds the first part, and the second part is added in the course of a minute. Even if
# a full bucket is emptied at once, the two together are not more than the limit.
_AT_ONCE = 1 / 4
_REFILLED = 3 / 4
BUCKETS_REMEMBERED = 1_000  # one for each method and for each channel; a forgotten one starts full again
# An attempt that would wait longer than PATIENCE is given back to Temporal, and comes back after LONGEST_AWAY.
PATIENCE, LONGEST_AWAY = 5.0, 2.0  # seconds
LOOKS_AGAIN = 1.0  # seconds: another call that waits may have been given up, or the share has changed
logger = logging.getLogger(__name__)


class Urgency(IntEnum):
    """So many seconds later than an answer's call a call seems to have come. So no call waits for ever."""

    ANSWER = 0
    OPENING = 5
    READING = 10  # what a tool reads: an answer that is written already goes first, and a conversation that opens
    TIDYING = 20


# So many seconds later it seems to have come for each call of the same person that waits already: a person with many
# turns waits for these, and the others do not.
SAME_PERSON = 10.0
_urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.ANSWER)


@contextmanager
def urgency(how: Urgency) -> Iterator[None]:
    """How urgent the calls are that are made in the block and in the tasks that it starts."""
    token = _urgency.set(how)
    try:
        yield
    finally:
        _urgency.reset(token)


_person: ContextVar[str] = ContextVar("person", default="")


@contextmanager
def on_behalf_of(person: str) -> Iterator[None]:
    """For whom the calls are that are made in the block and in the tasks that it starts; "" if nobody knows."""
    token = _person.set(person)
    try:
        yield
    finally:
        _person.reset(token)


@dataclass(eq=False)
class _Bucket:
    """Calls that may be made now (`tokens`), refilled with time.

    `capacity` and `per_second` are for all workers together; this worker has its share of them. `counted_at` and
    `paused_until` are times of the clock, in seconds.
    """

    capacity: float
    per_second: float
    tokens: float
    counted_at: float
    paused_until: float = 0.0


@dataclass(eq=False)
class _Waiting:
    """A call that waits; the one with the smallest `rank` goes first."""

    rank: float
    buckets: list[_Bucket]
    person: str


class SlackBudget:
    """The calls that this worker may make.

    `share` gives this worker's part of the limits, between 0 and 1; `clock` and `sleep` are in seconds.
    `first_part`: the part of a full bucket that this worker has begun with, at least one call.
    """

    def __init__(
        self,
        share: Callable[[], float] = lambda: 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        first_part: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._share = share
        self._clock = clock
        self._sleep = sleep
        self._first_part = first_part
        self._began_at = clock()
        self._buckets: LRUCache[tuple[str, str], _Bucket] = LRUCache(BUCKETS_REMEMBERED)
        self._waiting: list[_Waiting] = []

    async def wait(self, method: str, channel: str = "") -> None:
        """Returns when the call may be made. The most urgent call goes first, then that of the oldest activity.

        Of somebody for whom many calls wait, the later ones seem to have come later.

        Raises ApplicationError (retryable, WAITS) if that is not soon, in an attempt that can be given back.
        """
        attempt = attempt_time.current()
        age = attempt.age if attempt else 0.0
        call = _Waiting(
            self._clock() - age + _urgency.get() + self._held_back(), self._of(method, channel), _person.get()
        )
        self._waiting.append(call)
        try:
            with attempt_time.stands_still():
                while seconds := self._until_turn(call):
                    if attempt and attempt.can_be_given_back and seconds > PATIENCE:
                        raise retryable(SLACK_UNAVAILABLE, WAITS, self._away(call, seconds))
                    await self._sleep(min(seconds, LOOKS_AGAIN))
            self._take(call.buckets)
        finally:
            self._waiting.remove(call)

    def spare(self, method: str, channel: str = "", *, may_be_last: bool = False) -> bool:
        """Takes a call for a display, if half of the calls stay free for answers; otherwise False: leave it out.

        With `may_be_last`, it is enough that no call waits.
        """
        kept = 0 if may_be_last or method in ONLY_FOR_DISPLAY else 1 / 2
        buckets = self._of(method, channel)
        if any(self._lacks(bucket, 1 + self._capacity(bucket) * kept) or self._ahead(bucket) for bucket in buckets):
            return False
        self._take(buckets)
        return True

    def pause(self, method: str, seconds: float, channel: str = "") -> None:
        """Allows no such call for so many seconds: Slack has refused one because of its limits.

        A post is paused in its channel; every other method in the workspace.
        """
        until = self._clock() + seconds
        buckets = self._of(method, channel)
        self._pause(buckets[-1:], until)
        if self._channels_paused() >= CHANNELS_PAUSED:
            self._pause(buckets, until)
        logger.warning("rate limited by Slack", extra={"method": method, "seconds": seconds})

    def _pause(self, buckets: Sequence[_Bucket], until: float) -> None:
        for bucket in buckets:
            bucket.paused_until = max(bucket.paused_until, until)

    def _channels_paused(self) -> int:
        now = self._clock()
        return sum(bucket.paused_until > now for (_, channel), bucket in self._buckets.items() if channel)

    # Whose turn it is

    def _held_back(self) -> float:
        """The seconds by which a new call stands behind, because others of the same person wait."""
        person = _person.get()
        return SAME_PERSON * sum(other.person == person for other in self._waiting) if person else 0.0

    def _until_turn(self, call: _Waiting) -> float:
        """The seconds until the call may be made, if nothing changes until then; 0.0 if it may be made now."""
        seconds = 0.0
        for bucket in call.buckets:
            ahead = self._ahead(bucket, call)
            needed = self._lacks(bucket, 1 + ahead)
            seconds = max(seconds, needed or (1 / self._per_second(bucket) if ahead else 0.0))
        return seconds

    def _away(self, call: _Waiting, seconds: float) -> timedelta:
        """When an attempt comes back that was given back. Slack's own pauses hold for every worker."""
        pause = max(bucket.paused_until - self._clock() for bucket in call.buckets)
        return timedelta(seconds=max(pause, min(seconds, LONGEST_AWAY)))

    def _ahead(self, bucket: _Bucket, call: _Waiting | None = None) -> int:
        """How many calls go before this one (None: all that wait) that wait for nothing but this bucket."""
        return sum(
            (call is None or other.rank < call.rank)
            and bucket in other.buckets
            and not any(self._lacks(needed, 1) for needed in other.buckets if needed is not bucket)
            for other in self._waiting
            if other is not call
        )

    # What the buckets hold

    def _of(self, method: str, channel: str) -> list[_Bucket]:
        """The buckets from which a call is taken, the workspace's first; none for a method without a limit."""
        if method not in CALLS_PER_MINUTE:
            return []
        per_minute = CALLS_PER_MINUTE[method]
        buckets = [self._bucket(method, "", per_minute * _AT_ONCE, per_minute * _REFILLED / 60)]
        if method == POST and channel:
            buckets.append(self._bucket(method, channel, POST_BURST, POSTS_PER_MINUTE_AND_CHANNEL / 60))
        return buckets

    def _bucket(self, method: str, channel: str, capacity: float, per_second: float) -> _Bucket:
        key = (method, channel)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(capacity, per_second, 1.0, self._began_at)
            bucket.tokens = max(1.0, self._capacity(bucket) * self._first_part())
        return bucket

    def _refill(self, bucket: _Bucket) -> None:
        now = self._clock()
        refilled = bucket.tokens + (now - bucket.counted_at) * self._per_second(bucket)
        bucket.tokens, bucket.counted_at = min(self._capacity(bucket), refilled), now

    def _capacity(self, bucket: _Bucket) -> float:
        return max(1.0, bucket.capacity * self._share())

    def _per_second(self, bucket: _Bucket) -> float:
        return bucket.per_second * self._share()

    def _lacks(self, bucket: _Bucket, tokens: float) -> float:
        """The seconds until the bucket holds this many tokens; 0.0 if it does now."""
        self._refill(bucket)
        pause = max(0.0, bucket.paused_until - self._clock())
        missing = min(tokens, self._capacity(bucket)) - bucket.tokens
        return max(pause, missing / self._per_second(bucket) if missing > 1e-9 else 0.0)  # noqa: PLR2004

    def _take(self, buckets: Sequence[_Bucket]) -> None:
        for bucket in buckets:
            bucket.tokens -= 1
