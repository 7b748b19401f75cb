"""The real worker, but its verdicts on people hold for a second only, so that a test need not wait for minutes."""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.conversation import participants
from agent_worker.slack import directory
from process import lifetime

if __name__ == "__main__":
    participants.VERDICT_LASTS = 1.0
    directory.REMEMBERED_FOR = timedelta(seconds=1)
    lifetime.run(main)
