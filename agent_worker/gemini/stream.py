"""The chunks of a streamed answer, joined to the response that Gemini would have sent in one piece. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent_worker.gemini.reply import visible_text
from text.json_shapes import items, mapping, mappings

Json = dict[str, Any]


class Assembly:
    """Joins the chunks of one streamed GenerateContentResponse (JSON, camelCase), which are added in order."""

    def __init__(self) -> None:
        self._parts: list[Json] = []
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
        return "finishReason" in self._finish or "promptFeedback" in self._rest

    def response(self) -> Json:
        """The response that the chunks make together."""
        if not self._parts and not self._finish:
            return self._rest
        content = {"role": "model", "parts": self._parts}
        return {**self._rest, "candidates": [{"content": content, **self._finish}]}

    def _add_part(self, part: Json) -> None:
        """Appends text to the last part if that is of the same kind. A part with a signature is never merged."""
        last = self._parts[-1] if self._parts else {}
        if _is_plain(last) and _is_plain(part) and bool(last.get("thought")) == bool(part.get("thought")):
            self._parts[-1] = {**last, "text": last["text"] + part["text"]}
        elif part:
            self._parts.append(part)


def _is_plain(part: Mapping[str, Any]) -> bool:
    """Whether a part holds text or a thought and nothing else."""
    return part.keys() <= {"text", "thought"} and isinstance(part.get("text"), str)
