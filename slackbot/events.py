"""Which Slack events are for the agent: from an event's payload to a message to deliver, or the reason why not.

Never raises, whatever a payload looks like: an event that stops the bot is not acknowledged, and comes again for a day.
"""

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
_WRITTEN_BY_AN_APP = {*_WRITTEN_BY_A_PERSON, "bot_message"}
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
# The forms in which Slack gives them; the lengths leave room, and keep a workflow's id below Temporal's 1,000 bytes.
_AUTHOR = re.compile(r"[UWB][A-Z0-9]{1,63}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,63}")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,63}")
_TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")
LONGEST_TEXT = 400_000  # characters with the names of files; a message of Slack has 40,000, each may be escaped


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
    event = _mapping(body.get("event"))
    is_from_app = not _names_of_app(event).isdisjoint(allowed_apps) and event.get("bot_id") != bot.bot_id
    reason = _not_for_us(event, bot, is_from_app=is_from_app) or _not_of_slacks_form(event)
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
        ts=event["ts"], user=_author(event), text=_text(event), direct=is_direct, from_app=is_from_app
    )
    return Incoming(_thread(body, event, bot), message, only_if_taking_part=not is_to_the_bot)


def mentioned(text: str) -> set[str]:
    """The ids of the users that a text mentions."""
    return set(_MENTION.findall(text))


def _names_of_app(event: Mapping[str, Any]) -> set[str]:
    """All that another app's message is known by; empty for a person's."""
    if not event.get("bot_id"):
        return set()
    profile = _mapping(event.get("bot_profile"))
    names = (event["bot_id"], event.get("app_id"), event.get("username"), profile.get("name"))
    return {name.lower() for name in names if isinstance(name, str)}


def _not_for_us(event: Mapping[str, Any], bot: Identity, *, is_from_app: bool) -> str:
    subtype = event.get("subtype")
    expected = _WRITTEN_BY_AN_APP if is_from_app else _WRITTEN_BY_A_PERSON
    if not isinstance(subtype, str | None) or subtype not in expected:
        return f"subtype {str(subtype)[:80]}"
    if event.get("user") == bot.bot_user_id or (event.get("bot_id") and not is_from_app):
        return "written by an app"
    return ""


def _not_of_slacks_form(event: Mapping[str, Any]) -> str:
    author = _author(event)
    if not _has_form(author, _AUTHOR) or author.startswith("USLACK"):
        return "written by Slack"
    if not _has_form(event.get("channel"), _CHANNEL) or not _has_form(event.get("ts"), _TS):
        return "no channel or timestamp"
    if not _has_form(event.get("thread_ts") or event["ts"], _TS):
        return "no thread that could be"
    return "" if isinstance(event.get("text"), str | None) else "its text is no text"


def _has_form(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _author(event: Mapping[str, Any]) -> Any:
    return event.get("user") or event.get("bot_id")


def _is_reply(event: Mapping[str, Any]) -> bool:
    return bool(event.get("thread_ts")) and bool(event["thread_ts"] != event["ts"])


def _thread(body: Mapping[str, Any], event: Mapping[str, Any], bot: Identity) -> Thread:
    """The thread the message is in, or the one it starts; the team is the one that installed the app."""
    installed = _mapping(next(iter(_list(body.get("authorizations"))), None)).get("team_id")
    teams = [team for team in (installed, body.get("team_id"), event.get("team")) if _has_form(team, _TEAM)]
    team = next(iter(teams), bot.team_id)
    return Thread(team=team, channel=event["channel"], thread_ts=event.get("thread_ts") or event["ts"])


def _text(event: Mapping[str, Any]) -> str:
    """Slack's escaped text, and the names of the files that came with it, as UTF-8 can write them."""
    names = [_mapping(file).get("name") or "unnamed" for file in _list(event.get("files"))]
    files = [escape(f"[file: {name}]", quote=False) for name in names if isinstance(name, str)]
    text = "\n".join(filter(None, [event.get("text"), *files]))[:LONGEST_TEXT]
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
