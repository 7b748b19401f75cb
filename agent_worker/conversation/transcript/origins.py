"""Which message each part of the transcript comes from, so that what people take back can be taken out. Pure.

The marks are kept beside the entries, which have Gemini's form. Entries that release 0.2 has stored have no marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agent_worker.payloads.model import FILE_PART, Content

Part = dict[str, Any]
_MARK = "fromMessage"  # the `ts` of a message, or one of these, which no `ts` looks like:
SUMMARY = "summary"  # a summary of what was said before
PAST = "past"  # what the thread said before the agent joined, all in one text
REMARK = "remark"  # our own words, which quote nobody
DECISION = "decision"  # our own words about calls of the model, which may repeat what people have said


def marked(parts: Iterable[Part], origin: str) -> list[Part]:
    return [{**part, _MARK: origin} for part in parts]


def origin(part: Part) -> str | None:
    """The part's mark; None if it has none."""
    return part.get(_MARK)


def marked_entry(entry: Content, marks: Sequence[str] | None) -> Content:
    """The entry with its marks: one for each part, "" for a part that has none; none at all for an entry without."""
    if not marks:
        return entry
    parts = [{**part, _MARK: mark} if mark else part for part, mark in zip(entry["parts"], marks, strict=True)]
    return {**entry, "parts": parts}


def of(entry: Content) -> list[str]:
    """The marks of the entry, as `marked_entry` takes them."""
    marks = [part.get(_MARK, "") for part in entry["parts"]]
    return marks if any(marks) else []


def plain(entry: Content) -> Content:
    """The entry in Gemini's form, without marks."""
    if not any(_MARK in part for part in entry["parts"]):
        return entry
    parts = [{name: value for name, value in part.items() if name != _MARK} for part in entry["parts"]]
    return {**entry, "parts": parts}


def holds(entries: Iterable[Content], ts: str) -> bool:
    """Whether any part comes from the message `ts`."""
    return any(origin(part) == ts for entry in entries for part in entry["parts"])


def files_of(entries: Iterable[Content], ts: str) -> list[Part]:
    """The parts that stand for the files of the message."""
    return [part for entry in entries for part in entry["parts"] if origin(part) == ts and FILE_PART in part]


def lines_of(entries: Iterable[Content], ts: str) -> list[str]:
    """The texts of the parts that come from the message."""
    return [part["text"] for entry in entries for part in entry["parts"] if origin(part) == ts and "text" in part]


def exchanged(entry: Content, ts: str, instead: Sequence[Part]) -> Content:
    """The entry with the parts `instead` in the place of those of the message `ts`."""
    parts = list(entry["parts"])
    at = next((index for index, part in enumerate(parts) if origin(part) == ts), None)
    if at is None:
        return entry
    left = [part for part in parts[at:] if origin(part) != ts]
    return {**entry, "parts": [*parts[:at], *instead, *left]}


def followed(entry: Content, ts: str, more: Sequence[Part]) -> Content:
    """The entry with `more` parts of the message `ts` behind those that it holds."""
    last = max(index for index, part in enumerate(entry["parts"]) if origin(part) == ts)
    return {**entry, "parts": [*entry["parts"][: last + 1], *marked(more, ts), *entry["parts"][last + 1 :]]}


def reworded(entry: Content, ts: str, lines: Mapping[str, str]) -> Content:
    """The entry with other lines of the message `ts` in the place of these."""
    words = [lines.get(part.get("text", "")) if origin(part) == ts else None for part in entry["parts"]]
    parts = [part if now is None else {**part, "text": now} for part, now in zip(entry["parts"], words, strict=True)]
    return {**entry, "parts": parts}


def messages(entries: Iterable[Content]) -> list[str]:
    """The `ts` of the messages that the entries hold, oldest first."""
    marks = {origin(part) or "" for entry in entries for part in entry["parts"]}
    return sorted((mark for mark in marks if mark[:1].isdigit()), key=float)


def is_unclear(part: Part) -> bool:
    """Whether the part may come from any message: nobody has noted from which."""
    return origin(part) in {None, PAST}


def claimed(entry: Content, ts: str) -> Content:
    """The entry as if all unclear parts of a question came from the message `ts`."""
    if entry["role"] != "user" or any("functionResponse" in part for part in entry["parts"]):
        return entry
    return {**entry, "parts": [{**part, _MARK: ts} if is_unclear(part) else part for part in entry["parts"]]}
