"""The forms in which Slack gives ids and moments, and how to read what may have any other form. Nothing here raises."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

# The lengths leave room, and keep a workflow's id below Temporal's 1,000 bytes.
PERSON = re.compile(r"[UW][A-Z0-9]{1,63}")
AUTHOR = re.compile(r"[UWB][A-Z0-9]{1,63}")
CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,63}")
FILE = re.compile(r"F[A-Z0-9]{1,63}")
WORKSPACE = re.compile(r"T[A-Z0-9]{1,63}")
INSTALLATION = re.compile(r"[TE][A-Z0-9]{1,63}")  # of a workspace, or of an organisation with several
TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")


def has_form(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def string(value: object, longest: int) -> str:
    """The beginning of a text, as UTF-8 can write it; "" for what is none."""
    return value[:longest].encode("utf-8", errors="replace").decode("utf-8") if isinstance(value, str) else ""


def ts_of_now() -> str:
    """This moment as Slack writes it in a `ts`."""
    return f"{time.time():.6f}"
