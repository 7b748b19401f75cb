"""Whether somebody is a full member of the workspace, and so may see its public channels. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from text.json_shapes import items, mapping

_LIMITED = ("is_restricted", "is_ultra_restricted", "is_stranger")  # guests of two kinds, and people from elsewhere
_NO_PERSON = ("is_bot", "deleted")


def is_full_member(user: Mapping[str, Any], team: str, written_from: str = "") -> bool:
    """Whether `user`, as `users.info` tells, is a full member of the workspace `team`. False if Slack does not tell.

    `written_from` is the workspace that the person's message named, "" for `team`.
    """
    if any(user.get(field) for field in (*_LIMITED, *_NO_PERSON)):
        return False
    # In an organisation with several workspaces (Enterprise Grid), a message may name another one of the person's.
    if teams := items(mapping(user.get("enterprise_user")).get("teams")):
        return team in teams
    return {user.get("team_id"), written_from or team} == {team}


def is_person(user: Mapping[str, Any]) -> bool:
    """Whether somebody can read what is written: no app, and nobody whose account is closed."""
    return not any(user.get(field) for field in _NO_PERSON)
