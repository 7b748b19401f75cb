"""What an error answer of Gemini means: whether another attempt may succeed and when, or why the turn fails. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.payloads import errors
from text.json_shapes import mapping, mappings, string

LONGEST_DELAY = timedelta(minutes=5)  # so that an odd answer cannot make a person wait for hours
_CANCELLED = 499  # Google's status for "The operation was cancelled."
_TRANSIENT = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, _CANCELLED)
_PERMANENT = range(400, 500)
_CONSTANT = re.compile(r"[A-Za-z]+([-_][A-Za-z]+)*")
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?")


def from_answer(status: int, body: object, retry_after: str | None = None) -> ApplicationError:
    """Translates an HTTP error answer: its status, its JSON body (of any shape) and its Retry-After header.

    The error carries only the status and Google's constants. Gemini's message is left out, because it may repeat the
    key or what people wrote.
    """
    details = mappings(_error(body).get("details"))
    fact = " ".join([str(status), *_constants(body, details)])
    if status == HTTPStatus.TOO_MANY_REQUESTS and any("PerDay" in quota for quota in _quotas(details)):
        return errors.final(errors.DAILY_QUOTA, fact)
    if status in _TRANSIENT or status not in _PERMANENT:
        return errors.retryable(errors.MODEL_UNAVAILABLE, fact, _delay(details, retry_after))
    return errors.final(_code(status, body, details), fact)


def is_about_signatures(status: int, body: object) -> bool:
    """Whether Gemini refuses the thought signatures of the request: missing, of another model, or corrupted."""
    return status == HTTPStatus.BAD_REQUEST and "thought signature" in _message(body).replace("_", " ")


def _code(status: int, body: object, details: list[Mapping[str, Any]]) -> str:
    """Our code for an error that the request itself causes; `status` is 4xx."""
    if status == HTTPStatus.BAD_REQUEST:
        return _code_of_bad_request(body, details)
    codes = {
        HTTPStatus.UNAUTHORIZED.value: errors.BAD_API_KEY,
        HTTPStatus.FORBIDDEN.value: errors.NOT_PERMITTED,
        HTTPStatus.NOT_FOUND.value: errors.UNKNOWN_MODEL,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value: errors.TOO_LONG,
    }
    return codes.get(status, errors.REFUSED_REQUEST)


def _code_of_bad_request(body: object, details: list[Mapping[str, Any]]) -> str:
    """Our code for status 400, which Gemini uses for several kinds of errors."""
    message = _message(body)
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details) or "api key not valid" in message:
        return errors.BAD_API_KEY
    if _error(body).get("status") == "FAILED_PRECONDITION":  # Gemini is not offered in this country, or needs billing
        return errors.NOT_PERMITTED
    if "exceeds the maximum number of tokens" in message:
        return errors.TOO_LONG
    return errors.REFUSED_REQUEST


def _delay(details: list[Mapping[str, Any]], retry_after: str | None) -> timedelta | None:
    """How long Gemini asks to wait: RetryInfo's "17.402s", or the header's seconds; None if it names neither."""
    named = [str(detail["retryDelay"]).removesuffix("s") for detail in details if "retryDelay" in detail]
    seconds = [float(text) for text in [*named, retry_after or ""] if _SECONDS.fullmatch(text)]
    return min(timedelta(seconds=seconds[0]), LONGEST_DELAY) if seconds else None


def _constants(body: object, details: list[Mapping[str, Any]]) -> list[str]:
    """The status name, reasons and quotas that look like words that Google defines; a key has digits."""
    reasons = [detail.get("reason") for detail in details]
    words = [_error(body).get("status"), *reasons, *_quotas(details)]
    return [word for word in words if isinstance(word, str) and _CONSTANT.fullmatch(word)]


def _quotas(details: list[Mapping[str, Any]]) -> list[str]:
    return [string(violation.get("quotaId")) for detail in details for violation in mappings(detail.get("violations"))]


def _message(body: object) -> str:
    return string(_error(body).get("message")).lower()


def _error(body: object) -> Mapping[str, Any]:
    """The error object in the body. Of an answer that is no JSON the SDK makes the error object itself."""
    answer = mapping(body)
    return mapping(answer.get("error", answer))
