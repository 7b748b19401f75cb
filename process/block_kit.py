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


def section(text: str) -> Block:
    """A paragraph in Slack's markup."""
    return {"type": "section", "text": mrkdwn(text)}


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


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}
