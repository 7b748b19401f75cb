"""What the model reads, as a test wants to see it: the JSON objects of messages, files and remarks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def readable(part: str) -> str:
    """An object as a line: "anna: hello", "[a remark]", "[file: a.txt]"; a text that is no object as it is."""
    try:
        said = json.loads(part)
    except ValueError:
        return part
    return _line(said) if isinstance(said, dict) else part


def _line(said: Mapping[str, Any]) -> str:
    if "file" in said:
        return f"[file: {said['file']}]"
    words = "\n".join(filter(None, [said.get("text", ""), *map(_line, said.get("attached", []))]))
    if "note" in said:
        return f"[{said['note']}]" + (f" {words}" if words else "")
    author = "You" if said.get("yours") is True else said.get("from", "")
    return f"{author}: {words}" if author else words


def message_line(name: str, slack_id: str, text: str, **more: Any) -> str:
    """The object of a person's message."""
    said = {"from": name, "id": slack_id, "text": text, **more}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
