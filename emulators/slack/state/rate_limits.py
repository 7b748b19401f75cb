"""How often the app may call: Slack's tiers, the posting limit per channel, and the limit of distributed apps."""

from __future__ import annotations

import math
from collections import defaultdict, deque

from emulators.slack.rules.errors import RateLimitedError
from emulators.slack.state.clock import Clock

POSTS_PER_SECOND = 1.0  # per channel
POST_BURST = 5  # Slack says "short bursts are allowed" and no number
WINDOW = 60.0
# Calls per minute, by Slack's tiers (2: 20, 3: 50, 4: 100). Methods that are not listed have no limit here.
CALLS_PER_MINUTE = {
    "agents.sessions.rename": 50,
    "agents.sessions.setStatus": 50,
    "apps.connections.open": 50,
    "assistant.threads.setStatus": 600,
    "assistant.threads.setSuggestedPrompts": 100,
    "assistant.threads.setTitle": 100,
    "bots.info": 50,
    "chat.appendStream": 100,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.join": 50,
    "conversations.open": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "files.info": 100,
    "reactions.add": 50,
    "users.conversations": 50,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
    "views.update": 100,
}
# What apps that are distributed outside the Marketplace get for reading conversations.
DISTRIBUTED_READS = ("conversations.history", "conversations.replies")
DISTRIBUTED_PAGE = 15


class RateLimits:
    """Two profiles, both off unless asked for: Slack's usual limits, and those of distributed apps for reading."""

    def __init__(self, clock: Clock, *, usual: bool, distributed: bool) -> None:
        self._clock = clock
        self._usual = usual
        self._distributed = distributed
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, tuple[float, float]] = {}  # channel: tokens left, when they were counted

    def check(self, method: str, channel: str) -> None:
        """Count this call; raises RateLimitedError, which does not count, when it is one too many."""
        if self._distributed and method in DISTRIBUTED_READS:
            self._check_window(method, 1)
        elif self._usual and method == "chat.postMessage":
            self._check_posts(channel)
        elif self._usual and method in CALLS_PER_MINUTE:
            self._check_window(method, CALLS_PER_MINUTE[method])

    @property
    def largest_page(self) -> int | None:
        """How many messages one page of a listing may hold at most, when there is a particular limit."""
        return DISTRIBUTED_PAGE if self._distributed else None

    def _check_window(self, method: str, limit: int) -> None:
        now = self._clock.now()
        calls = self._calls[method]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= limit:
            raise RateLimitedError(max(1, math.ceil(calls[0] + WINDOW - now)))
        calls.append(now)

    def _check_posts(self, channel: str) -> None:
        now = self._clock.now()
        tokens, counted = self._posts.get(channel, (float(POST_BURST), now))
        tokens = min(POST_BURST, tokens + (now - counted) * POSTS_PER_SECOND)
        if tokens < 1:
            raise RateLimitedError(max(1, math.ceil((1 - tokens) / POSTS_PER_SECOND)))
        self._posts[channel] = (tokens - 1, now)
