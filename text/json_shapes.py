"""JSON from outside, read without trusting its shape: what has another shape than expected reads as nothing. Pure.

Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """The object that `value` is, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """The list that `value` is, or an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in the list that `value` is; anything else in it is left out."""
    return [item for item in items(value) if isinstance(item, Mapping)]


def string(value: object) -> str:
    """The text that `value` is, or ""."""
    return value if isinstance(value, str) else ""
