"""The real worker, but what it knows of a person holds for seconds, so that a run can wait until it is forgotten."""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.conversation import participants
from agent_worker.slack import directory
from process import lifetime

# More often would not do: Slack allows 100 calls of `users.info` a minute.
VERDICT_LASTS, REMEMBERED_FOR = 5.0, 15.0  # seconds

if __name__ == "__main__":
    participants.VERDICT_LASTS = VERDICT_LASTS
    directory.REMEMBERED_FOR = timedelta(seconds=REMEMBERED_FOR)
    lifetime.run(main)
