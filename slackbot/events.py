"""Which Slack events are for the agent: from an event's payload to a message to deliver, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from agent_worker.contract import Thread, UserMessage
from process.slack import Identity

# What a person writes has no subtype, or one of these (https://docs.slack.dev/reference/events/message).
_WRITTEN_BY_A_PERSON = {None, "file_share", "thread_broadcast", "me_message"}
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Incoming:
    """A message that may be for the agent; `only_if_taking_part`: it is, if the agent takes part in its thread."""

    thread: Thread
    message: UserMessage
    only_if_taking_part: bool


@dataclass(frozen=True)
class Ignored:
    """An event that is not for the agent; `reason` is for the log."""

    reason: str


def read(body: Mapping[str, Any], bot: Identity) -> Incoming | Ignored:
    """Decides on one `app_mention` or `message` event, from its payload alone."""
    event: Mapping[str, Any] = body.get("event") or {}
    reason = _not_a_persons_message(event, bot)
    if reason:
        return Ignored(reason)
    is_direct = event.get("channel_type") == "im"
    people = mentioned(event.get("text") or "")
    is_to_the_bot = is_direct or event.get("type") == "app_mention" or bot.bot_user_id in people
    if not is_to_the_bot and not _is_reply(event):
        return Ignored("not addressed to the agent")
    if not is_to_the_bot and people:
        return Ignored("addressed to someone else")
    return Incoming(_thread(body, event), _message(event, is_direct), only_if_taking_part=not is_to_the_bot)


def mentioned(text: str) -> set[str]:
    """The ids of the users that a text mentions."""
    return set(_MENTION.findall(text))


def _not_a_persons_message(event: Mapping[str, Any], bot: Identity) -> str:
    if event.get("subtype") not in _WRITTEN_BY_A_PERSON:
        return f"subtype {event['subtype']}"
    if event.get("bot_id") or event.get("user") == bot.bot_user_id:
        return "written by an app"
    user = str(event.get("user") or "")
    if not user or user.startswith("USLACK"):
        return "written by Slack"
    if not event.get("channel") or not event.get("ts"):
        return "no channel or timestamp"
    return ""


def _is_reply(event: Mapping[str, Any]) -> bool:
    return event.get("thread_ts") not in (None, event["ts"])


def _thread(body: Mapping[str, Any], event: Mapping[str, Any]) -> Thread:
    """The thread the message is in, or the one it starts; the team is the one that installed the app."""
    installed = (body.get("authorizations") or [{}])[0].get("team_id")
    team = installed or body.get("team_id") or event.get("team") or ""
    return Thread(team=team, channel=event["channel"], thread_ts=event.get("thread_ts") or event["ts"])


def _message(event: Mapping[str, Any], is_direct: bool) -> UserMessage:  # noqa: FBT001
    return UserMessage(ts=event["ts"], user=event["user"], text=_text(event), direct=is_direct)


def _text(event: Mapping[str, Any]) -> str:
    """Slack's escaped text, and the names of the files that came with it."""
    files = [escape(f"[file: {file.get('name', 'unnamed')}]", quote=False) for file in event.get("files") or []]
    return "\n".join(filter(None, [event.get("text"), *files]))
