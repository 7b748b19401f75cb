"""What people can enter into an element, and the state that it then has in Slack's `state.values`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from emulators.slack.rules.elements import INITIAL_MANY, MAX_LENGTH, STATEFUL, TEXT_FIELDS, is_date, number, options_of
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
# A text, the value of an option, a user id or a day; for elements in which several can be chosen, a list.
Entry = str | Sequence[str]
States = Mapping[tuple[str, str], Json]  # by block_id and action_id


def entered(element: Json, entry: Entry, workspace: Workspace) -> Json:
    """The state of the element with this entry; an empty one empties it.

    Raises ValueError for what Slack's clients let nobody enter. A text that is too short, and a number out of range,
    can be entered and not be submitted: see `complaint`.
    """
    kind = element["type"]
    values = [entry] if isinstance(entry, str) else [*entry]
    values = [value for value in values if value]
    if len(values) > 1 and kind not in INITIAL_MANY:
        raise ValueError(f"one thing alone can be chosen in {_name(element)}")
    if kind in TEXT_FIELDS:
        return {"type": kind, "value": _text(element, values[0]) if values else None}
    if kind in INITIAL_MANY:
        return {"type": kind, "selected_options": _several(element, values)}
    if kind == "users_select":
        return {"type": kind, "selected_user": _user(values[0], workspace) if values else None}
    if kind == "datepicker":
        return {"type": kind, "selected_date": _day(values[0]) if values else None}
    return {"type": kind, "selected_option": _option(element, values[0]) if values else None}


def initial(element: Json) -> Json:
    """The state of an element that nobody has touched."""
    kind = element["type"]
    if kind in TEXT_FIELDS:
        return {"type": kind, "value": element.get("initial_value") or None}
    if kind in INITIAL_MANY:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "users_select":
        return {"type": kind, "selected_user": element.get("initial_user")}
    if kind == "datepicker":
        return {"type": kind, "selected_date": element.get("initial_date")}
    return {"type": kind, "selected_option": element.get("initial_option")}


def content(state: Json) -> Any:
    """What the state says, without the type. Nothing and an empty list are empty."""
    return next(value for name, value in state.items() if name != "type")


def state_values(blocks: Iterable[Json], made: States) -> Json:
    """`state.values` of a message or view for a person who has made these entries."""
    values: Json = {}
    for block, element in stateful(blocks):
        name = block["block_id"], action_id(block, element)
        state = made.get(name)
        if state is None or state["type"] != element["type"] or not _is_offered(element, state):
            state = initial(element)
        values.setdefault(name[0], {})[name[1]] = state
    return values


def stateful(blocks: Iterable[Json]) -> Iterable[tuple[Json, Json]]:
    """All elements that people can fill in, each after its block."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") in STATEFUL:
                yield block, element


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    inside = block.get("elements") if isinstance(block.get("elements"), list) else []
    return [*(inside or []), *(block[name] for name in ("accessory", "element") if name in block)]


def action_id(block: Json, element: Json) -> str:
    """The element's id; that of its block if it has none."""
    return str(element.get("action_id", block["block_id"]))


def complaint(block: Json, element: Json, state: Json) -> str:
    """Why Slack's clients do not submit this; empty if they do."""
    said, name = content(state), block["block_id"]
    if not said:
        return "" if block.get("optional") or block["type"] != "input" else f"{name!r} is not optional"
    if element["type"] == "plain_text_input" and len(said) < element.get("min_length", 0):
        return f"{name!r} is too short"
    if element["type"] == "number_input":
        value = number(said, is_decimal=True)
        least, most = (number(element.get(limit), is_decimal=True) for limit in ("min_value", "max_value"))
        if value is None or (least is not None and value < least) or (most is not None and value > most):
            return f"{name!r} is out of range"
    return ""


def _text(element: Json, text: str) -> str:
    if element["type"] == "number_input" and number(text, is_decimal=element["is_decimal_allowed"]) is None:
        raise ValueError(f"{text!r} is no number that {_name(element)} takes")
    if len(text) > element.get("max_length", MAX_LENGTH):
        raise ValueError(f"{_name(element)} takes no text that is too long: {len(text)} characters")
    return text


def _option(element: Json, value: str) -> Json:
    found = next((option for option in options_of(element) if option["value"] == value), None)
    if found is None:
        raise ValueError(f"{_name(element)} does not offer {value!r}")
    return found


def _several(element: Json, values: Sequence[str]) -> list[Json]:
    """The options in the order in which the element offers them."""
    chosen = [_option(element, value) for value in dict.fromkeys(values)]
    if len(chosen) > element.get("max_selected_items", len(chosen)):
        raise ValueError(f"in {_name(element)} no more than {element['max_selected_items']} can be chosen")
    return [option for option in options_of(element) if option in chosen]


def _user(user: str, workspace: Workspace) -> str:
    person = workspace.users.get(user)
    if person is None or person.is_deactivated:
        raise ValueError(f"there is nobody with the id {user} to choose")
    return user


def _day(value: str) -> str:
    if not is_date(value):
        raise ValueError(f"{value!r} is no day as YYYY-MM-DD")
    return value


def _is_offered(element: Json, state: Json) -> bool:
    """Whether the element still offers what was chosen: the app may have changed it since."""
    chosen = state.get("selected_options", [state["selected_option"]] if state.get("selected_option") else [])
    return all(option in options_of(element) for option in chosen)


def _name(element: Json) -> str:
    return repr(element.get("action_id", element["type"]))
