"""How the emulator says no: Slack's error names with the details that Slack sends along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """An `{"ok": false, "error": code}` answer; `details` are further top-level fields of it."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.details}


class RateLimitedError(Exception):
    """HTTP 429; `retry_after` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


def invalid(code: str, problems: Sequence[str]) -> SlackError:
    """A validation error, with the problems in both places in which Slack repeats them."""
    return SlackError(
        code, errors=list(problems), response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]}
    )
