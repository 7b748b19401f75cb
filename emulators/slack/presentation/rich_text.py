"""The rich_text block that Slack makes of a plain text, and the tokens (mentions and links) in such a text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

TOKEN = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")  # mark, target, label
_WRITTEN_TOKEN = re.compile(r"<(?:[@#!]|https?://|mailto:)[^\s<>|]+(?:\|[^<>\n]*)?>")  # all else is only escaped
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_ADDRESS = re.compile(r"https?://(?:&amp;|&(?!(?:amp|lt|gt);)|[^\s<>|&])+(?<![.,;:!?)\]}'\"*_~`])")


def stored(text: str) -> str:
    """The text of an app's message as Slack keeps it and tells it: escaped, and with addresses as links."""
    position, parts = 0, list[str]()
    for token in _WRITTEN_TOKEN.finditer(text):
        parts += [_escaped(text[position : token.start()]), token.group()]
        position = token.end()
    return "".join([*parts, _escaped(text[position:])])


def _escaped(text: str) -> str:
    escaped = _AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    return _ADDRESS.sub(lambda address: f"<{address.group()}>", escaped)


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
    return {"type": "link", "url": html.unescape(target), **({"text": html.unescape(label)} if label else {})}
