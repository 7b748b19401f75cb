"""How often the app may call each method: Slack's tiers, and the limit of posts in one channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque

from emulators.slack.clock import Clock
from emulators.slack.rules.errors import RateLimitedError

POSTS_PER_SECOND = 1.0  # in each channel
POST_BURST = 5  # chosen: Slack says "short bursts are allowed" and gives no number
WINDOW_SECONDS = 60.0
# Calls per minute, by Slack's tiers (2: 20, 3: 50, 4: 100) or, for searches and permalinks, by what Slack says of that
# method alone. Methods that are not listed have no limit here.
CALLS_PER_MINUTE = {
    "agents.sessions.rename": 50,
    "agents.sessions.setStatus": 50,
    "apps.connections.open": 50,
    "assistant.search.context": 10,  # all of them may come in one burst
    "assistant.threads.setStatus": 600,
    "assistant.threads.setSuggestedPrompts": 100,
    "assistant.threads.setTitle": 100,
    "bots.info": 50,
    "chat.appendStream": 100,
    "chat.delete": 50,
    "chat.getPermalink": 300,  # chosen: Slack says "hundreds per minute"
    "chat.postEphemeral": 100,
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.list": 20,
    "conversations.members": 100,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.delete": 50,
    "files.getUploadURLExternal": 100,
    "files.info": 100,
    "files.list": 50,
    "reactions.add": 50,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "users.conversations": 50,
    "users.info": 100,
    "users.list": 20,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}


class RateLimits:
    """Counts the calls, if the limits are on."""

    def __init__(self, clock: Clock, *, are_on: bool) -> None:
        self._clock = clock
        self._are_on = are_on
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, tuple[float, float]] = {}  # channel: posts left, and when they were counted

    def check(self, method: str, channel: str) -> None:
        """Count this call. Raises RateLimitedError, and does not count it, if it is one too many."""
        if self._are_on and method == "chat.postMessage":
            self._check_posts(channel)
        elif self._are_on and method in CALLS_PER_MINUTE:
            self._check_window(method, CALLS_PER_MINUTE[method])

    def _check_window(self, method: str, limit: int) -> None:
        now = self._clock.now()
        calls = self._calls[method]
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= limit:
            raise RateLimitedError(max(1, math.ceil(calls[0] + WINDOW_SECONDS - now)))
        calls.append(now)

    def _check_posts(self, channel: str) -> None:
        now = self._clock.now()
        left, counted = self._posts.get(channel, (float(POST_BURST), now))
        left = min(POST_BURST, left + (now - counted) * POSTS_PER_SECOND)
        if left < 1:
            raise RateLimitedError(max(1, math.ceil((1 - left) / POSTS_PER_SECOND)))
        self._posts[channel] = (left - 1, now)
