"""Slack's rate limits, kept by all workers together: an answer waits until it may be sent, a display is left out.

Each worker takes an equal share of each limit. So all calls together stay below Slack's limit, and no worker has to
ask another one before a call.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cachetools import LRUCache

# Calls a minute (https://docs.slack.dev/apis/web-api/rate-limits): Tier 3 is 50, Tier 4 is 100. Where the bot calls
# the method too, the workers leave it a part. Posts: Slack allows "several hundred" in a workspace, and one a second
# in a channel.
CALLS_PER_MINUTE = {
    "agents_sessions_rename": 50,
    "agents_sessions_setStatus": 50,
    "assistant_threads_setStatus": 600,
    "chat_appendStream": 100,
    "chat_delete": 50,
    "chat_postEphemeral": 100,
    "chat_postMessage": 240,
    "chat_startStream": 20,
    "chat_stopStream": 20,
    "chat_update": 50,
    "conversations_info": 40,
    "conversations_replies": 30,
    "files_completeUploadExternal": 100,
    "files_delete": 50,
    "files_getUploadURLExternal": 100,
    "files_info": 100,
    "files_list": 50,
    "users_info": 90,
}
# No answer needs these methods, so displays may use all of their calls.
ONLY_FOR_DISPLAY = {"chat_appendStream", "chat_startStream"}
POSTS_PER_MINUTE_AND_CHANNEL = 60
POST_BURST = 4  # Slack allows "short bursts" and gives no number
# Parts of a limit: a full bucket holds the first part, and the second part is added in the course of a minute. Even if
# a full bucket is emptied at once, the two together are not more than the limit.
_AT_ONCE = 1 / 4
_REFILLED = 3 / 4
BUCKETS_REMEMBERED = 1_000  # one for each method and for each channel; a forgotten one starts full again
logger = logging.getLogger(__name__)


@dataclass
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


class SlackBudget:
    """The calls that this worker may make.

    `share` gives this worker's part of the limits, between 0 and 1; `clock` and `sleep` are in seconds.
    """

    def __init__(
        self,
        share: Callable[[], float] = lambda: 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._share = share
        self._clock = clock
        self._sleep = sleep
        self._buckets: LRUCache[tuple[str, str], _Bucket] = LRUCache(BUCKETS_REMEMBERED)

    async def wait(self, method: str, channel: str = "") -> None:
        """Returns when the call may be made. For calls that an answer needs."""
        while seconds := max((self._lacks(bucket, 1) for bucket in self._of(method, channel)), default=0.0):
            await self._sleep(seconds)
        self._take(method, channel)

    def spare(self, method: str, channel: str = "") -> bool:
        """Takes a call for a display, if half of the calls stay free for answers; otherwise False: leave it out."""
        kept = 0 if method in ONLY_FOR_DISPLAY else 1 / 2
        if any(self._lacks(bucket, 1 + self._capacity(bucket) * kept) for bucket in self._of(method, channel)):
            return False
        self._take(method, channel)
        return True

    def pause(self, method: str, seconds: float) -> None:
        """Allows no call of the method for so many seconds: Slack has refused one because of its limits."""
        for bucket in self._of(method, ""):
            bucket.paused_until = self._clock() + seconds
        logger.warning("rate limited by Slack", extra={"method": method, "seconds": seconds})

    def _of(self, method: str, channel: str) -> list[_Bucket]:
        """The buckets from which a call is taken; none for a method without a limit."""
        if method not in CALLS_PER_MINUTE:
            return []
        per_minute = CALLS_PER_MINUTE[method]
        buckets = [self._bucket(method, "", per_minute * _AT_ONCE, per_minute * _REFILLED / 60)]
        if method == "chat_postMessage" and channel:
            buckets.append(self._bucket(method, channel, POST_BURST, POSTS_PER_MINUTE_AND_CHANNEL / 60))
        return buckets

    def _bucket(self, method: str, channel: str, capacity: float, per_second: float) -> _Bucket:
        key = (method, channel)
        bucket = self._buckets.get(key)
        if bucket is None:
            full = max(1.0, capacity * self._share())
            bucket = self._buckets[key] = _Bucket(capacity, per_second, full, self._clock())
        self._refill(bucket)
        return bucket

    def _refill(self, bucket: _Bucket) -> None:
        now = self._clock()
        refilled = bucket.tokens + (now - bucket.counted_at) * bucket.per_second * self._share()
        bucket.tokens, bucket.counted_at = min(self._capacity(bucket), refilled), now

    def _capacity(self, bucket: _Bucket) -> float:
        return max(1.0, bucket.capacity * self._share())

    def _lacks(self, bucket: _Bucket, tokens: float) -> float:
        """The seconds until the bucket holds this many tokens; 0.0 if it does now."""
        pause = max(0.0, bucket.paused_until - self._clock())
        missing = min(tokens, self._capacity(bucket)) - bucket.tokens
        return max(pause, missing / (bucket.per_second * self._share()) if missing > 1e-9 else 0.0)  # noqa: PLR2004

    def _take(self, method: str, channel: str) -> None:
        for bucket in self._of(method, channel):
            bucket.tokens -= 1
