"""What can be pressed in the blocks of a message or view, and how it then appears in the payload's `actions`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]
_PRESSABLE = ("button", "icon_button", "feedback_buttons")


def pressed_action(blocks: Iterable[Json], user: str, action_id: str, value: str | None) -> Json | None:
    """The action of pressing the first element with this id that the person can see; None if there is none.

    `value` chooses among elements with the same id, and between the two sides of feedback buttons. Without it, the
    positive side is pressed.
    """
    found = (
        action
        for block_id, element in _elements(blocks)
        if element.get("action_id") == action_id and user in element.get("visible_to_user_ids", [user])
        for action in _actions(element, block_id)
    )
    return next((action for action in found if value is None or action.get("value") == value), None)


def _elements(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Everything that can be pressed, with the id of its block."""
    for block in blocks:
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        yield from ((block["block_id"], element) for element in elements if element.get("type") in _PRESSABLE)


def _actions(element: Json, block_id: str) -> Iterator[Json]:
    """What pressing the element can send: one action, or two for feedback buttons."""
    shape = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    if element["type"] == "feedback_buttons":
        yield from (shape | {"value": element[side].get("value")} for side in ("positive_button", "negative_button"))
    else:
        yield shape | {name: element[name] for name in ("text", "value", "url") if name in element}
