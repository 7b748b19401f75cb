"""The pieces of Slack's Block Kit that our messages and pages are made of. Pure.

Slack's reference: https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


def plain_text(text: str) -> Block:
    """A text object without any formatting: for titles, labels and buttons."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    """A text object in Slack's markup; `text` is already escaped. Slack makes no links of plain names or addresses."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph in Slack's markup, with a button beside it if there is an `accessory`."""
    beside = {} if accessory is None else {"accessory": accessory}
    return {"type": "section", "text": mrkdwn(text), **beside}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text)}


def divider() -> Block:
    """A horizontal line."""
    return {"type": "divider"}


def context(*texts: str) -> Block:
    """Small grey text, in Slack's markup."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def button(text: str, action_id: str, **more: Any) -> Block:
    """A button; `more` are further fields of it: `value`, `style`, `url`, `accessibility_label` …"""
    return {"type": "button", "action_id": action_id, "text": plain_text(text), **more}


def confirmation(title: str, text: str, confirm: str, deny: str, **more: Any) -> Block:
    """What Slack asks before it tells the app that a button was pressed; `more` may be a `style`.

    The title has at most 100 characters, the text 300, and each of the two answers 30.
    """
    asked = {"title": title, "text": text, "confirm": confirm, "deny": deny}
    return {name: plain_text(words) for name, words in asked.items()} | more


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}
