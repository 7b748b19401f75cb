"""What the page sends, by name; what is missing or makes no sense is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class RefusedError(Exception):
    """A request that is not served: the HTTP status, and the sentence to answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Fields:
    """The JSON object of a body, or the query of an address."""

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
        """A text that has to be there."""
        value = self.optional(name)
        if not value:
            raise RefusedError(400, f"{name} is missing")
        return value

    def optional(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise RefusedError(400, f"{name} must be a text")
        return value

    def switch(self, name: str) -> bool:
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise RefusedError(400, f"{name} must be true or false")
        return value

    def seconds(self, name: str, longest: float) -> float:
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= longest:
            raise RefusedError(400, f"{name} must be a number of at most {longest:g}")
        return float(value)

    def listed(self, name: str) -> list[Json]:
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise RefusedError(400, f"{name} must be a list of objects")
        return value

    def mapping(self, name: str) -> dict[str, dict[str, str]]:
        """Texts by two names, as the values of a modal are."""
        value = self._values.get(name) or {}
        if not isinstance(value, dict) or not all(_is_texts(one) for one in value.values()):
            raise RefusedError(400, f"{name} must be texts by block_id and action_id")
        return value


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
