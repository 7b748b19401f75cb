"""The rules of Block Kit: what is wrong with blocks, in Slack's words."""

from __future__ import annotations

from typing import Any

from emulators.slack.rules import agent_blocks, elements
from emulators.slack.rules.fields import UNLIMITED, Problems, Rule, at, list_of, plain_text, short, text_object
from emulators.slack.rules.properties import is_element, repeated_actions, unknown_properties

Block = dict[str, Any]

MAX_BLOCKS = 50
# Kinds that are valid in messages, and whose fields are not checked here.
_UNCHECKED = ("divider", "rich_text", "video", "file", "call", "card", "carousel", "container", "data_table")


def block_problems(blocks: object, *, limit: int = MAX_BLOCKS, pointer: str = "/blocks") -> list[str]:
    """All problems, such as `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return [at("must be an array of objects", pointer)]
    if len(blocks) > limit:
        return [at(f"no more than {limit} items allowed", pointer)]
    found = [problem for index, block in enumerate(blocks) for problem in _block(block, f"{pointer}/{index}")]
    return found + list(_repeated_ids(blocks, pointer)) + list(_one_table(blocks, pointer))


def _block(block: Block, pointer: str) -> Problems:
    kind = block.get("type")
    yield from short(block.get("block_id", "-"), 255, f"{pointer}/block_id")
    yield from unknown_properties(block, pointer)
    if isinstance(block.get("elements"), list):
        yield from repeated_actions(block["elements"], f"{pointer}/elements")
    if isinstance(kind, str) and kind in _RULES:
        yield from _RULES[kind](block, pointer)
    elif kind not in _UNCHECKED:
        yield at(f"unsupported type: {kind}", f"{pointer}/type")


def _repeated_ids(blocks: list[Block], pointer: str) -> Problems:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if isinstance(name, str) and name in seen:
            yield at(f"`block_id` must be unique: {name}", f"{pointer}/{index}/block_id")
        seen.add(str(name))


def _one_table(blocks: list[Block], pointer: str) -> Problems:
    tables = [index for index, block in enumerate(blocks) if block.get("type") == "table"]
    for index in tables[1:]:
        yield at("only_one_table_allowed", f"{pointer}/{index}")


def _section(block: Block, pointer: str) -> Problems:
    if "text" not in block and "fields" not in block:
        yield at("missing required field: text", pointer)
    if "text" in block:
        yield from text_object(block["text"], 3_000, f"{pointer}/text")
    if "fields" in block:
        yield from list_of(block["fields"], 10, f"{pointer}/fields", lambda item, at: text_object(item, 2_000, at))
    if "accessory" in block:
        accessory, place = block["accessory"], f"{pointer}/accessory"
        yield from _known(accessory, place) or elements.in_section(accessory, place)


def _header(block: Block, pointer: str) -> Problems:
    yield from plain_text(block.get("text"), 150, f"{pointer}/text")


def _markdown(block: Block, pointer: str) -> Problems:
    yield from short(block.get("text"), UNLIMITED, f"{pointer}/text")


def _context(block: Block, pointer: str) -> Problems:
    yield from list_of(block.get("elements"), 10, f"{pointer}/elements", _context_element)


def _context_element(element: Block, pointer: str) -> Problems:
    if element.get("type") == "image":
        yield from elements.image(element, pointer)
    else:
        yield from text_object(element, 3_000, pointer)


def _actions(block: Block, pointer: str) -> Problems:
    yield from list_of(block.get("elements"), elements.MAX_ACTIONS, f"{pointer}/elements", _in_actions)


def _in_actions(element: Block, pointer: str) -> Problems:
    yield from _known(element, pointer) or elements.in_actions(element, pointer)


def _known(element: object, pointer: str) -> list[str]:
    """The complaint about an element of a type that Slack does not have."""
    if not isinstance(element, dict) or is_element(element.get("type")):
        return []
    return [at(f"unsupported type: {element.get('type')}", f"{pointer}/type")]


def _input(block: Block, pointer: str) -> Problems:
    yield from plain_text(block.get("label"), 2_000, f"{pointer}/label")
    if "hint" in block:
        yield from plain_text(block["hint"], 2_000, f"{pointer}/hint")
    for name in ("optional", "dispatch_action"):
        if not isinstance(block.get(name, False), bool):
            yield at("must be a boolean", f"{pointer}/{name}")
    yield from elements.in_input(block.get("element"), f"{pointer}/element")


def _table(block: Block, pointer: str) -> Problems:
    rows = block.get("rows")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        yield at("must be an array of arrays", f"{pointer}/rows")
        return
    if len(rows) > 100:
        yield at("no more than 100 items allowed", f"{pointer}/rows")
    for index, row in enumerate(rows):
        if len(row) > 20:
            yield at("no more than 20 items allowed", f"{pointer}/rows/{index}")
    if text_length(rows) > 10_000:
        yield at("must be less than 10001 characters", f"{pointer}/rows")


def text_length(part: object) -> int:
    """How many characters of text are in a block, or in any part of one."""
    if isinstance(part, list):
        return sum(text_length(item) for item in part)
    if not isinstance(part, dict):
        return 0
    own = part.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(
        text_length(value) for value in part.values() if isinstance(value, (dict, list))
    )


_RULES: dict[str, Rule] = {
    "actions": _actions,
    "context": _context,
    "context_actions": agent_blocks.context_actions,
    "header": _header,
    "image": elements.image,
    "input": _input,
    "markdown": _markdown,
    "plan": agent_blocks.plan,
    "section": _section,
    "table": _table,
    "task_card": agent_blocks.task_card,
}
