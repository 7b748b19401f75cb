"""Logs as events: a constant message and its facts, as lines or as JSON.

What people say and tokens are never in a log, at no level: `log_records.py` says what may be written.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter
from temporalio import activity, workflow

from process.log_records import facts, safe
from text.characters import for_terminal

# These libraries log each request. They log errors only, whatever LOG_LEVEL is.
_TALKATIVE = (
    *("slack_bolt", "slack_sdk", "aiohttp", "httpx", "httpcore", "google_genai", "google.genai"),
    *("mcp", "httpx2", "httpcore2"),
)
logger = logging.getLogger(__name__)


def configure(log_format: Literal["json", "lines"], level: str) -> None:
    """Sends all logs of this process to standard error, at `level` and above, also those that Python itself writes."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json() if log_format == "json" else Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
    # Otherwise Temporal writes the ids of the run into each message.
    workflow.logger.workflow_info_on_message = activity.logger.activity_info_on_message = False
    _take_over_what_python_writes()


def _json() -> JsonFormatter:
    names = {"asctime": "time", "levelname": "level", "name": "logger"}
    return Json("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=names)


class Json(JsonFormatter):
    """One JSON object for each event."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(safe(record))


class Lines(logging.Formatter):
    """One line for each event: `06:02:11 INFO agent_worker: worker is ready task_queue=agent`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return for_terminal(super().format(safe(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        told = [f"{name}={value}" for name, value in facts(record).items()]
        return " ".join([super().formatMessage(record), *told])


def _take_over_what_python_writes() -> None:
    """Warnings quote values, and Python prints exceptions that nobody catches: both become events."""
    warnings.showwarning = _warned  # type: ignore[assignment]  # its last arguments are for printing only
    sys.excepthook = _uncaught
    threading.excepthook = lambda thrown: _uncaught(thrown.exc_type, thrown.exc_value, thrown.exc_traceback)
    sys.unraisablehook = lambda thrown: _uncaught(thrown.exc_type, thrown.exc_value, thrown.exc_traceback)


def _warned(_: Warning | str, category: type[Warning], filename: str, lineno: int, *_more: Any) -> None:
    logger.warning("Python warns", extra={"category": category.__name__, "place": f"{filename}:{lineno}"})


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    logger.error("an exception that nobody caught", exc_info=(kind, error, trace) if error else None)
