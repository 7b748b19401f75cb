"""How long an attempt of an activity may wait for Slack's rate limits, in addition to the time for its work."""

from __future__ import annotations

from datetime import timedelta

# Heartbeats show that the attempt lives. Much less would be used up where very many threads share few calls a minute.
LONGEST_WAIT = timedelta(minutes=5)
