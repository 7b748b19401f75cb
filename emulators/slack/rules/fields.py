"""Checks of single fields: what is wrong with a value, in Slack's words and with a JSON pointer to the value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

Problems = Iterator[str]
Rule = Callable[[dict[str, Any], str], Problems]  # for an object and its pointer
Check = Callable[[Any, str], Problems]  # for any value and its pointer
UNLIMITED = 10**9  # for text and lists whose limit is checked with the rest of the message


def at(complaint: str, pointer: str) -> str:
    """The complaint with the pointer, as Slack writes them."""
    return f"{complaint} [json-pointer:{pointer}]"


def short(value: object, limit: int, pointer: str) -> Problems:
    """A text of 1 to `limit` characters."""
    if not isinstance(value, str):
        yield at("must be a string", pointer)
    elif not value:
        yield at("must be more than 0 characters", pointer)
    elif len(value) > limit:
        yield at(f"must be less than {limit + 1} characters", pointer)


def one_of(value: object, names: Collection[str], pointer: str) -> Problems:
    """One of some words."""
    if not isinstance(value, str) or value not in names:
        yield at(f"must be one of {', '.join(names)}", pointer)


def many(value: object, limit: int, pointer: str) -> Problems:
    """An array of 1 to `limit` objects."""
    if not isinstance(value, list):
        yield at("must be an array", pointer)
    elif not value:
        yield at("no fewer than 1 items required", pointer)
    elif len(value) > limit:
        yield at(f"no more than {limit} items allowed", pointer)
    elif not all(isinstance(item, dict) for item in value):
        yield at("must be an array of objects", pointer)


def list_of(value: object, limit: int, pointer: str, rule: Rule) -> Problems:
    """An array of 1 to `limit` objects, each of which obeys the rule."""
    complaints = list(many(value, limit, pointer))
    yield from complaints
    if not complaints and isinstance(value, list):
        for index, item in enumerate(value):
            yield from rule(item, f"{pointer}/{index}")


def record(value: object, required: Mapping[str, Check], optional: Mapping[str, Check], pointer: str) -> Problems:
    """An object that has the required fields, may have the optional ones, and has no others."""
    if not isinstance(value, dict):
        yield at("must be an object", pointer)
        return
    checks = {**required, **optional}
    yield from (at(f"missing required field: {name}", pointer) for name in required if name not in value)
    yield from (at(f"invalid additional property: {name}", pointer) for name in value if name not in checks)
    for name, check in checks.items():
        if name in value:
            yield from check(value[name], f"{pointer}/{name}")


def text_object(value: object, limit: int, pointer: str, kinds: Collection[str] = ("plain_text", "mrkdwn")) -> Problems:
    """A text object of one of these kinds, with 1 to `limit` characters."""
    if not isinstance(value, dict):
        yield at("missing required field: text", pointer)
    elif value.get("type") not in kinds:
        yield at(f"must be one of {', '.join(kinds)}", f"{pointer}/type")
    else:
        yield from short(value.get("text"), limit, f"{pointer}/text")


def plain_text(value: object, limit: int, pointer: str) -> Problems:
    """A text object without formatting, with 1 to `limit` characters."""
    yield from text_object(value, limit, pointer, kinds=("plain_text",))


def anything(_: object, __: str) -> Problems:
    """A value that is checked elsewhere, or not at all."""
    yield from ()


# The same as values, for `record`.


def string(limit: int) -> Check:
    return lambda value, pointer: short(value, limit, pointer)


def plain(limit: int) -> Check:
    return lambda value, pointer: plain_text(value, limit, pointer)


def word(*names: str) -> Check:
    return lambda value, pointer: one_of(value, names, pointer)


def objects(limit: int, rule: Rule) -> Check:
    return lambda value, pointer: list_of(value, limit, pointer, rule)
