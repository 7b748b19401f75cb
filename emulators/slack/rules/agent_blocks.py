"""The rules for the blocks of agents: task cards, plans, and the buttons below an answer."""

from __future__ import annotations

import re
from typing import Any

from emulators.slack.rules.fields import (
    UNLIMITED,
    Check,
    Problems,
    anything,
    at,
    many,
    objects,
    plain,
    record,
    string,
    word,
)

Block = dict[str, Any]

TASK_STATES = ("pending", "in_progress", "complete", "error")
MAX_TASK_TEXT = 256  # documented for the chunks of a stream; held against blocks too, as nothing else is documented
MAX_TASKS = 50
MAX_SOURCES = 50  # chosen: Slack has published no number
MAX_ACTIONS = 5
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
    yield from record(
        block, {"type": word("context_actions"), "elements": objects(MAX_ACTIONS, _action)}, _BLOCK_ID, pointer
    )


def _action(element: Block, pointer: str) -> Problems:
    if element.get("type") == "feedback_buttons":
        yield from record(element, _FEEDBACK, {"action_id": string(255)}, pointer)
    elif element.get("type") == "icon_button":
        yield from record(element, _ICON, _MORE_OF_ICON, pointer)
    else:
        yield at(f"unsupported type: {element.get('type')}", f"{pointer}/type")


def _feedback_button(value: object, pointer: str) -> Problems:
    yield from record(value, {"text": plain(75), "value": string(2_000)}, {"accessibility_label": string(75)}, pointer)


def _rich_text(value: object, pointer: str) -> Problems:
    yield from record(value, {"type": word("rich_text"), "elements": _elements}, {"block_id": string(255)}, pointer)


def _elements(value: object, pointer: str) -> Problems:
    yield from many(value, UNLIMITED, pointer)


def _url(value: object, pointer: str) -> Problems:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        yield at("must be a valid URL", pointer)


def _users(value: object, pointer: str) -> Problems:
    if not isinstance(value, list) or not all(isinstance(user, str) for user in value):
        yield at("must be an array of strings", pointer)
    elif not 1 <= len(value) <= 10:
        yield at("must have 1 to 10 items", pointer)


def _source(value: Block, pointer: str) -> Problems:
    yield from record(value, {"type": word("url"), "url": _url, "text": string(3_000)}, {}, pointer)


# Also for the chunks of a stream, in which tasks have the same fields.
task_text: Check = string(MAX_TASK_TEXT)
task_state: Check = word(*TASK_STATES)
sources: Check = objects(MAX_SOURCES, _source)

_BLOCK_ID: dict[str, Check] = {"block_id": anything}  # checked in `blocks.py`, where all ids of a message are known
_CARD: dict[str, Check] = {"task_id": string(255), "title": task_text}
_MORE_OF_CARD: dict[str, Check] = {
    "type": word("task_card"),  # may be left out in a plan, where every entry is a card
    "status": task_state,
    "details": _rich_text,
    "output": _rich_text,
    "sources": sources,
    "block_id": string(255),
}
_PLAN: dict[str, Check] = {"type": word("plan"), "title": task_text}
_MORE_OF_PLAN: dict[str, Check] = {"tasks": objects(MAX_TASKS, task_card), **_BLOCK_ID}
_FEEDBACK: dict[str, Check] = {
    "type": word("feedback_buttons"),
    "positive_button": _feedback_button,
    "negative_button": _feedback_button,
}
_ICON: dict[str, Check] = {"type": word("icon_button"), "icon": word("trash"), "text": plain(75)}
_MORE_OF_ICON: dict[str, Check] = {
    "action_id": string(255),
    "accessibility_label": string(75),
    "value": string(2_000),
    "visible_to_user_ids": _users,
    "confirm": anything,
}
