"""What Slack's ids and timestamps look like. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

# At most 64 characters: Slack's ids are shorter, and a workflow id made of them must stay below Temporal's 1,000 bytes.
PERSON = re.compile(r"[UW][A-Z0-9]{1,63}")
AUTHOR = re.compile(r"[UWB][A-Z0-9]{1,63}")  # a person, or an app
CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,63}")
FILE = re.compile(r"F[A-Z0-9]{1,63}")
WORKSPACE = re.compile(r"T[A-Z0-9]{1,63}")
INSTALLATION = re.compile(r"[TE][A-Z0-9]{1,63}")  # a workspace, or an organisation with several
ACTION_TOKEN = re.compile(r"[!-~]{1,200}")  # three parts with points between them, in what was seen
TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")


def has_form(value: object, form: re.Pattern[str]) -> bool:
    """Whether `value` is a string of this form; a value of any other type is not."""
    return isinstance(value, str) and form.fullmatch(value) is not None


def foreign_workspace(teams: Iterable[object], own: str) -> str:
    """The first id of a workspace among these; "" if it is the agent's `own`, or if there is none.

    The id of an organisation with several workspaces (Enterprise Grid) is passed over: it does not say in which of them
    a person is.
    """
    team = next((str(team) for team in teams if has_form(team, WORKSPACE)), own)
    return "" if team == own else team
