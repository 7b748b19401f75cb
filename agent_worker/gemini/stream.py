"""The chunks of a streamed answer, joined to the response that Gemini would have sent in one piece. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent_worker.gemini.reply import has_ended, is_blocked, visible_text
from text.json_shapes import items, mapping, mappings

Json = dict[str, Any]


class Assembly:
    """Joins the chunks of one streamed GenerateContentResponse (JSON, camelCase), which are added in order.

    The pieces of a growing text are joined once, at the end: joining them at each chunk would copy the text each time.
    """

    def __init__(self) -> None:
        self._parts: list[_GrowingPart] = []
        self._rest: Json = {}
        self._finish: Json = {}

    def add(self, chunk: Mapping[str, Any]) -> str:
        """Adds a chunk and returns its visible text."""
        self._rest |= {name: value for name, value in chunk.items() if name != "candidates"}
        candidate = mapping(next(iter(items(chunk.get("candidates"))), None))
        self._finish |= {name: value for name, value in candidate.items() if name != "content"}
        added = mappings(mapping(candidate.get("content")).get("parts"))
        for part in added:
            self._add_part(dict(part))
        return visible_text(added)

    @property
    def is_complete(self) -> bool:
        """Whether the response has ended: with a finish reason, or because Gemini blocked the prompt."""
        return has_ended(self._finish) or is_blocked(self._rest)

    def response(self) -> Json:
        """The response that the chunks make together."""
        if not self._parts and not self._finish:
            return self._rest
        content = {"role": "model", "parts": [part.whole() for part in self._parts]}
        return {**self._rest, "candidates": [{"content": content, **self._finish}]}

    def _add_part(self, part: Json) -> None:
        """Appends text to the last part if that is of the same kind. A part with a signature is never merged."""
        if self._parts and self._parts[-1].goes_on_with(part):
            self._parts[-1].pieces.append(part["text"])
        elif part:
            self._parts.append(_GrowingPart(part))


class _GrowingPart:
    """A part as its first chunk has it, and the pieces of text that later chunks add to it."""

    def __init__(self, first: Json) -> None:
        self._first = first
        self.pieces: list[str] = []

    def goes_on_with(self, part: Mapping[str, Any]) -> bool:
        """Whether `part` only adds text, or only adds to a thought, as this one does."""
        is_same = bool(self._first.get("thought")) == bool(part.get("thought"))
        return is_same and _is_plain(self._first) and _is_plain(part)

    def whole(self) -> Json:
        return {**self._first, "text": "".join([self._first["text"], *self.pieces])} if self.pieces else self._first


def _is_plain(part: Mapping[str, Any]) -> bool:
    """Whether a part holds text or a thought and nothing else."""
    return part.keys() <= {"text", "thought"} and isinstance(part.get("text"), str)
