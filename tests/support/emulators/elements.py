"""Elements in which people choose and write, as an app makes them."""

from __future__ import annotations

from typing import Any

Element = dict[str, Any]


def plain(text: str) -> Element:
    return {"type": "plain_text", "text": text}


def option(value: str, **fields: Any) -> Element:
    return {"text": plain(value.title()), "value": value} | fields


def options(*values: str) -> list[Element]:
    return [option(value) for value in values]


def menu(*values: str, **fields: Any) -> Element:
    return {"type": "static_select", "action_id": "pick", "options": options(*values)} | fields


def radio(*values: str, **fields: Any) -> Element:
    return menu(*values) | {"type": "radio_buttons"} | fields


def boxes(*values: str, **fields: Any) -> Element:
    return menu(*values) | {"type": "checkboxes"} | fields


def several(*values: str, **fields: Any) -> Element:
    return menu(*values) | {"type": "multi_static_select"} | fields


def overflow(*values: str, **fields: Any) -> Element:
    return menu(*values) | {"type": "overflow"} | fields


def text_field(**fields: Any) -> Element:
    return {"type": "plain_text_input", "action_id": "write"} | fields


def number_field(**fields: Any) -> Element:
    return {"type": "number_input", "action_id": "count", "is_decimal_allowed": False} | fields


def person(**fields: Any) -> Element:
    return {"type": "users_select", "action_id": "who"} | fields


def day(**fields: Any) -> Element:
    return {"type": "datepicker", "action_id": "when"} | fields


def entry(element: Element, **fields: Any) -> Element:
    """An input block with the element."""
    return {"type": "input", "block_id": "asked", "label": plain("Label"), "element": element} | fields


def beside(element: Element) -> Element:
    """A section with the element as its accessory."""
    return {"type": "section", "block_id": "side", "text": plain("Beside"), "accessory": element}


CONFIRM: Element = {"title": plain("Sure?"), "text": plain("It sends."), "confirm": plain("Send"), "deny": plain("No")}
