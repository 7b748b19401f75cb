"""The rules for views: what a Home tab and a modal may consist of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from emulators.slack.rules.blocks import block_problems
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.fields import Problems, at, plain_text, short

Json = dict[str, Any]
ViewKind = Literal["home", "modal"]
MAX_BLOCKS = 100
MAX_BYTES = 250_000
MAX_TITLE = 24
MAX_STRINGS = {"private_metadata": 3_000, "callback_id": 255, "external_id": 255}
IN_MESSAGES_ONLY = ("context_actions", "file", "markdown", "plan", "table", "task_card")
_FIELDS = {"type", "blocks", *MAX_STRINGS}
_MODAL_FIELDS = {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}


def checked(view: Any, kind: ViewKind) -> Json:
    """The view. Raises SlackError if Slack would refuse it."""
    if not isinstance(view, dict):
        raise invalid("invalid_arguments", [at("must be an object", "/view")])
    if len(json.dumps(view, ensure_ascii=False).encode()) > MAX_BYTES:
        raise SlackError("view_too_large")
    found = [*_fields(view, kind), *_strings(view), *_blocks(view), *(_texts(view) if kind == "modal" else ())]
    if found:
        raise invalid("invalid_arguments", found)
    return view


def _fields(view: Json, kind: ViewKind) -> Problems:
    if view.get("type") != kind:
        yield at(f"unsupported type: {view.get('type')}", "/view/type")
    for name in view.keys() - _FIELDS - (_MODAL_FIELDS if kind == "modal" else set()):
        yield at(f"invalid additional property: {name}", "/view")


def _strings(view: Json) -> Problems:
    for name, limit in MAX_STRINGS.items():
        if view.get(name, "") != "":
            yield from short(view[name], limit, f"/view/{name}")


def _blocks(view: Json) -> Problems:
    yield from block_problems(view.get("blocks"), limit=MAX_BLOCKS, pointer="/view/blocks")
    for index, block in enumerate(_list(view.get("blocks"))):
        if block.get("type") in IN_MESSAGES_ONLY:
            yield at(f"unsupported type: {block['type']}", f"/view/blocks/{index}/type")


def _texts(view: Json) -> Problems:
    """What only modals have: a title, and a button to submit them, which is needed if there is an input block."""
    yield from plain_text(view.get("title"), MAX_TITLE, "/view/title")
    for name in ("submit", "close"):
        if view.get(name) is not None:
            yield from plain_text(view[name], MAX_TITLE, f"/view/{name}")
    if view.get("submit") is None and any(block.get("type") == "input" for block in _list(view.get("blocks"))):
        yield at("missing required field: submit", "/view")


def _list(blocks: Any) -> list[Mapping[str, Any]]:
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
