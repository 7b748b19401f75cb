"""What the entries in a modal must be for it to be submitted, and what the app's answer does to the modal."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from emulators.slack.people.entries import Entry, action_id, complaint, entered, state_values, stateful
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.views import checked
from emulators.slack.state.views import Views
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, Entry]]  # what is entered, by block_id and action_id
States = dict[tuple[str, str], Json]


def filled(view: Json, made: States, values: Values, workspace: Workspace) -> States:
    """The entries with those of `values`. Raises ValueError for what Slack's clients let nobody submit."""
    named = {(block["block_id"], action_id(block, element)): element for block, element in stateful(view["blocks"])}
    given = {(block_id, name): entry for block_id, entries in values.items() for name, entry in entries.items()}
    unknown = values.keys() - {block_id for block_id, _ in named}
    if unknown:
        raise ValueError(f"the modal has nothing to fill in called {', '.join(unknown)}")
    for block_id, name in given.keys() - named.keys():
        there = ", ".join(repr(other) for block, other in named if block == block_id)
        raise ValueError(f"there is only {there} in {block_id!r}, and no {name!r}")
    now = made | {name: entered(named[name], entry, workspace) for name, entry in given.items()}
    states = state_values(view["blocks"], now)
    for block, element in stateful(view["blocks"]):
        problem = complaint(block, element, states[block["block_id"]][action_id(block, element)])
        if problem:
            raise ValueError(problem)
    return now


def take_answer(views: Views, user: str, view_id: str, answer: Json | None) -> None:
    """Do with the modal what the answer to its submission says; without one the submitted view closes.

    An answer that Slack does not understand changes nothing.
    """
    current = views.modals.get(user)
    if current is None or current["id"] != view_id:
        return
    answer = answer or {}
    match answer.get("response_action"):
        case None:
            views.close(user)
        case "clear":
            views.clear(user)
        case "errors":
            views.set_errors(user, answer.get("errors"))
        case "update":
            with contextlib.suppress(SlackError):
                views.update(view_id, checked(answer.get("view"), "modal"))
        case "push":
            with contextlib.suppress(SlackError):
                views.push(user, checked(answer.get("view"), "modal"))
