"""The real worker, but it tries to tell a kept answer again every second, so that a test need not wait for a week."""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.workflow import deliveries
from process import lifetime

if __name__ == "__main__":
    deliveries.LATER = (timedelta(seconds=1),) * 30
    lifetime.run(main)
