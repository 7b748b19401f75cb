"""What Slack tells of the people and the place of a conversation."""

from __future__ import annotations

from typing import Literal

from agent_worker.payloads.stored import Stored

PlaceKind = Literal["public channel", "private channel", "group direct message", "direct message"]


class Profile(Stored):
    """What a person's profile says. Each field is empty if Slack does not tell it.

    `time_zone` is a name such as "Europe/Berlin". `offsets` are the time zone's offsets from UTC, in seconds to the
    east, each with the moment from which on it holds, in seconds since 1970, oldest first: those of some weeks around
    the moment at which Slack was asked.
    """

    full_name: str = ""
    title: str = ""
    time_zone: str = ""
    offsets: list[tuple[int, int]] = []


class Place(Stored):
    """The channel that a conversation is in. `name` is without "#"; `shared`: people of other organisations read it."""

    channel: str
    kind: PlaceKind
    name: str = ""
    topic: str = ""
    purpose: str = ""
    shared: bool = False
