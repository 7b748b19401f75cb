"""Questions with links to Slack messages, and what the model is told with them."""

from __future__ import annotations

import json
from typing import Any

from agent_worker.contract.messages import MessageChange
from agent_worker.payloads.model import Content
from agent_worker.payloads.quotas import OverQuota
from tests.support.agent_worker.rehearsal import Talk

FIRST = "https://duck.slack.com/archives/C2/p1700000000000001"
SECOND = "https://duck.slack.com/archives/C2/p1700000000000002?thread_ts=1700000000.000001&cid=C2"
TOLD = OverQuota(scope="person", turns=5, minutes=12, is_told=True)


def at(talk: Talk, seconds: float) -> str:
    return f"{float(talk.thread.thread_ts) + seconds:.6f}"


def objects(contents: list[Content]) -> list[dict[str, Any]]:
    """What the model was told by people and by us, in order."""
    parts = [part for entry in contents if entry["role"] == "user" for part in entry["parts"] if "text" in part]
    return [json.loads(part["text"]) for part in parts]


def said(contents: list[Content]) -> list[str]:
    """The texts of people and the links that the model was told of, in order."""
    told = [one for one in objects(contents) if "person" not in one and "place" not in one]
    return [one.get("link") or one.get("text") or one["note"] for one in told]


def edited(talk: Talk, ts: str, words: str, seconds: float = 60) -> MessageChange:
    return MessageChange(ts=ts, at=at(talk, seconds), text=words, user="U1")
