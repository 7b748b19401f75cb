"""Finding channels by name, topic or purpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent_worker.conversation.wording import model_form
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.facts import Channel
from agent_worker.slack.reading.look import Look
from agent_worker.slack.reading.words import MOST_FOUND, best
from agent_worker.toolbox.sources import Source, Sourced
from agent_worker.toolbox.tool import ToolError
from text.json_shapes import mapping, mappings, string
from text.lines import one_line

LONGEST_TOPIC = 250  # characters; Slack allows as many
ONLY_HERE = "Only this channel was looked at: somebody who reads here is no full member of the workspace."
TOO_MANY = f"Only the first {MOST_FOUND} are listed."
NOT_ALL = "The workspace has more channels than were looked at."
Told = Mapping[str, Any]


async def find_channels(look: Look, query: str) -> Sourced:
    if not query.strip():
        raise ToolError(sentences.NO_WORDS)
    if not look.askers:
        raise ToolError(sentences.NOBODY_ASKS)
    told, left_out = await _among(look)
    found = best(query, told.values(), _text)
    notes = [left_out, TOO_MANY if len(found) > MOST_FOUND else ""]
    channels = [_row(one) for one in found[:MOST_FOUND]]
    result = {"channels": channels, "left_out": " ".join(filter(None, notes))}
    return Sourced(
        {key: value for key, value in result.items() if key == "channels" or value}, _sources(look, channels)
    )


async def _among(look: Look) -> tuple[dict[str, Told], str]:
    """The channels that may be told of, by id, and what that leaves out."""
    if await look.eyes.ask_alone():
        person = look.askers[-1].id
        own = await _listed(look, look.api.client.users_conversations, user=person, types="public_channel")
        shared = await _listed(look, look.api.client.users_conversations, user=person, types="private_channel")
        public, left_out = await _public(look) if await look.eyes.askers_are_full_members() else ({}, "")
        return {**public, **own[0], **shared[0]}, left_out
    if await look.eyes.only_members_read():
        return await _public(look)
    here = await look.eyes.channel(look.thread.channel)
    answer = await look.api.call(look.api.client.conversations_info, channel=here.id)
    return {here.id: mapping(answer.get("channel"))}, ONLY_HERE


async def _public(look: Look) -> tuple[dict[str, Told], str]:
    found, is_whole = await _listed(look, look.api.client.conversations_list, types="public_channel")
    return {
        slack_id: one for slack_id, one in found.items() if Channel.read(one).is_public
    }, "" if is_whole else NOT_ALL


async def _listed(look: Look, method: Any, **arguments: Any) -> tuple[dict[str, Told], bool]:
    """The channels by id; none if Slack does not permit it."""
    found, is_whole = await look.api.listing(method, "channels", exclude_archived=True, **arguments)
    return {string(one.get("id")): one for one in mappings(found)}, is_whole


def _row(told: Told) -> dict[str, Any]:
    channel = Channel.read(told)
    row = {
        "channel": channel.called,
        "id": channel.id,
        "topic": _said(told, "topic"),
        "purpose": _said(told, "purpose"),
        "members": told.get("num_members"),
        "private": not channel.is_public,
    }
    return {key: value for key, value in row.items() if value}


def _text(told: Told) -> str:
    return " ".join([string(told.get("name")), _said(told, "topic"), _said(told, "purpose")])


def _said(told: Told, field: str) -> str:
    return one_line(string(mapping(told.get(field)).get("value")), LONGEST_TOPIC)


def _sources(look: Look, channels: list[dict[str, Any]]) -> list[Source]:
    url = look.workspace.url.rstrip("/")
    return (
        [Source(text=model_form.name(one["channel"]), url=f"{url}/archives/{one['id']}") for one in channels]
        if url
        else []
    )
