"""Which properties blocks, elements and text objects have. Slack refuses an object that has others.

Source: https://docs.slack.dev/reference/block-kit, September 2026. The blocks of agents are in `agent_blocks.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emulators.slack.rules.fields import Problems, at

Json = Mapping[str, Any]

_OF_BLOCKS = {
    "actions": {"elements"},
    "context": {"elements"},
    "divider": set[str](),
    "header": {"text", "level"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "input": {"label", "element", "dispatch_action", "hint", "optional"},
    "markdown": {"text"},
    "section": {"text", "fields", "accessory", "expand"},
    "table": {"rows", "column_settings"},
}
_OF_ELEMENTS = {
    "button": {
        "text", "action_id", "url", "value", "style", "confirm", "accessibility_label", "agent_prompt",
        "agent_prompt_display", "visible_to_user_ids",
    },
    "checkboxes": {"action_id", "options", "initial_options", "confirm", "focus_on_load"},
    "datepicker": {"action_id", "initial_date", "confirm", "focus_on_load", "placeholder"},
    "image": {"image_url", "slack_file", "alt_text"},
    "multi_static_select": {
        "action_id", "options", "option_groups", "initial_options", "confirm", "max_selected_items", "focus_on_load",
        "placeholder",
    },
    "number_input": {
        "action_id", "is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config",
        "focus_on_load", "placeholder",
    },
    "overflow": {"action_id", "options", "confirm"},
    "plain_text_input": {
        "action_id", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config",
        "focus_on_load", "placeholder",
    },
    "radio_buttons": {"action_id", "options", "initial_option", "confirm", "focus_on_load"},
    "static_select": {
        "action_id", "options", "option_groups", "initial_option", "confirm", "focus_on_load", "placeholder",
    },
    "users_select": {"action_id", "initial_user", "confirm", "focus_on_load", "placeholder"},
}  # fmt: skip
_OF_OPTIONS = {"text", "value", "description"}
_OF_TEXTS = {"plain_text": {"text", "emoji"}, "mrkdwn": {"text", "verbatim"}}
# Elements that Slack has and that the stand-in's people cannot use; their properties are not checked.
_OTHER_ELEMENTS = {
    "channels_select", "conversations_select", "datetimepicker", "external_select", "multi_channels_select",
    "multi_conversations_select", "multi_external_select", "multi_users_select", "timepicker", "workflow_button",
}  # fmt: skip


def unknown_properties(block: Json, pointer: str) -> Problems:
    """The properties that no such block has, in the block, its elements and its texts."""
    known = _OF_BLOCKS.get(str(block.get("type")))
    if known is None:
        return
    yield from _others(block, {"type", "block_id", *known}, pointer)
    for name in ("text", "title", "label", "hint"):
        yield from _in_text(block.get(name), f"{pointer}/{name}")
    for name in ("accessory", "element"):
        yield from _in_element(block.get(name), f"{pointer}/{name}")
    for name in ("elements", "fields"):
        items = block.get(name)
        for index, item in enumerate(items if isinstance(items, list) else []):
            yield from _in_element(item, f"{pointer}/{name}/{index}")


def repeated_actions(elements: Sequence[object], pointer: str) -> Problems:
    """Elements of one block that have the `action_id` of an element before them."""
    seen = set[str]()
    for index, element in enumerate(elements):
        name = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(name, str) and name in seen:
            yield at(f"`action_id` must be unique: {name}", f"{pointer}/{index}/action_id")
        seen.add(str(name))


def is_element(kind: object) -> bool:
    return isinstance(kind, str) and (kind in _OF_ELEMENTS or kind in _OTHER_ELEMENTS)


def _in_element(element: object, pointer: str) -> Problems:
    if not isinstance(element, dict):
        return
    if element.get("type") in _OF_TEXTS:
        yield from _in_text(element, pointer)
    elif element.get("type") in _OF_ELEMENTS:
        yield from _others(element, {"type", *_OF_ELEMENTS[element["type"]]}, pointer)
        for name in ("text", "placeholder"):
            yield from _in_text(element.get(name), f"{pointer}/{name}")
        yield from _in_confirm(element.get("confirm"), f"{pointer}/confirm")
        yield from _in_options(element, pointer)


def _in_confirm(dialog: object, pointer: str) -> Problems:
    if isinstance(dialog, dict):
        yield from _others(dialog, {"title", "text", "confirm", "deny", "style"}, pointer)
        for name in ("title", "text", "confirm", "deny"):
            yield from _in_text(dialog.get(name), f"{pointer}/{name}")


def _in_options(element: Json, pointer: str) -> Problems:
    """In the options of an element, also in those of its groups. Only those of an overflow menu have an address."""
    known = _OF_OPTIONS | ({"url"} if element["type"] == "overflow" else set())
    for place, option in _objects(element.get("options"), f"{pointer}/options"):
        yield from _others(option, known, place)
        for name in ("text", "description"):
            yield from _in_text(option.get(name), f"{place}/{name}")
    for place, group in _objects(element.get("option_groups"), f"{pointer}/option_groups"):
        yield from _others(group, {"label", "options"}, place)
        yield from _in_options({"type": element["type"], "options": group.get("options")}, place)


def _objects(items: object, pointer: str) -> Iterator[tuple[str, Json]]:
    """The objects of an array, each with its pointer."""
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield f"{pointer}/{index}", item


def _in_text(text: object, pointer: str) -> Problems:
    if isinstance(text, dict) and text.get("type") in _OF_TEXTS:
        yield from _others(text, {"type", *_OF_TEXTS[text["type"]]}, pointer)


def _others(value: Json, known: set[str], pointer: str) -> Problems:
    yield from (at(f"invalid additional property: {name}", pointer) for name in value if name not in known)
