"""The answers that Gemini gives when all is well, as tests and the demo write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from emulators.gemini.request import ModelRequest

Predicate = Callable[[ModelRequest], bool]


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
        """The same answer for such a request only: any other request gets HTTP 500 and fails the test."""
        expectation = Expectation(contains=contains, lacks=lacks, mode=mode, tool=tool)
        return replace(self, expectations=(*self.expectations, expectation))


@dataclass(frozen=True)
class Text:
    """A text part; `signed` gives it a thought signature."""

    text: str
    thought: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Call:
    """A function call; `args` None leaves the field out, `has_id` False the id."""

    name: str
    args: Mapping[str, Any] | None
    has_id: bool = True


@dataclass(frozen=True)
class Said(Answer):
    """One candidate. Its first call gets a thought signature; `finish_reason` None leaves the reason out.

    In a stream the visible text comes in `pieces` chunks (None: a few), `pause` seconds apart.
    """

    parts: tuple[Text | Call, ...] = ()
    finish_reason: str | None = "STOP"
    pieces: int | None = None
    pause: float = 0.0

    def in_pieces(self, count: int, pause: float = 0.0) -> Self:
        """The same answer, streamed in `count` chunks. Raises ValueError if the text is too short for them."""
        texts = [part.text for part in self.parts if isinstance(part, Text) and not part.thought]
        if not texts or not 1 <= count <= min(map(len, texts)):
            raise ValueError(f"{texts} cannot be cut into {count} pieces")
        return replace(self, pieces=count, pause=pause)


@dataclass(frozen=True)
class Json(Answer):
    """A whole response object, for shapes that `Said` cannot express."""

    response: Mapping[str, Any] = field(default_factory=dict)


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
    """One content with these calls, `(name, args)` each; several calls are parallel ones."""
    said = (Text(text),) if text else ()
    return Said((*_thoughts(thought), *said, *(Call(name, args, with_ids) for name, args in calls)))


def finish(reason: str | None, said: Said | None = None) -> Said:
    """`said`, or an answer without parts, with this finish reason."""
    return replace(said or Said(), finish_reason=reason)


def empty() -> Said:
    """STOP without a part, which happens in practice."""
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
    """A response object as it is."""
    return Json(response)


def when(fits: Predicate, answer: Answer) -> When:
    """The answer for the first request that fits, for conversations that run at the same time."""
    return When(fits, answer)


def _thoughts(text: str) -> tuple[Text, ...]:
    return (Text(text, thought=True),) if text else ()
