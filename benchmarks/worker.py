"""The product's worker as it is, but for Slack's rate limits: a stub has none, and neither reference keeps them.

With the limits the numbers would be Slack's: 240 posts a minute in a workspace, however fast the agent is.
"""

from __future__ import annotations

from agent_worker.__main__ import main
from agent_worker.slack.rate_limits import CALLS_PER_MINUTE
from process import lifetime

if __name__ == "__main__":
    CALLS_PER_MINUTE.clear()  # a method that is not listed has no limit
    lifetime.run(main)
