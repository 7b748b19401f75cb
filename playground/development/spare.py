"""`python -m playground.development.spare PACKAGE`: a process that is ready to become the worker or the bot.

It imports what others have written, which takes most of the time of a start, and nothing of the project, whose files
may change until it is needed. When it reads BEGIN, it becomes `playground.development.child`. When its input ends
without that, it ends: whoever has started it is gone, or does not need it any more.
"""

from __future__ import annotations

import importlib
import runpy
import sys

BEGIN = "begin"
_BOTH = (
    *("aiohttp", "cachetools", "dotenv", "pydantic_settings", "pythonjsonlogger.json", "slack_sdk.web.async_client"),
    *("temporalio.contrib.pydantic", "temporalio.worker", "yaml"),
)
OTHERS = {
    "agent_worker": (*_BOTH, "google.genai.types", "httpx", "mcp"),
    "slackbot": (*_BOTH, "slack_bolt.adapter.socket_mode.async_handler", "slack_bolt.async_app"),
}


def main(package: str) -> None:
    for name in OTHERS[package]:
        importlib.import_module(name)
    if sys.stdin.readline().strip() == BEGIN:
        runpy.run_module("playground.development.child", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
