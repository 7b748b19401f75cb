"""What can be pressed and chosen in the blocks of a message or view, and the payload's `actions` that tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from emulators.slack.people.entries import Entry, action_id, content, elements_of, entered
from emulators.slack.rules.elements import STATEFUL, TEXT_FIELDS
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
Kinds = Literal["choices", "texts"]
_PRESSABLE = ("button", "icon_button", "feedback_buttons")
_COPIED = (
    "text", "value", "url", "style", "confirm", "placeholder", "initial_option", "initial_options", "initial_user",
    "initial_date",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """An element that a person sees, with its block."""

    block: Json
    element: Json

    @property
    def name(self) -> tuple[str, str]:
        """block_id and action_id."""
        return self.block["block_id"], action_id(self.block, self.element)

    @property
    def dispatches(self) -> bool:
        """Whether the app is told at once of what is entered. In an input block it must have asked for that."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    def check_confirmation(self, *, confirms: bool) -> None:
        """Raise ValueError for a person who says no where they are not asked."""
        if not confirms and "confirm" not in self.element:
            raise ValueError(f"{self.name[1]!r} asks for no confirmation")


def pressed(
    blocks: Iterable[Json], user: str, name: str, value: str | None, block_id: str | None = None
) -> tuple[Found, Json] | None:
    """The first button with this action_id that the person can see, and the action of pressing it; None without one.

    `value` chooses among elements with the same id, and between the two sides of feedback buttons. Without it, the
    positive side is pressed.
    """
    found = (
        (one, action)
        for one in _visible(blocks, user, name, block_id)
        if one.element["type"] in _PRESSABLE
        for action in _presses(one)
    )
    return next(((one, action) for one, action in found if value is None or action.get("value") == value), None)


def chosen(found: Found, entry: Entry, workspace: Workspace) -> tuple[Json | None, Json]:
    """The state after an entry, and the action that tells of it. An overflow menu has no state.

    Raises ValueError for what Slack's clients let nobody enter.
    """
    state = entered(found.element, entry, workspace)
    if not content(state) and found.element["type"] not in (*TEXT_FIELDS, "multi_static_select", "checkboxes"):
        raise ValueError(f"nothing is chosen in {found.name[1]!r}")
    return (None if found.element["type"] == "overflow" else state), _action(found) | state


def fillable(blocks: Iterable[Json], user: str, name: str, block_id: str | None, kinds: Kinds) -> Found | None:
    """The first element with this action_id in which people can choose ("choices") or write ("texts")."""
    offered = TEXT_FIELDS if kinds == "texts" else {*STATEFUL, "overflow"} - {*TEXT_FIELDS}
    return next((one for one in _visible(blocks, user, name, block_id) if one.element["type"] in offered), None)


def tells_each_character(found: Found) -> bool:
    """Whether the app is told of a text while it is written, and not only when the person presses Enter."""
    config = found.element.get("dispatch_action_config", {})
    return "on_character_entered" in config.get("trigger_actions_on", [])


def _visible(blocks: Iterable[Json], user: str, name: str, block_id: str | None) -> Iterator[Found]:
    for block in blocks:
        for element in elements_of(block):
            is_named = "type" in element and action_id(block, element) == name and block_id in (None, block["block_id"])
            if is_named and user in element.get("visible_to_user_ids", [user]):
                yield Found(block, element)


def _presses(found: Found) -> Iterator[Json]:
    """What pressing the element can send: one action, or two for feedback buttons."""
    if found.element["type"] == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            yield _action(found) | {"value": found.element[side].get("value")}
    else:
        yield _action(found)


def _action(found: Found) -> Json:
    block_id, name = found.name
    shape = {"type": found.element["type"], "action_id": name, "block_id": block_id}
    if found.element["type"] in TEXT_FIELDS:
        return shape
    return shape | {part: found.element[part] for part in _COPIED if part in found.element}
