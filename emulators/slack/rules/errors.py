"""How a refusal is answered: Slack's error name, with the details that Slack sends along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """The answer `{"ok": false, "error": code}`; `details` are further fields of it."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.details}


class RateLimitedError(Exception):
    """HTTP 429; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


def invalid(code: str, problems: Sequence[str]) -> SlackError:
    """A validation error that names its problems, in both of the places where Slack puts them."""
    return SlackError(
        code, errors=list(problems), response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]}
    )
