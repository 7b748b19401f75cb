"""Which Slack events are for the agent: from an event's payload to a message to deliver, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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


def read(body: Mapping[str, Any], bot: Identity, allowed_apps: Collection[str] = ()) -> Incoming | Ignored:
    """Decides on one `app_mention` or `message` event, from its payload alone.

    `allowed_apps` are names or ids of other apps that may talk to the agent, in lower case.
    """
    event: Mapping[str, Any] = body.get("event") or {}
    is_from_app = bool(_names_of_app(event) & set(allowed_apps)) and event.get("bot_id") != bot.bot_id
    reason = _not_written_for_us(event, bot, is_from_app=is_from_app)
    if reason:
        return Ignored(reason)
    is_direct = event.get("channel_type") == "im"
    people = mentioned(event.get("text") or "")
    is_to_the_bot = is_direct or event.get("type") == "app_mention" or bot.bot_user_id in people
    if not is_to_the_bot and not _is_reply(event):
        return Ignored("not addressed to the agent")
    if not is_to_the_bot and people:
        return Ignored("addressed to someone else")
    message = UserMessage(
        ts=event["ts"],
        user=event.get("user") or event["bot_id"],
        text=_text(event),
        direct=is_direct,
        from_app=is_from_app,
    )
    return Incoming(_thread(body, event), message, only_if_taking_part=not is_to_the_bot)


def mentioned(text: str) -> set[str]:
    """The ids of the users that a text mentions."""
    return set(_MENTION.findall(text))


def _names_of_app(event: Mapping[str, Any]) -> set[str]:
    """All that another app's message is known by; empty for a person's."""
    if not event.get("bot_id"):
        return set()
    profile = event.get("bot_profile") or {}
    names = (event["bot_id"], event.get("app_id"), event.get("username"), profile.get("name"))
    return {str(name).lower() for name in names if name}


def _not_written_for_us(event: Mapping[str, Any], bot: Identity, *, is_from_app: bool) -> str:
    subtypes = {*_WRITTEN_BY_A_PERSON, "bot_message"} if is_from_app else _WRITTEN_BY_A_PERSON
    if event.get("subtype") not in subtypes:
        return f"subtype {event['subtype']}"
    if (event.get("bot_id") and not is_from_app) or event.get("user") == bot.bot_user_id:
        return "written by an app"
    user = str(event.get("user") or event.get("bot_id") or "")
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


def _text(event: Mapping[str, Any]) -> str:
    """Slack's escaped text, and the names of the files that came with it."""
    files = [escape(f"[file: {file.get('name', 'unnamed')}]", quote=False) for file in event.get("files") or []]
    return "\n".join(filter(None, [event.get("text"), *files]))
