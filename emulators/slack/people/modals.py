"""Filling in a modal: the values that reach the app, and what the app's answer does to the modal."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.views import checked
from emulators.slack.state.views import Views

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, str]]  # texts by block_id and action_id


def filled(view: Json, values: Values) -> Json:
    """The view as it is submitted. Raises ValueError for values that Slack's clients would not let people submit."""
    blocks = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
    unknown = values.keys() - blocks.keys()
    if unknown:
        raise ValueError(f"the modal has nothing to fill in called {', '.join(unknown)}")
    state = {block_id: _state(block, values.get(block_id, {})) for block_id, block in blocks.items()}
    return view | {"state": {"values": state}}


def _state(block: Json, values: Mapping[str, str]) -> Json:
    """One input block as it appears in `state.values`."""
    element = block["element"]
    action_id = element.get("action_id", block["block_id"])
    if values.keys() - {action_id}:
        raise ValueError(f"there is only {action_id!r} in {block['block_id']!r}")
    value = values.get(action_id, element.get("initial_value")) or None
    if value is None and not block.get("optional"):
        raise ValueError(f"{block['block_id']!r} is not optional")
    if value is not None and not element.get("min_length", 0) <= len(value) <= element.get("max_length", 3_000):
        raise ValueError(f"{block['block_id']!r} is too short or too long")
    return {action_id: {"type": element["type"], "value": value}}


def take_answer(views: Views, user: str, view_id: str, answer: Json | None) -> None:
    """Close the modal, show errors in it, or change it. An answer that Slack does not understand changes nothing."""
    current = views.modals.get(user)
    if current is None or current["id"] != view_id:
        return
    action = (answer or {}).get("response_action", "clear")
    if action == "clear":
        views.close(user)
    elif action == "errors" and answer is not None:
        views.set_errors(user, answer.get("errors"))
    elif action == "update" and answer is not None:
        with contextlib.suppress(SlackError):
            views.update_modal(user, checked(answer.get("view"), "modal"))
