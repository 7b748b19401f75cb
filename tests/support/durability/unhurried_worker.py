"""The real worker, but in no hurry: for tests that hold many conversations, each at an exact step.

It knows of no rate limits, to which displays give way, and waits longer for Slack and for a display than is sensible:
what is held must still be held when the last conversation has come to its step.
"""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.slack.rate_limits import CALLS_PER_MINUTE
from agent_worker.slack.thread import progress_queue, status
from agent_worker.workflow import activity_calls
from process import lifetime, slack

if __name__ == "__main__":
    CALLS_PER_MINUTE.clear()  # a method that is not listed has no limit
    slack.CALL_TIMEOUT = 90
    activity_calls.PROGRESS_TIMEOUT = timedelta(seconds=90)
    activity_calls.LINKS_TIMEOUT = timedelta(seconds=90)
    activity_calls.HEARTBEAT_TIMEOUT = activity_calls.LONG_HEARTBEAT_TIMEOUT = timedelta(seconds=15)
    status.DEADLINE = 90.0
    progress_queue.LONGEST_DISPLAY = 90.0
    lifetime.run(main)
