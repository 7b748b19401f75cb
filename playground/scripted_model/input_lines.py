"""What people say to the scripted model: read from the JSON objects in which the agent writes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from text.json_shapes import mapping, mappings, string
from text.json_text import decoded

_BEFORE, _NOW = "What was said in this thread before", "End of what was said before"


def asked(content: Mapping[str, Any]) -> str:
    """What people say in this content, a line for each message; not what the thread held before."""
    return "\n".join(filter(None, map(_words, _since_now(_objects(content)))))


def remembered(content: Mapping[str, Any]) -> str:
    """The same with the past and with summaries."""
    return "\n".join(filter(None, map(_words, _objects(content))))


def _objects(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects of the content's texts. A text that is none is what somebody said, as release 0.2 wrote it."""
    for part in mappings(content.get("parts")):
        if (text := string(part.get("text"))) and not part.get("thought"):
            yield mapping(decoded(text)) or {"text": text}


def _since_now(objects: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    is_before = False
    for one in objects:
        note = string(one.get("note"))
        is_before = (is_before or note.startswith(_BEFORE)) and not note.startswith(_NOW)
        if not is_before and not note.startswith("Summary"):
            yield one


def _words(one: Mapping[str, Any]) -> str:
    attached = [string(other.get("text")) for other in mappings(one.get("attached"))]
    return "\n".join(filter(None, [string(one.get("text")), string(one.get("content")), *attached]))
