"""What Google writes into an error answer, read from a body of any shape. Pure.

Google's message may repeat the key or what people wrote. It is read here to tell one kind of error from another, but no
part of it is kept for the log, except names of Gemini's own fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from text.json_shapes import mapping, mappings, string

LONGEST_DELAY = timedelta(minutes=5)  # so that an odd answer cannot make a person wait for hours
LONGEST_MESSAGE = 4_000  # characters of Google's message that are looked at
LONGEST_PATH = 120  # characters of a field's path in the log
MOST_VIOLATIONS = 5  # in the log; Google lists every wrong field of the request
_CONSTANT = re.compile(r"[A-Za-z]+([-_][A-Za-z]+)*")  # a word that Google defines; a key has digits
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?")
_PATH = re.compile(r"[A-Za-z_]+(\[\d{1,6}\])?(\.[A-Za-z_]+(\[\d{1,6}\])?)*")
_UNKNOWN_NAME = re.compile(r'Unknown name "([A-Za-z_]{1,40})"')
_ZERO = re.compile(r"\blimit: 0(?![\d.])")


class ErrorAnswer:
    """An HTTP error answer: its status, its JSON body (of any shape) and its Retry-After header.

    For an answer that is no JSON, such as the page of a proxy, the SDK makes a body of its own.
    """

    def __init__(self, status: int, body: object, retry_after: str | None = None) -> None:
        answer = mapping(body)
        self.status = status
        self.is_googles = isinstance(answer.get("error"), Mapping)
        self._error = mapping(answer.get("error", answer))
        self._details = mappings(self._error.get("details"))
        self._retry_after = retry_after or ""

    @property
    def state(self) -> str:
        """Google's name for the status, such as "RESOURCE_EXHAUSTED"."""
        return string(self._error.get("status"))

    @cached_property
    def message(self) -> str:
        """The beginning of Google's message, in lower case. Not for the log."""
        return string(self._error.get("message"))[:LONGEST_MESSAGE].lower()

    @property
    def is_about_the_key(self) -> bool:
        """Whether the key itself is the reason: not valid, or not meant for this API or this machine."""
        return any(reason.startswith("API_KEY_") for reason in self._reasons)

    @property
    def is_about_a_day(self) -> bool:
        """Whether a quota for each day is used up."""
        return any("PerDay" in quota for quota in self._quotas)

    @property
    def has_zero_quota(self) -> bool:
        """Whether a quota is used up that allows nothing at all: waiting does not help."""
        values = [violation.get("quotaValue") for violation in self._listed("violations")]
        values += [mapping(detail.get("metadata")).get("quota_limit_value") for detail in self._details]
        return any(str(value) == "0" for value in values) or bool(_ZERO.search(self.message))

    @property
    def has_violations(self) -> bool:
        """Whether Google names fields of the request that are wrong."""
        return bool(self._listed("fieldViolations"))

    @property
    def delay(self) -> timedelta | None:
        """How long Google asks to wait: RetryInfo's "17.402s", or the header's seconds; None if it names no time."""
        named = [str(detail["retryDelay"]).removesuffix("s") for detail in self._details if "retryDelay" in detail]
        seconds = [float(text) for text in [*named, self._retry_after] if _SECONDS.fullmatch(text)]
        if not seconds or not seconds[0]:  # with a delay of nothing, Temporal would try again without any pause
            return None
        return min(timedelta(seconds=seconds[0]), LONGEST_DELAY)

    def facts(self) -> list[str]:
        """What the log may hold: the status, words that Google defines, and the paths of wrong fields."""
        words = [word for word in [self.state, *self._reasons, *self._quotas] if _CONSTANT.fullmatch(word)]
        return [str(self.status), *dict.fromkeys(words), *self._violations()]

    @property
    def _reasons(self) -> list[str]:
        """Google's reasons, such as "API_KEY_INVALID"."""
        return [string(detail.get("reason")) for detail in self._details]

    @property
    def _quotas(self) -> list[str]:
        """The quotas that are used up, such as "GenerateRequestsPerDayPerProjectPerModel-FreeTier"."""
        named = [string(mapping(detail.get("metadata")).get("quota_limit")) for detail in self._details]
        return [string(violation.get("quotaId")) for violation in self._listed("violations")] + named

    def _violations(self) -> Iterator[str]:
        listed = self._listed("fieldViolations")
        for violation in listed[:MOST_VIOLATIONS]:
            path = string(violation.get("field"))[:LONGEST_PATH]
            name = _UNKNOWN_NAME.search(string(violation.get("description"))[:LONGEST_MESSAGE])
            wrong = [f"unknown name {name[1]}"] if name else ["wrong field"]
            yield " at ".join(wrong + ([path] if _PATH.fullmatch(path) else []))
        if len(listed) > MOST_VIOLATIONS:
            yield f"and {len(listed) - MOST_VIOLATIONS} more"

    def _listed(self, name: str) -> list[Mapping[str, Any]]:
        return [item for detail in self._details for item in mappings(detail.get(name))]
