"""The arguments of a Web API call: found in query, form or body, and read as the types that methods need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from emulators.slack.rules.errors import SlackError, invalid

_TRUE = ("1", "true", "True")
_FALSE = ("0", "false", "False", "")


class Arguments:
    """What the caller sent; null counts as not sent. A value of a wrong type raises SlackError invalid_arguments."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid("invalid_arguments", [f"must be a string [json-pointer:/{name}]"])
        return value

    def required(self, name: str) -> str:
        """A text that must be there and not be empty."""
        value = self.text(name)
        if value is None or value == "":
            raise invalid("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE or str(value) in _FALSE:
            return str(value) in _TRUE
        raise invalid("invalid_arguments", [f"must be a boolean [json-pointer:/{name}]"])

    def number(self, name: str, *, default: int) -> int:
        value = self.values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid("invalid_arguments", [f"must be an integer [json-pointer:/{name}]"]) from None

    def structure(self, name: str, *, error: str) -> Any:
        """An array or object, sent as such or as JSON in a string. Broken JSON raises SlackError with `error`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


async def read_arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of query string, form and JSON body; the later ones win. Raises SlackError for unreadable JSON."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values.update(await _json_object(request))
    elif request.can_read_body:
        values.update(await request.post())
    return values


async def _json_object(request: web.Request) -> dict[str, Any]:
    body = await request.text()
    if not body:
        return {}
    try:
        parsed = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed
