"""People and channels in our own words, from what `users.info` and `conversations.info` tell of them. Pure.

All texts are written by people: each is on one line, bounded, and holds nothing that a person cannot see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent_worker.conversation.wording import model_form, slack_markup
from agent_worker.payloads.storage_limits import writable
from agent_worker.payloads.surroundings import Place, PlaceKind, Profile
from agent_worker.slack import time_zones
from text import lines
from text.json_shapes import mapping, string

LONGEST_ABOUT = 250  # characters of a channel's topic, and of its purpose; Slack takes no more


def profile(user: Mapping[str, Any], now: float) -> Profile:
    """What the profile says; `now` is in seconds since 1970."""
    said = mapping(user.get("profile"))
    return Profile(
        full_name=model_form.name(string(said.get("real_name"))),
        title=model_form.name(string(said.get("title"))),
        time_zone=model_form.name(string(user.get("tz"))),
        offsets=time_zones.offsets(user.get("tz"), user.get("tz_offset"), now),
    )


def place(channel: str, told: Mapping[str, Any]) -> Place:
    """The channel as its own members know it: the name of a private one must not be told anywhere else."""
    is_shared_beyond = told.get("is_shared") is True and told.get("is_org_shared") is not True
    return Place(
        channel=channel,
        kind=kind_of(told),
        name=model_form.name(string(told.get("name"))),
        topic=_about(told.get("topic")),
        purpose=_about(told.get("purpose")),
        shared=told.get("is_ext_shared") is True or is_shared_beyond,
    )


def kind_of(told: Mapping[str, Any]) -> PlaceKind:
    """What kind of channel it is; what Slack does not say to be public counts as private."""
    if told.get("is_im"):
        return "direct message"
    if told.get("is_mpim"):
        return "group direct message"
    return "public channel" if told.get("is_private") is False else "private channel"


def _about(text: object) -> str:
    """A topic or a purpose as people read it."""
    readable = slack_markup.plain(string(text), bot_user_id="", names={})
    return lines.name(writable(readable), LONGEST_ABOUT)
