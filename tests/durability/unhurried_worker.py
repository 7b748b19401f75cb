"""The real worker, but in no hurry: for tests that hold every display of many conversations at an exact step.

It knows of no rate limits, to which displays give way, and waits longer for a display than it is worth.
"""

from __future__ import annotations

from datetime import timedelta

from agent_worker import slack_displays, slack_sessions, steps
from agent_worker.__main__ import main
from agent_worker.slack_budget import CALLS_PER_MINUTE
from process import lifetime

if __name__ == "__main__":
    CALLS_PER_MINUTE.clear()  # a method that is not listed has no limit
    steps.PROGRESS_TIMEOUT = timedelta(seconds=30)
    slack_sessions.DEADLINE = 30.0
    slack_displays.LONGEST_DISPLAY = 30.0
    lifetime.run(main)
