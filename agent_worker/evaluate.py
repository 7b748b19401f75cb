"""`python -m agent_worker.evaluate`: tries the agent with cases (docs/evaluations.md).

This is only the door. A case is played in a stand-in for Slack, which the package `evaluations` starts; an image for
production has neither.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":  # Ctrl-C ends it without a traceback also while the rest is imported
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import importlib
import sys

from process import lifetime

COMMAND = "evaluations.command"
MISSING = "Evaluations run in a checkout of the project, with `make eval`: this installation has no stand-in for Slack."
NOT_RUN = 2


def main() -> None:
    try:
        command = importlib.import_module(COMMAND)
    except ModuleNotFoundError as error:
        print(f"{MISSING} ({error.name} is not there.)", file=sys.stderr)
        raise SystemExit(NOT_RUN) from None
    lifetime.run(command.main)


if __name__ == "__main__":
    main()
