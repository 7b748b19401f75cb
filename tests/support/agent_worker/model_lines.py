"""What the model reads, as a test wants to see it: the JSON objects of messages, people, files and remarks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MOMENT = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d UTC([+-]\d\d:\d\d)?")


def readable(part: str) -> str:
    """An object as a line, without ids and moments; a text that is no object as it is.

    "anna: hello", "(7 days later) anna: hello", "[a remark]", "[file: a.txt]", "[person: anna]", "[place: #general]".
    """
    try:
        said = json.loads(part)
    except ValueError:
        return part
    return _line(said) if isinstance(said, dict) else part


def _line(said: Mapping[str, Any]) -> str:
    for kind in ("file", "person", "place"):
        if kind in said:
            return f"[{kind}: {said[kind]}]"
    words = "\n".join(filter(None, [said.get("text", ""), *map(_line, said.get("attached", []))]))
    if "note" in said:
        return f"[{said['note']}]" + (f" {words}" if words else "")
    author = "You" if said.get("yours") is True else said.get("from", "")
    pause = f"({said['later']} later) " if "later" in said else ""
    return pause + (f"{author}: {words}" if author else words)


def message_line(name: str, slack_id: str, text: str, *, at: str = "", **more: Any) -> str:
    """The object of a person's message; `at` is when it was written, "" where the model is not told."""
    when = {"at": at} if at else {}
    said = {"from": name, "id": slack_id, **when, "text": text, **more}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def undated(said: Mapping[str, Any]) -> dict[str, Any]:
    """The object without the moment, which it has to have."""
    assert MOMENT.fullmatch(said["at"])
    return {key: value for key, value in said.items() if key != "at"}
