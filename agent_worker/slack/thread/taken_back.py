"""Which of the agent's own answers may repeat words that were taken back, as a thread itself shows it. Pure.

The answers stay in Slack, but the agent does not read them again when a conversation begins anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent_worker.conversation.transcript.taken_back import LEFT_OUT
from agent_worker.payloads import post_keys
from agent_worker.slack.thread.metadata import PostMetadata
from text.json_shapes import mapping, string

TOMBSTONE = "tombstone"  # what Slack leaves in the place of a root that was deleted
_EDITS_LAST = 1.0  # seconds: Slack tells the moment of an edit in whole seconds
_QUOTES_QUESTION = re.compile(r"(?:>|&gt;) <@\w+> asks: ")  # how `Conversation.preface` begins
_NOTHING_SAID: dict[str, Any] = {"text": LEFT_OUT, "blocks": [], "attachments": [], "files": []}
Json = Mapping[str, Any]


def is_gone(message: Json) -> bool:
    return message.get("subtype") == TOMBSTONE


def is_outside_thread(answer: Json) -> bool:
    """Whether Slack's answer to a reply shows that the message stands outside the thread: the root is gone."""
    message = mapping(answer.get("message"))
    return bool(message) and not message.get("thread_ts")


def left_out(messages: Sequence[dict[str, Any]], own: Mapping[str, PostMetadata], since: str) -> list[dict[str, Any]]:
    """The messages, with LEFT_OUT in place of what those say that `repeating` finds."""
    found = repeating(messages, own, since)
    return [{**message, **_NOTHING_SAID} if message["ts"] in found else message for message in messages]


def repeating(messages: Sequence[Json], own: Mapping[str, PostMetadata], since: str) -> set[str]:
    """The `ts` of the agent's messages that may repeat words which were deleted or edited since.

    `messages`: all of the thread from the moment `since` until now, oldest first. `own`: the agent's, newer ones too.
    """
    own = {ts: own[ts] for ts in (str(message["ts"]) for message in messages) if ts in own}
    there = {str(message["ts"]): message for message in messages if not is_gone(message)}
    unseen = {_turn(own[ts]) for ts, message in there.items() if ts in own and _QUOTES_QUESTION.match(_text(message))}
    found = {
        ts
        for asked, message in there.items()
        if asked not in own and (until := _edited_until(message))
        for ts in own
        if float(asked) < float(ts) <= until
    }
    for ts, post in own.items():
        for answered in post.answers if _turn(post) not in unseen else ():
            if until := _known_until(answered, ts, there, since):
                found |= {other for other in own if float(ts) <= float(other) <= until}
                found |= {other for other, one in own.items() if _turn(one) == _turn(post)}
    return found


def _known_until(answered: str, answer: str, there: Mapping[str, Json], since: str) -> float:
    """Until when the agent knew other words of the message than it has now; 0.0 if it has never known others."""
    message = there.get(answered)
    if message is None:
        return float("inf") if float(answered) >= float(since) else 0.0
    until = _edited_until(message)
    return until if until > float(answer) else 0.0


def _edited_until(message: Json) -> float:
    """Until when the message may have read otherwise; 0.0 if nobody has edited it."""
    edited = string(mapping(message.get("edited")).get("ts"))
    return float(edited) + _EDITS_LAST if edited else 0.0


def _turn(post: PostMetadata) -> str:
    key = post_keys.read(post.key)
    return key.turn if key else ""


def _text(message: Json) -> str:
    return string(message.get("text"))
