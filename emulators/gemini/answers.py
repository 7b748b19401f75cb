"""What a request can be answered with: the small language in which tests and the demo write Gemini's answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from emulators.gemini import bodies
from emulators.gemini.held_streams import HeldStream
from emulators.gemini.received import ModelRequest

Predicate = Callable[[ModelRequest], bool]
_TEXT = "text/html; charset=UTF-8"
_JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Expectation:
    """What the answered request must look like; a field that is None is not looked at."""

    contains: str | None = None
    lacks: str | None = None
    mode: str | None = None
    tool: str | None = None

    def complaint(self, request: ModelRequest) -> str | None:
        """What is wrong with the request, or None."""
        if self.contains is not None and not request.mentions(self.contains):
            return f"expected a request whose contents contain {self.contains!r}"
        if self.lacks is not None and request.mentions(self.lacks):
            return f"expected a request whose contents do not contain {self.lacks!r}"
        if self.mode is not None and request.mode != self.mode:
            return f"expected a request with mode {self.mode}, not {request.mode}"
        if self.tool is not None and self.tool not in request.tool_names:
            return f"expected a request that declares {self.tool}"
        return None


@dataclass(frozen=True)
class Answer:
    """One answer to one request."""

    expectations: tuple[Expectation, ...] = field(default=(), kw_only=True)

    def given(
        self, *, contains: str | None = None, lacks: str | None = None, mode: str | None = None, tool: str | None = None
    ) -> Self:
        """The same answer, only for such a request: any other one is answered with 500 and fails the test."""
        expectation = Expectation(contains=contains, lacks=lacks, mode=mode, tool=tool)
        return replace(self, expectations=(*self.expectations, expectation))


@dataclass(frozen=True)
class Text:
    text: str
    thought: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Call:
    name: str
    args: Mapping[str, Any] | None
    has_id: bool = True


@dataclass(frozen=True)
class Said(Answer):
    """A candidate. The first of its calls gets a thought signature; `finish_reason` None leaves it out.

    `pieces` is how many chunks of a stream the visible text comes in (None: a few), `pause` the seconds between chunks.
    """

    parts: tuple[Text | Call, ...] = ()
    finish_reason: str | None = "STOP"
    pieces: int | None = None
    pause: float = 0.0

    def in_pieces(self, count: int, pause: float = 0.0) -> Self:
        """The same in so many chunks, where it is streamed; ValueError for a text that is too short for them."""
        texts = [part.text for part in self.parts if isinstance(part, Text) and not part.thought]
        if not texts or not 1 <= count <= min(map(len, texts)):
            raise ValueError(f"{texts} cannot be cut into {count} pieces")
        return replace(self, pieces=count, pause=pause)


@dataclass(frozen=True)
class Json(Answer):
    """A whole response object as it is, for shapes that the others cannot say."""

    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw(Answer):
    """An HTTP answer as it is."""

    status: int = 200
    body: str = ""
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut(Answer):
    """The connection is dropped: before anything is sent, or in the middle of what is said."""

    middle_of: Said | None = None


@dataclass(frozen=True)
class ErrorInStream(Answer):
    """HTTP 200 and the first half of what is said, then the error's body; not streamed, it is the error alone."""

    error: Raw = field(default_factory=Raw)
    middle_of: Said | None = None


@dataclass(frozen=True)
class Stopping(Answer):
    """What is said stops after so many chunks, for as long as it is held."""

    said: Said
    after: int
    held: HeldStream


@dataclass(frozen=True)
class Slow(Answer):
    answer: Answer = field(default_factory=Answer)
    seconds: float = 0.0


@dataclass(frozen=True)
class When:
    """An answer for the first request that fits, whenever it comes."""

    fits: Predicate
    answer: Answer


def text(text: str, *, thought: str = "", signed: bool = False) -> Said:
    """A final text, after a thought if one is given; `signed` puts a signature on it, as Gemini 3 sometimes does."""
    return Said((*_thoughts(thought), Text(text, signed=signed)))


def thought(text: str) -> Said:
    """Thoughts and nothing else."""
    return Said(_thoughts(text))


def calls(
    *calls: tuple[str, Mapping[str, Any] | None], text: str = "", thought: str = "", with_ids: bool = True
) -> Said:
    """One content with these calls (several are parallel ones); args None leaves the field out."""
    said = (Text(text),) if text else ()
    return Said((*_thoughts(thought), *said, *(Call(name, args, with_ids) for name, args in calls)))


def finish(reason: str | None, said: Said | None = None) -> Said:
    """What was said, or nothing at all, ended for this finish reason."""
    return replace(said or Said(), finish_reason=reason)


def empty() -> Said:
    """STOP without a word, which happens in practice."""
    return Said()


def lone_signature() -> Said:
    """STOP with an empty text that has a signature."""
    return Said((Text("", signed=True),))


def blocked_prompt(reason: str = "SAFETY") -> Json:
    """No candidate: the prompt itself was blocked."""
    return Json(
        {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 9}}
    )


def raw(response: Mapping[str, Any]) -> Json:
    return Json(response)


def empty_body() -> Raw:
    """HTTP 200 with nothing in it."""
    return Raw(200, "")


def garbage(status: int = 200) -> Raw:
    """Declared as JSON, which it is not."""
    return Raw(status, '{"candidates": [{"content"')


def error(
    status: int,
    message: str | None = None,
    *,
    status_name: str | None = None,
    details: Sequence[Mapping[str, Any]] = (),
    retry_delay: str | None = None,
    retry_after: str | None = None,
) -> Raw:
    """An error with Gemini's usual body; `retry_delay` ("2s") is RetryInfo's, `retry_after` the HTTP header's."""
    if status == 429 and message is None:
        body = bodies.rate_limited(retry_delay)
    else:
        body = bodies.error_body(status, message, status_name=status_name, details=details)
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Raw(status, json.dumps(body), headers=headers)


def daily_quota(model: str = "gemini-3.8-flash") -> Raw:
    """429 that lasts until tomorrow, although it names a retry delay of seconds."""
    return Raw(429, json.dumps(bodies.daily_quota(model, "17s")))


def bad_key() -> Raw:
    return Raw(400, json.dumps(bodies.bad_key().body))


def unsupported_location() -> Raw:
    return error(400, "User location is not supported for the API use.", status_name="FAILED_PRECONDITION")


def too_long() -> Raw:
    return error(400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")


def html_error(status: int = 502) -> Raw:
    """What a proxy in between answers."""
    return Raw(status, f"<html><head><title>{status}</title></head><body>That's an error.</body></html>", _TEXT)


def cut(middle_of: Said | None = None) -> Cut:
    return Cut(middle_of)


def error_in_stream(error: Raw, middle_of: Said | None = None) -> ErrorInStream:
    """The error comes in mid-stream, before anything is said or in the middle of it; ValueError for a page of HTML."""
    if "error" not in json.loads(error.body):
        raise ValueError(f"{error.body!r} is not an error of Gemini")
    return ErrorInStream(error, middle_of)


def slow(answer: Answer, seconds: float) -> Slow:
    return Slow(answer, seconds)


def when(fits: Predicate, answer: Answer) -> When:
    """Served out of order, for conversations that run at the same time."""
    return When(fits, answer)


def _thoughts(text: str) -> tuple[Text, ...]:
    return (Text(text, thought=True),) if text else ()
