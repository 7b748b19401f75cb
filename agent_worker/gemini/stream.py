"""An answer of Gemini that comes in pieces, put together to what it would have been in one piece. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]


class Assembly:
    """Takes the chunks of one streamed GenerateContentResponse (JSON, camelCase), in their order."""

    def __init__(self) -> None:
        self._parts: list[Json] = []
        self._rest: Json = {}
        self._finish: Json = {}

    def add(self, chunk: Mapping[str, Any]) -> str:
        """The visible text that this chunk adds."""
        self._rest |= {name: value for name, value in chunk.items() if name != "candidates"}
        candidate = _first(chunk.get("candidates"))
        self._finish |= {name: value for name, value in candidate.items() if name != "content"}
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, Mapping) else None
        added = [part for part in parts or [] if isinstance(part, Mapping)]
        for part in added:
            self._add_part(dict(part))
        return _visible(added)

    @property
    def is_complete(self) -> bool:
        """Whether the end has come: a finish reason, or word that nothing will come."""
        return "finishReason" in self._finish or "promptFeedback" in self._rest

    def response(self) -> Json:
        """The whole response."""
        if not self._parts and not self._finish:
            return self._rest
        content = {"role": "model", "parts": self._parts}
        return {**self._rest, "candidates": [{"content": content, **self._finish}]}

    def _add_part(self, part: Json) -> None:
        """Text goes on in the part before it, if that is of the same kind; a signature stays with what it came with."""
        last = self._parts[-1] if self._parts else {}
        if _is_plain(last) and _is_plain(part) and bool(last.get("thought")) == bool(part.get("thought")):
            self._parts[-1] = {**last, "text": last["text"] + part["text"]}
        elif part:
            self._parts.append(part)


def _is_plain(part: Mapping[str, Any]) -> bool:
    return part.keys() <= {"text", "thought"} and isinstance(part.get("text"), str)


def _visible(parts: Iterable[Mapping[str, Any]]) -> str:
    texts = (part.get("text") for part in parts if not part.get("thought"))
    return "".join(text for text in texts if isinstance(text, str))


def _first(values: object) -> Mapping[str, Any]:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], Mapping) else {}
