"""The real worker as if Slack had no rate limits, for tests in which every display of many conversations must happen.

With the limits, displays give way when many conversations are at work, and could not be held at an exact step.
"""

from __future__ import annotations

from agent_worker.__main__ import main
from agent_worker.slack_budget import CALLS_PER_MINUTE
from process import lifetime

if __name__ == "__main__":
    CALLS_PER_MINUTE.clear()  # a method that is not listed has no limit
    lifetime.run(main)
