"""Which agent answers where: the rule that the worker goes by, and by which the bot tells people. Pure.

An agent claims channels: by id, by name, by a glob of names, or `direct` for the direct messages. An id beats a name,
and a name beats a glob. What nobody claims belongs to the default agent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

DEFAULT_AGENT = "default"
DIRECT = "direct"  # among an agent's channels: the direct messages between one person and the agent
_ID = re.compile(r"[CDG][A-Z0-9]{2,}")  # of a channel; a channel's name has no capital letters
_GLOB = re.compile(r"[*?\[]")

Claims = Mapping[str, Sequence[str]]  # the channels of each agent, by the agent's name


@dataclass(frozen=True)
class Place:
    """Where people write. `name` is the channel's, without "#"; None if nobody knows it."""

    channel: str
    name: str | None = None

    @property
    def is_direct(self) -> bool:
        return self.channel.startswith("D")


@dataclass(frozen=True)
class Choice:
    """The agent that answers; without one, why nobody can tell which.

    `rivals`: the agents that claim the place, none more exactly than the others. `needs_name`: some agent claims
    channels by their names, and nobody knows the name of this one.
    """

    agent: str = ""
    rivals: tuple[str, ...] = ()
    needs_name: bool = False


def choose(claims: Claims, place: Place) -> Choice:
    """The agent of a place."""
    by_id = _claiming(claims, lambda claim: claim == place.channel)
    direct = _claiming(claims, lambda claim: claim == DIRECT) if place.is_direct else []
    if by_id or direct:
        return _choice(by_id or direct)
    if place.is_direct or not any(is_about_names(claim) for channels in claims.values() for claim in channels):
        return Choice(DEFAULT_AGENT)
    name = place.name
    if name is None:
        return Choice(needs_name=True)
    by_name = _claiming(claims, lambda claim: claim == name and is_about_names(claim))
    by_glob = _claiming(claims, lambda claim: is_glob(claim) and fnmatchcase(name, claim))
    return _choice(by_name or by_glob or [DEFAULT_AGENT])


def is_about_names(claim: str) -> bool:
    """Whether it takes the channel's name to know if the claim is about it."""
    return claim != DIRECT and _ID.fullmatch(claim) is None


def is_glob(pattern: str) -> bool:
    """Whether it is a pattern of names, of channels or of tools, and not a name."""
    return _GLOB.search(pattern) is not None


def _claiming(claims: Claims, is_about_it: Callable[[str], bool]) -> list[str]:
    return sorted(agent for agent, channels in claims.items() if any(map(is_about_it, channels)))


def _choice(agents: Sequence[str]) -> Choice:
    return Choice(agents[0]) if len(agents) == 1 else Choice(rivals=tuple(agents))
