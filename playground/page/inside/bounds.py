"""Large JSON values, shortened so that a page can show them. What is left out is said in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from text.json_shapes import items, mapping

MARK = "…"  # begins what stands in the place of something left out
LONGEST_TEXT = 20_000  # characters of one text
_LEAST = 2  # characters that any value takes beside its own


class Shortener:
    """Copies values while there is `room`, in characters, for all together. `left_out`: something is missing."""

    def __init__(self, room: int) -> None:
        self.left_out = False
        self._room = room

    def short(self, value: Any) -> Any:
        """The JSON value, shortened from its end. It may not be nested deeper than Python's stack."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list):
            return self._list(value)
        self._room -= len(str(value)) + _LEAST
        return value

    def newest(self, values: Sequence[Any]) -> list[Any]:
        """The values of a list from its end on, with a text in the place of those before for which there is no room."""
        kept: list[Any] = []
        for value in reversed(values):
            if self._room <= 0:
                break
            kept.append(self.short(value))
        kept.reverse()
        missing = len(values) - len(kept)
        return [self._note(f"{missing} older ones are left out"), *kept] if missing else kept

    def _text(self, text: str) -> str:
        longest = max(0, min(LONGEST_TEXT, self._room))
        self._room -= min(len(text), longest) + _LEAST
        if len(text) <= longest:
            return text
        return text[:longest] + self._note(f"{len(text) - longest:,} more characters are left out")

    def _mapping(self, value: Mapping[str, Any]) -> Any:
        self._room -= _LEAST
        kept: dict[str, Any] = {}
        for name, inner in value.items():
            if self._room <= 0:
                kept[MARK] = self._note(f"{len(value) - len(kept)} more fields are left out")
                break
            self._room -= len(name) + _LEAST
            kept[name] = self.short(inner)
        return kept

    def _list(self, values: list[Any]) -> Any:
        self._room -= _LEAST
        kept: list[Any] = []
        for value in values:
            if self._room <= 0:
                kept.append(self._note(f"{len(values) - len(kept)} more are left out"))
                break
            kept.append(self.short(value))
        return kept

    def _note(self, sentence: str) -> str:
        self.left_out = True
        return f"{MARK} {sentence}"


def without_bytes(content: Any) -> Any:
    """A content of a request to Gemini in which the size of each file stands in place of its bytes."""
    if not isinstance(content, Mapping):
        return content
    return {**content, "parts": [_without_bytes(part) for part in items(content.get("parts"))]}


def _without_bytes(part: Any) -> Any:
    blob = mapping(mapping(part).get("inlineData"))
    if not isinstance(blob.get("data"), str):
        return part
    size = len(blob["data"]) * 3 // 4  # it is in base64
    return {**part, "inlineData": {**blob, "data": f"{MARK} {size:,} bytes of a file are left out"}}
