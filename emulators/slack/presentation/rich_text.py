"""The rich_text block that Slack makes of a plain text, and the tokens (mentions and links) in such a text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

TOKEN = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")  # mark, target, label


def generated_block(text: str, ts: str) -> dict[str, Any]:
    """One rich_text block, in which each mention and link of the text is an element of its own."""
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return {"type": "rich_text", "block_id": ts[-5:], "elements": [section]}


def _elements(text: str) -> Iterator[dict[str, Any]]:
    position = 0
    for token in TOKEN.finditer(text):
        yield from _plain(text[position : token.start()])
        yield _element(*token.groups())
        position = token.end()
    yield from _plain(text[position:])


def _plain(text: str) -> Iterator[dict[str, Any]]:
    if text:
        yield {"type": "text", "text": html.unescape(text)}


def _element(mark: str, target: str, label: str | None) -> dict[str, Any]:
    if mark == "@":
        return {"type": "user", "user_id": target}
    if mark == "#":
        return {"type": "channel", "channel_id": target}
    if mark == "!" and target in ("here", "channel", "everyone"):
        return {"type": "broadcast", "range": target}
    if mark == "!":
        return {"type": "text", "text": label or target}
    return {"type": "link", "url": target, **({"text": label} if label else {})}
