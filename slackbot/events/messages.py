"""Which Slack events are messages for the agent: reads a payload, and returns the message or why it is ignored.

Nothing here raises, whatever a payload looks like: an event whose listener raises is not acknowledged, and Slack sends
it again for a day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import SaidToOthers, Thread, UserMessage
from process.slack import Identity
from slackbot.events import contents
from slackbot.events.ids import ACTION_TOKEN, AUTHOR, CHANNEL, INSTALLATION, TS, foreign_workspace, has_form
from slackbot.events.mentions import called_users, mentioned_users
from slackbot.events.stop_words import says_stop
from text.json_shapes import items, mapping
from text.questions import message_asks

# A message of a person has no subtype, or one of these (https://docs.slack.dev/reference/events/message).
_WRITTEN_BY_A_PERSON = {None, "file_share", "thread_broadcast", "me_message"}
_WRITTEN_BY_AN_APP = {*_WRITTEN_BY_A_PERSON, "bot_message"}


@dataclass(frozen=True)
class IncomingMessage:
    """A message that is for the agent; with `only_if_taking_part`, only if the agent takes part in the thread.

    With `says_stop` it stops an open conversation, and is not a message to that conversation. At the top level of
    direct messages it stops all that the agent does there. `after`: what was said to others in the thread before it, if
    the conversation may not have been told.
    """

    thread: Thread
    message: UserMessage
    only_if_taking_part: bool
    says_stop: bool = False
    after: tuple[SaidToOthers, ...] = ()

    @property
    def stops_all(self) -> bool:
        return self.says_stop and self.message.direct and self.thread.thread_ts == self.message.ts


@dataclass(frozen=True)
class Ignored:
    """An event that is not for the agent; `reason` is for the log.

    `to_others`: the message and its thread, if it is a reply that turns to somebody else, or a question of another app.
    """

    reason: str
    to_others: tuple[Thread, SaidToOthers] | None = None


def read(body: Mapping[str, Any], bot: Identity, allowed_apps: Collection[str] = ()) -> IncomingMessage | Ignored:
    """Decides on one `app_mention` or `message` event, from its payload alone.

    `allowed_apps` are the app or bot ids, in lower case, of other apps that may talk to the agent.
    """
    event = mapping(body.get("event"))
    if reason := reason_to_ignore(event, bot, allowed_apps):
        asks_people = event.get("bot_id") != bot.bot_id and _is_question_of_app(event)
        return Ignored(reason, _to_others(body, event, bot, by_app=True) if asks_people else None)
    is_direct = event.get("channel_type") == "im"
    people = called_users(event)
    is_to_the_bot = is_direct or bot.bot_user_id in people or _is_other_mention(event, bot)
    if not is_to_the_bot and not _is_reply(event):
        return Ignored("not addressed to the agent")
    if not is_to_the_bot and people:
        return Ignored("addressed to someone else", _to_others(body, event, bot, by_app=False))
    thread = thread_of_message(body, event, bot)
    message = _message(body, event, thread, is_direct=is_direct, is_to_the_bot=is_to_the_bot)
    may_stop = (_is_reply(event) or is_direct) and not message.files
    is_stop = may_stop and says_stop(message.text, bot.bot_user_id)
    return IncomingMessage(thread, message, only_if_taking_part=not is_to_the_bot, says_stop=is_stop)


def _is_question_of_app(event: Mapping[str, Any]) -> bool:
    """Whether an app asks something in a reply."""
    if not event.get("bot_id") or _form_problem(event) or not _is_reply(event):
        return False
    return message_asks(event)


def _to_others(
    body: Mapping[str, Any], event: Mapping[str, Any], bot: Identity, *, by_app: bool
) -> tuple[Thread, SaidToOthers]:
    return thread_of_message(body, event, bot), SaidToOthers(ts=event["ts"], by_app=by_app)


def _is_other_mention(event: Mapping[str, Any], bot: Identity) -> bool:
    """Whether Slack says that the message mentions the agent, and its text does not show where."""
    return event.get("type") == "app_mention" and bot.bot_user_id not in mentioned_users(contents.text(event))


def reason_to_ignore(message: Mapping[str, Any], bot: Identity, allowed_apps: Collection[str]) -> str:
    """Why a message cannot be for the agent, whatever its text is; "" if it can be."""
    is_from_app = not _ids_of_app(message).isdisjoint(allowed_apps) and message.get("bot_id") != bot.bot_id
    return _author_problem(message, bot, is_from_app=is_from_app) or _form_problem(message)


def reason_to_ignore_deletion(message: Mapping[str, Any], bot: Identity, _: Collection[str]) -> str:
    """Why the deletion of a message cannot matter; "" if it can: the agent may have read it, whoever wrote it."""
    if message.get("user") == bot.bot_user_id or (message.get("bot_id") or None) == bot.bot_id:
        return "written by the agent"
    subtype = message.get("subtype")
    if not isinstance(subtype, str | None) or subtype not in _WRITTEN_BY_AN_APP:
        return f"subtype {str(subtype)[:80]}"
    return _place_problem(message)


def thread_of_message(body: Mapping[str, Any], message: Mapping[str, Any], bot: Identity) -> Thread:
    """The thread that the message is in or begins; its team is the one that installed the app, not the author's."""
    installed = mapping(next(iter(items(body.get("authorizations"))), None)).get("team_id")
    teams = (installed, body.get("team_id"), message.get("team"))
    team = next((team for team in teams if has_form(team, INSTALLATION)), bot.team_id)
    return Thread(team=team, channel=message["channel"], thread_ts=message.get("thread_ts") or message["ts"])


def _message(
    body: Mapping[str, Any], event: Mapping[str, Any], thread: Thread, *, is_direct: bool, is_to_the_bot: bool
) -> UserMessage:
    return UserMessage(
        ts=event["ts"],
        user=author_of(event),
        text=contents.text(event),
        direct=is_direct,
        from_app=bool(event.get("bot_id")),
        addressed=is_to_the_bot,
        **_more(body, event, thread, is_to_the_bot=is_to_the_bot),
    )


def _edited_at(event: Mapping[str, Any]) -> str:
    """When the message was edited, a `ts`; "" if it was not. What Slack's history returns has no `event_ts`."""
    edited, at = mapping(event.get("edited")), event.get("event_ts")
    moments = [at if at != event.get("ts") else None, edited.get("ts")]
    return next((str(moment) for moment in moments if has_form(moment, TS)), "") if edited else ""


def _more(body: Mapping[str, Any], event: Mapping[str, Any], thread: Thread, *, is_to_the_bot: bool) -> dict[str, Any]:
    """The fields that few messages have: only those that are not empty, so that no others are stored."""
    more = {
        "addressed_at": _edited_at(event) if is_to_the_bot else "",
        "team": team_of_author(body, event, thread.team),
        "files": contents.files(event),
        "attachments": contents.attachments(event),
        "action_token": _action_token(event),  # of a reply, too, that mentions nobody and may be answered
    }
    return {name: value for name, value in more.items() if value}


def _action_token(event: Mapping[str, Any]) -> str:
    """Slack's permission to search for the author; "" if the event brings none. Slack has sent it in both places."""
    found = (event.get("action_token"), mapping(event.get("assistant_thread")).get("action_token"))
    return next((str(token) for token in found if has_form(token, ACTION_TOKEN)), "")


def team_of_author(body: Mapping[str, Any], event: Mapping[str, Any], own: str) -> str:
    """The workspace of the person who caused the event, if it is not the agent's `own`; else "".

    The event names it; its envelope, read last, names the workspace in which the event happened.
    """
    return foreign_workspace((*map(event.get, ("user_team", "source_team", "team")), body.get("team_id")), own)


def _ids_of_app(event: Mapping[str, Any]) -> set[str]:
    """The ids of the app that wrote the message, in lower case; empty for a person's message.

    Its names do not count: whoever posts through a webhook can choose them.
    """
    if not event.get("bot_id"):
        return set()
    return {name.lower() for name in (event["bot_id"], event.get("app_id")) if isinstance(name, str)}


def _author_problem(event: Mapping[str, Any], bot: Identity, *, is_from_app: bool) -> str:
    """Why the agent does not listen to the author of this message; "" if it does."""
    subtype = event.get("subtype")
    expected = _WRITTEN_BY_AN_APP if is_from_app else _WRITTEN_BY_A_PERSON
    if not isinstance(subtype, str | None) or subtype not in expected:
        return f"subtype {str(subtype)[:80]}"
    if event.get("user") == bot.bot_user_id or (event.get("bot_id") and not is_from_app):
        return "written by an app"
    return ""


def _form_problem(event: Mapping[str, Any]) -> str:
    """Which part of the message does not have the form that Slack gives it; "" if all have."""
    author = author_of(event)
    if not has_form(author, AUTHOR) or author.startswith("USLACK"):
        return "written by Slack"
    if problem := _place_problem(event):
        return problem
    return "" if isinstance(event.get("text"), str | None) else "its text is not a string"


def _place_problem(event: Mapping[str, Any]) -> str:
    """Whether Slack does not say, in its form, where and when the message was written; "" if it does."""
    if not has_form(event.get("channel"), CHANNEL) or not has_form(event.get("ts"), TS):
        return "no channel or timestamp"
    return "" if has_form(event.get("thread_ts") or event["ts"], TS) else "not a thread's timestamp"


def author_of(event: Mapping[str, Any]) -> Any:
    """The id of the person or the app that wrote the message, in whatever form the event has it."""
    return event.get("user") or event.get("bot_id")


def _is_reply(event: Mapping[str, Any]) -> bool:
    return bool(event.get("thread_ts")) and bool(event["thread_ts"] != event["ts"])
