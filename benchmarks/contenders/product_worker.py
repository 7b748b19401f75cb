"""The product's worker without Slack's rate limits: the stub of Slack has none, and no reference keeps them.

With the limits the benchmark would measure Slack: 240 posts a minute in a workspace, however fast the agent is.
"""

from __future__ import annotations

from agent_worker.__main__ import main
from agent_worker.slack.rate_limits import CALLS_PER_MINUTE
from process import lifetime

if __name__ == "__main__":
    CALLS_PER_MINUTE.clear()  # a method that is not listed has no limit
    lifetime.run(main)
