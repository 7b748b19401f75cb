"""Finding people by name or title."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from agent_worker.conversation.wording import model_form
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.look import Look
from agent_worker.slack.reading.membership import is_person
from agent_worker.slack.reading.words import MOST_FOUND, best
from agent_worker.toolbox.sources import Source, Sourced
from agent_worker.toolbox.tool import ToolError
from text.json_shapes import mapping, string

ONLY_HERE = "Only members of this channel were looked for: somebody who asks or reads here is no full member."
TOO_MANY = f"Only the first {MOST_FOUND} are listed."
NOT_EVERYBODY = "The workspace has more people than were looked at."


async def find_people(look: Look, query: str, channel: str) -> Sourced:
    if not query.strip() and not channel.strip():
        raise ToolError(sentences.NO_WORDS)
    among, left_out = await _among(look, channel)
    everybody = await look.facts.everybody()
    if not everybody.by_id:
        raise ToolError(sentences.NOT_PERMITTED)
    users = [
        user for slack_id, user in everybody.by_id.items() if is_person(user) and (among is None or slack_id in among)
    ]
    found = best(query, users, _text)
    notes = [left_out, "" if everybody.is_whole else NOT_EVERYBODY, TOO_MANY if len(found) > MOST_FOUND else ""]
    people = [_row(user) for user in found[:MOST_FOUND]]
    result = {"people": people, "left_out": " ".join(filter(None, notes))}
    return Sourced({key: value for key, value in result.items() if key == "people" or value}, _sources(look, people))


async def _among(look: Look, channel: str) -> tuple[Set[str] | None, str]:
    """The ids of those who may be told of, None for everybody; and what that leaves out."""
    if channel.strip():
        place = await look.channel(channel)
        members, is_whole = await look.facts.members(place.id)
        if not is_whole:
            raise ToolError(sentences.TOO_MANY_MEMBERS if members else sentences.NOT_PERMITTED)
        return members, ""
    if await look.eyes.only_members_read():
        return None, ""
    members, _ = await look.facts.members(look.thread.channel)
    return members, ONLY_HERE


def _row(user: Mapping[str, Any]) -> dict[str, str]:
    profile = mapping(user.get("profile"))
    full_name = string(user.get("real_name")) or string(profile.get("real_name"))
    called = (string(profile.get("display_name")), full_name, string(user.get("name")), string(user.get("id")))
    row = {
        "person": next(filter(None, map(model_form.name, called)), "somebody"),
        "id": string(user.get("id")),
        "full_name": model_form.name(full_name),
        "title": model_form.name(string(profile.get("title"))),
        "time_zone": model_form.name(string(user.get("tz"))),
    }
    return {key: value for key, value in row.items() if value}


def _text(user: Mapping[str, Any]) -> str:
    profile = mapping(user.get("profile"))
    names = [user.get("name"), user.get("real_name"), *(profile.get(key) for key in ("display_name", "real_name"))]
    return " ".join(map(string, [*names, profile.get("title")]))


def _sources(look: Look, people: list[dict[str, str]]) -> list[Source]:
    url = look.workspace.url.rstrip("/")
    return [Source(text=one["person"], url=f"{url}/team/{one['id']}") for one in people] if url else []
