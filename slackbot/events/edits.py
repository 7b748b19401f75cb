"""Which Slack events tell that somebody has edited or deleted a message. Never raises, whatever a payload looks like.

Slack sends the same events for link previews, for the counters of threads and for what apps do to their own messages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import MessageChange, Thread
from process.slack import Identity
from slackbot.events import contents, messages
from slackbot.events.messages import Ignored
from slackbot.events.shapes import TS, has_form, mapping

_CHANGED, _DELETED = "message_changed", "message_deleted"
_TOMBSTONE = "tombstone"  # what is left of a deleted message that has replies


@dataclass(frozen=True)
class Changed:
    thread: Thread
    change: MessageChange


def is_about_change(body: Mapping[str, Any]) -> bool:
    return mapping(body.get("event")).get("subtype") in (_CHANGED, _DELETED)


def read(body: Mapping[str, Any], bot: Identity, allowed_apps: Collection[str] = ()) -> Changed | Ignored:
    """Decides on one event that `is_about_change`; `allowed_apps` as in `events.read`."""
    event = mapping(body.get("event"))
    before, after = mapping(event.get("previous_message")), mapping(event.get("message"))
    is_deleted = event.get("subtype") == _DELETED or after.get("subtype") == _TOMBSTONE
    message = {**(before if is_deleted else after), "channel": event.get("channel")}
    if reason := messages.why_not(message, bot, allowed_apps):
        return Ignored(reason)
    at = event.get("event_ts") or event.get("ts")
    if not has_form(at, TS):
        return Ignored("no moment")
    if is_deleted:
        change = MessageChange(ts=message["ts"], at=str(at), deleted=True)
    elif _is_edited(before, after):
        change = _edit(message, str(at))
    else:
        return Ignored("nobody has edited it")
    return Changed(messages.thread_of(body, message, bot), change)


def _is_edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """The moment in `edited` says less: it is in whole seconds, so that two edits may have the same."""
    return bool(after.get("edited")) and before.get("text") != after.get("text")


def _edit(message: Mapping[str, Any], at: str) -> MessageChange:
    attached = contents.attachments(message)
    more = {"attachments": attached} if attached else {}
    return MessageChange(ts=message["ts"], at=at, text=contents.text(message), **more)
