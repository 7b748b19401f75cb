"""The real worker, of whose death no heartbeat would tell within an hour, and which learns of a stop from none."""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.workflow import activity_calls
from process import lifetime

if __name__ == "__main__":
    activity_calls.HEARTBEAT_TIMEOUT = activity_calls.LONG_HEARTBEAT_TIMEOUT = timedelta(hours=1)
    lifetime.run(main)
