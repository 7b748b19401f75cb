"""assistant.search.context: an agent searches for the person whose `action_token` it shows."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.scopes import SEARCH
from emulators.slack.state.messages import Channel, ChannelKind, Message
from emulators.slack.web_api.methods.conversations import KINDS
from emulators.slack.web_api.pages import Page, page

Json = dict[str, Any]
LONGEST_QUERY = 10_000
LARGEST_PAGE = 20
SHORTEST_WORD = 3
# Of these only messages are found here; the others need scopes that the app does not ask for.
_CONTENT_SCOPES = {"messages": None, "files": "search:read.files", "channels": None, "users": "search:read.users"}
_SAID = (None, "file_share", "thread_broadcast", "me_message", "bot_message")  # subtypes of what somebody has said
_WORD = re.compile(rf"\w{{{SHORTEST_WORD},}}")


def context(backend: Backend, arguments: Arguments) -> Json:
    """Messages with any word of the query, in channels that the person sees; the app need not be in them.

    Slack ranks by meaning, too. Here, the more of the words a message has, the better it is, then the newer it is.
    """
    if not (backend.settings.is_agent and backend.settings.search):
        raise SlackError("feature_not_enabled")
    words = _words(arguments)
    person = backend.action_tokens.person(arguments.text("action_token"))
    places = _places(backend, arguments, person)
    contents = _contents(backend, arguments)
    found = (
        _ranked(backend, arguments, words, _candidates(backend, arguments, places)) if "messages" in contents else []
    )
    part: Page[Message] = page(found, arguments, default=LARGEST_PAGE, largest=LARGEST_PAGE)
    return {"results": {"messages": [_result(backend, message) for message in part.items]}, **part.metadata()}


def _words(arguments: Arguments) -> frozenset[str]:
    """The words of the query that count."""
    query = arguments.text("query") or ""
    if not query.strip():
        raise SlackError("missing_query")
    if len(query) > LONGEST_QUERY:
        raise SlackError("query_too_long")
    return frozenset(_WORD.findall(query.lower()))


def _places(backend: Backend, arguments: Arguments, person: str) -> list[Channel]:
    """The channels of the wanted kinds that the person sees."""
    names = _several(arguments, "channel_types", "public_channel", KINDS)
    kinds: list[ChannelKind] = [KINDS[name] for name in names]
    for kind in kinds:
        backend.scopes.require(SEARCH[kind])
    seen = [place for place in backend.workspace.channels.values() if _sees(backend, person, place)]
    near = arguments.text("context_channel_id")
    if near and all(place.id != near for place in seen):
        raise SlackError("context_channel_not_found")
    with_archived = arguments.flag("include_archived_channels")
    return [place for place in seen if place.kind in kinds and (with_archived or not place.is_archived)]


def _sees(backend: Backend, person: str, place: Channel) -> bool:
    """Whether the person is in the channel, or could just look into it, as members can into public ones."""
    who = backend.workspace.users[person]
    is_guest = who.is_guest or who.is_single_channel_guest or bool(who.foreign_team)
    return person in place.members or not (place.is_private or is_guest)


def _contents(backend: Backend, arguments: Arguments) -> list[str]:
    names = _several(arguments, "content_types", "messages", _CONTENT_SCOPES)
    for name in names:
        if scope := _CONTENT_SCOPES[name]:
            backend.scopes.require(scope)
    return names


def _candidates(backend: Backend, arguments: Arguments, places: list[Channel]) -> list[Message]:
    """What was said in these channels in the wanted time."""
    after, before = arguments.number("after", default=0), arguments.number("before", default=0)
    with_bots = arguments.flag("include_bots")
    return [
        message
        for place in places
        for message in place.messages.values()
        if message.subtype in _SAID
        and backend.is_readable(message)
        and (with_bots or not message.bot_id)
        and float(message.ts) > after
        and (not before or float(message.ts) < before)
    ]


def _ranked(backend: Backend, arguments: Arguments, words: Collection[str], messages: list[Message]) -> list[Message]:
    """Those with at least one of the words, in the wanted order."""
    texts = {id(message): backend.reader.message(message).lower() for message in messages}
    scores = {id(message): sum(word in texts[id(message)] for word in words) for message in messages}
    by = _choice(arguments, "sort", "score", "timestamp")
    downwards = _choice(arguments, "sort_dir", "desc", "asc") == "desc"
    found = [message for message in messages if scores[id(message)]]
    if by == "timestamp":
        return sorted(found, key=lambda message: message.ts, reverse=downwards)
    found.sort(key=lambda message: message.ts, reverse=True)
    return sorted(found, key=lambda message: scores[id(message)], reverse=downwards)


def _result(backend: Backend, message: Message) -> Json:
    author = backend.workspace.users[message.user]
    return {
        "author_name": author.real_name,
        "author_user_id": author.id,
        "team_id": backend.installation.team_id,
        "channel_id": message.channel,
        "channel_name": backend.workspace.channels[message.channel].name,
        "message_ts": message.ts,
        "content": message.text,
        "is_author_bot": author.is_bot,
        "permalink": backend.shapes.permalink(message),
    }


def _several(arguments: Arguments, name: str, default: str, known: Collection[str]) -> list[str]:
    """The names in a list that is sent with commas."""
    names = [one.strip() for one in (arguments.text(name) or default).split(",") if one.strip()]
    unknown = [one for one in names if one not in known]
    if unknown:
        raise invalid("invalid_arguments", [f"unsupported value: {one} [json-pointer:/{name}]" for one in unknown])
    return names


def _choice(arguments: Arguments, name: str, default: str, other: str) -> str:
    value = arguments.text(name) or default
    if value not in (default, other):
        raise invalid("invalid_arguments", [f"must be {default} or {other} [json-pointer:/{name}]"])
    return value


METHODS: dict[str, Method] = {"assistant.search.context": context}
