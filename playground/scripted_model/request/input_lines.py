"""What people say to the scripted model: read from the JSON objects in which the agent writes it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from text.json_shapes import mapping, mappings, string
from text.json_text import decoded

_BEFORE, _NOW = "What was said in this thread before", "End of what was said before"
# Objects of these kinds tell what is around a question. Nobody asks anything in them, whatever they hold.
_AROUND = ("person", "place", "link")
_APOSTROPHE = "\u2019"  # as phones write it
Object = Mapping[str, Any]


def remembered(content: Mapping[str, Any]) -> str:
    """What people say in this content, a line for each message, with the past, summaries, quotations and files."""
    return "\n".join(filter(None, map(_words, objects([content]))))


def objects(contents: Iterable[Mapping[str, Any]]) -> Iterator[Object]:
    """The objects of the contents' texts. A text that is none is what somebody said, as release 0.2 wrote it."""
    for content in contents:
        for part in mappings(content.get("parts")):
            if (text := string(part.get("text"))) and not part.get("thought"):
                yield mapping(decoded(text)) or {"text": text}


def said_now(contents: Iterable[Mapping[str, Any]]) -> Iterator[Object]:
    """The objects without those of what the thread held before, and without summaries."""
    is_before = False
    for one in objects(contents):
        note = string(one.get("note"))
        is_before = (is_before or note.startswith(_BEFORE)) and not note.startswith(_NOW)
        if not is_before and not note.startswith("Summary"):
            yield one


def is_said(one: Object) -> bool:
    """Whether the object is what a person writes: no person, place, link, file, remark, or answer of ours."""
    return bool(string(one.get("text"))) and not is_around(one) and not one.get("yours") and "file" not in one


def is_around(one: Object) -> bool:
    """Whether the object tells of a person, a place or a link, in place of what somebody says."""
    return any(kind in one for kind in _AROUND)


def words_of(one: Object) -> str:
    """What the person writes, with plain apostrophes."""
    return string(one.get("text")).replace(_APOSTROPHE, "'")


def _words(one: Object) -> str:
    if is_around(one):
        return ""
    attached = [string(other.get("text")) for other in mappings(one.get("attached"))]
    return "\n".join(filter(None, [string(one.get("text")), string(one.get("content")), *attached]))
