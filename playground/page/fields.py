"""The fields of a request from the page. A field that is missing or has the wrong type is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class RefusedError(Exception):
    """A request that is refused with an HTTP status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Fields:
    """The JSON object of a request's body or, for GET, the query of its address.

    All methods raise RefusedError with status 400.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @classmethod
    async def read(cls, request: web.Request) -> Fields:
        if request.method == "GET":
            return cls(request.query)
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError as error:
            raise RefusedError(400, "the body is no JSON") from error
        if not isinstance(body, dict):
            raise RefusedError(400, "the body must be a JSON object")
        return cls(body)

    def text(self, name: str) -> str:
        """A text that must be there and not empty."""
        value = self.optional(name)
        if not value:
            raise RefusedError(400, f"{name} is missing")
        return value

    def optional(self, name: str) -> str | None:
        """A text, or None."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise RefusedError(400, f"{name} must be a text")
        return value

    def switch(self, name: str) -> bool:
        """True or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise RefusedError(400, f"{name} must be true or false")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false if it is missing."""
        return name in self._values and self.switch(name)

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty if it is missing."""
        value = self._values.get(name) or []
        if not _is_list_of_texts(value):
            raise RefusedError(400, f"{name} must be a list of texts")
        return list(value)

    def seconds(self, name: str, longest: float) -> float:
        """A number above 0 and at most `longest`."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= longest:
            raise RefusedError(400, f"{name} must be a number of at most {longest:g}")
        return float(value)

    def whole_number(self, name: str) -> int:
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise RefusedError(400, f"{name} must be a whole number")
        return value

    def listed(self, name: str) -> list[Json]:
        """A list of objects; empty if it is missing."""
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise RefusedError(400, f"{name} must be a list of objects")
        return value

    def entries(self, name: str) -> dict[str, dict[str, str | list[str]]]:
        """Texts or lists of texts by block_id and action_id, as in the values of a modal; empty if they are missing."""
        value = self._values.get(name) or {}
        if not isinstance(value, dict) or not all(_is_entries(one) for one in value.values()):
            raise RefusedError(400, f"{name} must be texts, or lists of texts, by block_id and action_id")
        return value


def _is_entries(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) or _is_list_of_texts(one) for one in value.values())


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
