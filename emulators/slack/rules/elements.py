"""The rules for interactive elements: what buttons, menus, choices and text fields must have, and where they may stand.

Which properties they may have besides is in `properties.py`.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from emulators.slack.rules.fields import Check, Problems, Rule, at, list_of, one_of, plain_text, short, text_object

Json = dict[str, Any]

MAX_ACTIONS = 25
MAX_OPTIONS = {"static_select": 100, "multi_static_select": 100, "checkboxes": 10, "radio_buttons": 10, "overflow": 5}
MAX_LENGTH = 3_000  # characters of a text field
INITIAL_MANY = ("multi_static_select", "checkboxes")
TEXT_FIELDS = ("plain_text_input", "number_input")
# Elements that people can fill in, and that have a value in `state.values`.
STATEFUL = (*TEXT_FIELDS, *INITIAL_MANY, "static_select", "radio_buttons", "users_select", "datepicker")
_FORMATTED = ("checkboxes", "radio_buttons")  # the texts of their options may have formatting
_FIELDS_ONLY = (*TEXT_FIELDS, "email_text_input", "url_text_input", "rich_text_input", "file_input")  # in `input` alone
_NOT_IN_ACTIONS = (
    *_FIELDS_ONLY, "image", "multi_static_select", "multi_channels_select", "multi_conversations_select",
    "multi_external_select", "multi_users_select",
)  # fmt: skip
_NOT_IN_SECTIONS = (*_FIELDS_ONLY, "datetimepicker")


def in_actions(element: object, pointer: str) -> Problems:
    yield from _allowed(element, _NOT_IN_ACTIONS, pointer)


def in_section(element: object, pointer: str) -> Problems:
    yield from _allowed(element, _NOT_IN_SECTIONS, pointer)


def in_input(element: object, pointer: str) -> Problems:
    """Only those elements that the stand-in's people can fill in."""
    if not isinstance(element, dict):
        yield at("missing required field: element", pointer.removesuffix("/element"))
    elif element.get("type") not in STATEFUL:
        yield at(f"unsupported type: {element.get('type')}", f"{pointer}/type")
    else:
        yield from _checked(element, pointer)


def _allowed(element: object, others: Collection[str], pointer: str) -> Problems:
    if not isinstance(element, dict):
        yield at("must be an object", pointer)
    elif element.get("type") in others:
        yield at(f"unsupported type: {element['type']}", f"{pointer}/type")
    else:
        yield from _checked(element, pointer)


def _checked(element: Json, pointer: str) -> Problems:
    """What is wrong with the element itself; its type is one that Slack has."""
    yield from short(element.get("action_id", "-"), 255, f"{pointer}/action_id")
    if "placeholder" in element:
        yield from plain_text(element["placeholder"], 150, f"{pointer}/placeholder")
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{pointer}/confirm")
    for name in ("focus_on_load", "multiline"):
        if not isinstance(element.get(name, False), bool):
            yield at("must be a boolean", f"{pointer}/{name}")
    kind = element.get("type")
    if isinstance(kind, str) and kind in _RULES:
        yield from _RULES[kind](element, pointer)


def _confirm(dialog: object, pointer: str) -> Problems:
    """A confirmation dialog."""
    if not isinstance(dialog, dict):
        yield at("must be an object", pointer)
        return
    for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from plain_text(dialog.get(name), limit, f"{pointer}/{name}")
    yield from one_of(dialog.get("style", "primary"), ("primary", "danger"), f"{pointer}/style")


def _button(button: Json, pointer: str) -> Problems:
    yield from plain_text(button.get("text"), 75, f"{pointer}/text")
    yield from short(button.get("value", "-") or "-", 2_000, f"{pointer}/value")
    yield from short(button.get("url", "-"), 3_000, f"{pointer}/url")
    yield from short(button.get("accessibility_label", "-"), 75, f"{pointer}/accessibility_label")
    yield from one_of(button.get("style", "primary"), ("primary", "danger"), f"{pointer}/style")


def image(element: Json, pointer: str) -> Problems:
    if not element.get("image_url") and not element.get("slack_file"):
        yield at("missing required field: image_url", pointer)
    yield from short(element.get("alt_text"), 2_000, f"{pointer}/alt_text")


def _choice(element: Json, pointer: str) -> Problems:
    """Menus, radio buttons and checkboxes: their options, and which of them are chosen from the beginning."""
    kind = element["type"]
    grouped = "option_groups" in element and kind in ("static_select", "multi_static_select")
    if grouped == ("options" in element):
        yield at("must have either options or option_groups" if grouped else "missing required field: options", pointer)
    if grouped:
        yield from list_of(element["option_groups"], 100, f"{pointer}/option_groups", _group(kind))
    if "options" in element:
        yield from _options(element["options"], kind, f"{pointer}/options")
    yield from _initial(element, pointer)
    most = element.get("max_selected_items", 1)
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        yield at("must be more than 0", f"{pointer}/max_selected_items")


def _group(kind: str) -> Rule:
    def rule(group: Json, pointer: str) -> Problems:
        yield from plain_text(group.get("label"), 75, f"{pointer}/label")
        yield from _options(group.get("options"), kind, f"{pointer}/options")

    return rule


def _options(options: object, kind: str, pointer: str) -> Problems:
    yield from list_of(options, MAX_OPTIONS[kind], pointer, _option(kind))


def _option(kind: str) -> Rule:
    kinds = ("plain_text", "mrkdwn") if kind in _FORMATTED else ("plain_text",)

    def rule(option: Json, pointer: str) -> Problems:
        yield from text_object(option.get("text"), 75, f"{pointer}/text", kinds)
        yield from short(option.get("value"), 150, f"{pointer}/value")
        if "description" in option:
            yield from text_object(option["description"], 75, f"{pointer}/description", kinds)
        if "url" in option and kind == "overflow":
            yield from short(option["url"], 3_000, f"{pointer}/url")

    return rule


def _initial(element: Json, pointer: str) -> Problems:
    offered = options_of(element)
    if "initial_option" in element and element["initial_option"] not in offered:
        yield at("must match one of the options", f"{pointer}/initial_option")
    chosen = element.get("initial_options", offered[:1])
    if not isinstance(chosen, list) or (not chosen and "initial_options" in element):
        yield at("no fewer than 1 items required", f"{pointer}/initial_options")
    elif any(option not in offered for option in chosen):
        yield at("must match the options", f"{pointer}/initial_options")
    elif len(chosen) > _most(element):
        yield at("no more than max_selected_items allowed", f"{pointer}/initial_options")


def _most(element: Mapping[str, Any]) -> int:
    most = element.get("max_selected_items")
    return most if isinstance(most, int) else 100


def options_of(element: Mapping[str, Any]) -> list[Json]:
    """All options of a menu or choice, also those in groups. What is malformed is left out."""
    groups = element.get("option_groups")
    holders = [element, *(group for group in (groups if isinstance(groups, list) else []) if isinstance(group, dict))]
    return [
        option
        for holder in holders
        if isinstance(holder.get("options"), list)
        for option in holder["options"]
        if isinstance(option, dict)
    ]


def _plain_text_input(element: Json, pointer: str) -> Problems:
    shortest, longest = element.get("min_length", 0), element.get("max_length", MAX_LENGTH)
    if not _is_whole(shortest) or not 0 <= shortest <= MAX_LENGTH:
        yield at(f"must be between 0 and {MAX_LENGTH}", f"{pointer}/min_length")
    if not _is_whole(longest) or not 1 <= longest <= MAX_LENGTH:
        yield at(f"must be between 1 and {MAX_LENGTH}", f"{pointer}/max_length")
    elif len(str(element.get("initial_value", ""))) > longest:
        yield at(f"must be less than {longest + 1} characters", f"{pointer}/initial_value")
    elif _is_whole(shortest) and shortest > longest:
        yield at("must not be more than max_length", f"{pointer}/min_length")
    yield from _dispatch(element, pointer)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number_input(element: Json, pointer: str) -> Problems:
    decimal = element.get("is_decimal_allowed")
    if not isinstance(decimal, bool):
        yield at("missing required field: is_decimal_allowed", pointer)
    names = ("min_value", "max_value", "initial_value")
    numbers = {name: number(element[name], is_decimal=bool(decimal)) for name in names if name in element}
    yield from (at("must be a number in a string", f"{pointer}/{name}") for name, one in numbers.items() if one is None)
    least, most, initial = (numbers.get(name) for name in names)
    if least is not None and most is not None and least > most:
        yield at("must not be more than max_value", f"{pointer}/min_value")
    if initial is not None and not (least is None or least <= initial) & (most is None or initial <= most):
        yield at("must be between min_value and max_value", f"{pointer}/initial_value")
    yield from _dispatch(element, pointer)


def number(text: object, *, is_decimal: bool) -> Decimal | None:
    """The number that a text says; None if it is no number, or one with decimals where these are not allowed."""
    try:
        value = Decimal(text) if isinstance(text, str) and text.strip() == text else None
    except InvalidOperation:
        return None
    if value is None or not value.is_finite() or "e" in str(text).lower():
        return None
    return value if is_decimal or "." not in str(text) else None


def _dispatch(element: Json, pointer: str) -> Problems:
    """When a text field tells the app of what is typed."""
    config = element.get("dispatch_action_config", {})
    triggers = config.get("trigger_actions_on") if isinstance(config, dict) else None
    if "dispatch_action_config" not in element:
        return
    if not isinstance(triggers, list) or not triggers:
        yield at("missing required field: trigger_actions_on", f"{pointer}/dispatch_action_config")
        return
    for index, trigger in enumerate(triggers):
        where = f"{pointer}/dispatch_action_config/trigger_actions_on/{index}"
        yield from one_of(trigger, ("on_enter_pressed", "on_character_entered"), where)


def _users_select(element: Json, pointer: str) -> Problems:
    yield from short(element.get("initial_user", "-"), 255, f"{pointer}/initial_user")


def _datepicker(element: Json, pointer: str) -> Problems:
    if not is_date(element.get("initial_date", "2026-01-01")):
        yield at("must be a date in the format YYYY-MM-DD", f"{pointer}/initial_date")


def is_date(value: object) -> bool:
    """Whether this is a day as YYYY-MM-DD."""
    try:
        return isinstance(value, str) and str(datetime.date.fromisoformat(value)) == value
    except ValueError:
        return False


_RULES: dict[str, Check] = {
    "button": _button,
    "checkboxes": _choice,
    "datepicker": _datepicker,
    "image": image,
    "multi_static_select": _choice,
    "number_input": _number_input,
    "overflow": _choice,
    "plain_text_input": _plain_text_input,
    "radio_buttons": _choice,
    "static_select": _choice,
    "users_select": _users_select,
}
