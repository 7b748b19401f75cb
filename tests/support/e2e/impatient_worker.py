"""The real worker, but one attempt at a call of Slack has two seconds, so that a test need not wait for minutes."""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.workflow import activity_calls
from process import lifetime

if __name__ == "__main__":
    activity_calls.SLACK_TIMEOUT = timedelta(seconds=2)
    lifetime.run(main)
