"""The rules for what agents show: task cards and plans, and the buttons below an answer."""

from __future__ import annotations

import re
from typing import Any

from emulators.slack.rules.field_rules import Check, Problems, at, list_of, many, one_of, plain_text, record, short

Block = dict[str, Any]

TASK_STATES = ("pending", "in_progress", "complete", "error")
MAX_TASK_TEXT = 256  # documented for the chunks of a stream; blocks are held to it too, as nobody says otherwise
MAX_TASKS = 50
MAX_SOURCES = 50  # unpublished
IN_CONTEXT_ACTIONS_ONLY = ("feedback_buttons", "icon_button")
_URL = re.compile(r"https?://\S+")


def task_card(block: Block, pointer: str) -> Problems:
    yield from record(block, _CARD, _MORE_OF_CARD, pointer)


def plan(block: Block, pointer: str) -> Problems:
    yield from record(block, _PLAN, _MORE_OF_PLAN, pointer)
    tasks = block.get("tasks")
    names = [str(task.get("task_id")) for task in tasks if isinstance(task, dict)] if isinstance(tasks, list) else []
    if len(names) != len(set(names)):
        yield at("`task_id` must be unique", f"{pointer}/tasks")


def context_actions(block: Block, pointer: str) -> Problems:
    yield from record(block, {"type": _one_of("context_actions"), "elements": _list_of_actions}, _BLOCK_ID, pointer)


def sources(value: object, pointer: str) -> Problems:
    """What is wrong with the places that a task has its facts from."""
    yield from list_of(value, MAX_SOURCES, pointer, lambda source, at: record(source, _SOURCE, {}, at))


def task_text(value: object, pointer: str) -> Problems:
    yield from short(value, MAX_TASK_TEXT, pointer)


def task_state(value: object, pointer: str) -> Problems:
    yield from one_of(value, TASK_STATES, pointer)


def _list_of_actions(value: object, pointer: str) -> Problems:
    yield from list_of(value, 5, pointer, _action)


def _action(element: Block, pointer: str) -> Problems:
    if element.get("type") == "feedback_buttons":
        yield from record(element, _FEEDBACK, {"action_id": _string(255)}, pointer)
    elif element.get("type") == "icon_button":
        yield from record(element, _ICON, _MORE_OF_ICON, pointer)
    else:
        yield at(f"unsupported type: {element.get('type')}", f"{pointer}/type")


def _feedback_button(value: object, pointer: str) -> Problems:
    yield from record(
        value, {"text": _plain(75), "value": _string(2_000)}, {"accessibility_label": _string(75)}, pointer
    )


def _rich_text(value: object, pointer: str) -> Problems:
    yield from record(value, {"type": _one_of("rich_text"), "elements": _objects}, {"block_id": _string(255)}, pointer)


def _objects(value: object, pointer: str) -> Problems:
    yield from many(value, 10**9, pointer)  # counted with the message's other text


def _url(value: object, pointer: str) -> Problems:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        yield at("must be a valid URL", pointer)


def _users(value: object, pointer: str) -> Problems:
    if not isinstance(value, list) or not all(isinstance(user, str) for user in value):
        yield at("must be an array of strings", pointer)
    elif not 1 <= len(value) <= 10:
        yield at("must have 1 to 10 items", pointer)


def _tasks(value: object, pointer: str) -> Problems:
    yield from list_of(value, MAX_TASKS, pointer, task_card)


def _anything(_: object, __: str) -> Problems:
    """For what is checked elsewhere, or not at all."""
    yield from ()


def _string(limit: int) -> Check:
    return lambda value, pointer: short(value, limit, pointer)


def _plain(limit: int) -> Check:
    return lambda value, pointer: plain_text(value, limit, pointer)


def _one_of(*names: str) -> Check:
    return lambda value, pointer: one_of(value, names, pointer)


_BLOCK_ID = {"block_id": _anything}  # of a block of the message, which has all blocks' ids checked together
_CARD = {"task_id": _string(255), "title": task_text}
_MORE_OF_CARD = {
    "type": _one_of("task_card"),  # said by the card's place when it stands in a plan
    "status": task_state,
    "details": _rich_text,
    "output": _rich_text,
    "sources": sources,
    "block_id": _string(255),
}
_PLAN = {"type": _one_of("plan"), "title": task_text}
_MORE_OF_PLAN = {"tasks": _tasks, **_BLOCK_ID}
_SOURCE = {"type": _one_of("url"), "url": _url, "text": _string(3_000)}
_FEEDBACK = {
    "type": _one_of("feedback_buttons"),
    "positive_button": _feedback_button,
    "negative_button": _feedback_button,
}
_ICON = {"type": _one_of("icon_button"), "icon": _one_of("trash"), "text": _plain(75)}
_MORE_OF_ICON = {
    "action_id": _string(255),
    "accessibility_label": _string(75),
    "value": _string(2_000),
    "visible_to_user_ids": _users,
    "confirm": _anything,
}
