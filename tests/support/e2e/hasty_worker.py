"""The real worker, but less patient with Gemini.

It asks again every second, tells a thread after two seconds that Gemini does not answer, and gives up a question after
four failures.
"""

from __future__ import annotations

from datetime import timedelta

from agent_worker.__main__ import main
from agent_worker.activities import model_call
from agent_worker.payloads import errors
from agent_worker.workflow import activity_calls
from process import lifetime

if __name__ == "__main__":
    model_call.TELLS_WITHIN = timedelta(seconds=2)
    activity_calls.LONGEST_PAUSE = timedelta(seconds=1)
    errors._MOST_ATTEMPTS[errors.MODEL_FAILED] = 4
    lifetime.run(main)
