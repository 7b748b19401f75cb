"""Logs as events: a constant message and its facts, as lines or as JSON.

What people write and tokens must never be in a log.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

from text.characters import for_terminal

# At DEBUG these libraries log whole requests, with messages and prompts. They log errors only, whatever LOG_LEVEL is.
_TALKATIVE = ("slack_bolt", "slack_sdk", "aiohttp", "httpx", "httpcore", "google_genai", "google.genai")
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def configure(log_format: Literal["json", "lines"], level: str) -> None:
    """Sends all logs of this process to standard error, at `level` and above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json() if log_format == "json" else Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def _json() -> JsonFormatter:
    names = {"asctime": "time", "levelname": "level", "name": "logger"}
    return JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=names)


class Lines(logging.Formatter):
    """One line for each event: `06:02:11 INFO agent_worker: worker is ready task_queue=agent`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return for_terminal(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        facts.pop("temporal_activity", None)
        facts.pop("temporal_workflow", None)
        return " ".join([super().formatMessage(record), *(f"{name}={value}" for name, value in facts.items())])
