"""The answers that go wrong: HTTP errors, garbage, late answers, and connections that break.

A test scripts a fault as it scripts any other answer: `gemini.script(faults.error(503))`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.gemini import errors
from emulators.gemini.answers import Answer, Said

_HTML = "text/html; charset=UTF-8"
_JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Raw(Answer):
    """An HTTP response as it is."""

    status: int = 200
    body: str = ""
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut(Answer):
    """The connection is dropped: before anything is sent, or after the first half of `middle_of`."""

    middle_of: Said | None = None


@dataclass(frozen=True)
class ErrorInStream(Answer):
    """HTTP 200 and the first half of `middle_of`, then the body of the error. Without a stream, the error alone."""

    error: Raw = field(default_factory=Raw)
    middle_of: Said | None = None


@dataclass(frozen=True)
class Slow(Answer):
    """The answer, `seconds` later."""

    answer: Answer = field(default_factory=Answer)
    seconds: float = 0.0


def error(
    status: int,
    message: str | None = None,
    *,
    status_name: str | None = None,
    details: Sequence[Mapping[str, Any]] = (),
    retry_delay: str | None = None,
    retry_after: str | None = None,
) -> Raw:
    """An error with Gemini's usual body. `retry_delay` ("2s") goes into RetryInfo, `retry_after` into the header."""
    if status == 429 and message is None:
        body = errors.rate_limited(retry_delay)
    else:
        body = errors.error_body(status, message, status_name=status_name, details=details)
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Raw(status, json.dumps(body), headers=headers)


def daily_quota(model: str = "gemini-3.8-flash") -> Raw:
    """429 that lasts until tomorrow, although it names a retry delay of seconds."""
    return Raw(429, json.dumps(errors.daily_quota(model, "17s")))


def bad_key() -> Raw:
    """400 for a wrong API key."""
    return Raw(400, json.dumps(errors.bad_key().body))


def unsupported_location() -> Raw:
    """400 for a country in which Gemini is not offered."""
    return error(400, "User location is not supported for the API use.", status_name="FAILED_PRECONDITION")


def too_long() -> Raw:
    """400 for contents with more tokens than the model takes."""
    return error(400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")


def html_error(status: int = 502) -> Raw:
    """What a proxy in between answers."""
    return Raw(status, f"<html><head><title>{status}</title></head><body>That's an error.</body></html>", _HTML)


def garbage(status: int = 200) -> Raw:
    """A body that is declared as JSON and is none."""
    return Raw(status, '{"candidates": [{"content"')


def empty_body() -> Raw:
    """HTTP 200 with nothing in it."""
    return Raw(200, "")


def cut(middle_of: Said | None = None) -> Cut:
    """A connection that breaks: before the answer, or in the middle of it."""
    return Cut(middle_of)


def error_in_stream(error: Raw, middle_of: Said | None = None) -> ErrorInStream:
    """An error that comes in a stream, at its beginning or in the middle. Raises ValueError for a page of HTML."""
    if "error" not in json.loads(error.body):
        raise ValueError(f"{error.body!r} is not an error of Gemini")
    return ErrorInStream(error, middle_of)


def slow(answer: Answer, seconds: float) -> Slow:
    """The answer, `seconds` later."""
    return Slow(answer, seconds)
