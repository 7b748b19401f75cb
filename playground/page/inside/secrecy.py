"""What Look inside never shows: what looks like a secret by its name or form, and what is known to be one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from agent_worker.conversation.questions.secrecy import looks_secret
from agent_worker.payloads.post_keys import read

HIDDEN = "••••"  # in the place of what looks like a secret
MOST_DEEP = 60  # JSON in JSON; what is deeper is hidden
SHORTEST_SECRET = 8  # characters: a shorter value would be found in words
# Tokens of Slack and keys of Google, wherever they stand.
_TOKEN = re.compile(r"\b(?:xox[a-z]|xapp)-[\w.-]{10,}|\bAIza[\w-]{30,}")
# What Gemini counts is called a token, too.
_COUNT = re.compile(r"tokens?(?:_?count|_?details)?$", re.IGNORECASE)
# By its key the agent finds a post again, and everybody in the workspace may read it. It begins with a `ts`.
_POST_KEY = re.compile(r"\d+\.\d{6}:")


def secret_values(environment: Mapping[str, str]) -> frozenset[str]:
    """The values of those variables whose names say that they are secret."""
    return frozenset(
        value for name, value in environment.items() if looks_secret(name) and len(value) >= SHORTEST_SECRET
    )


class Secrecy:
    """`known` are texts that are hidden wherever they stand."""

    def __init__(self, known: Collection[str] = ()) -> None:
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def hide(self, value: Any, *, by_name: bool = True, depth: int = 0) -> Any:
        """A copy of the JSON value without secrets, and without what is nested too deep to be looked at.

        `by_name` is off where names describe, as in a tool's schema.
        """
        if isinstance(value, str):
            return self.hide_in_text(value)
        if not isinstance(value, list | Mapping):
            return value
        if depth >= MOST_DEEP:
            return HIDDEN
        inside = partial(self.hide, by_name=by_name, depth=depth + 1)
        if isinstance(value, list):
            return [inside(inner) for inner in value]
        return {
            name: HIDDEN if by_name and _is_secret(str(name), inner) else inside(inner) for name, inner in value.items()
        }

    def hide_in_text(self, text: str) -> str:
        without_tokens = _TOKEN.sub(HIDDEN, text)
        return self._known.sub(HIDDEN, without_tokens) if self._known else without_tokens


def _is_secret(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return False
    return looks_secret(name) and not _is_count(name, value) and not _is_post_key(name, value)


def _is_count(name: str, value: Any) -> bool:
    is_number = isinstance(value, int)
    is_list_of_counts = isinstance(value, list) and all(isinstance(one, Mapping) for one in value)
    return _COUNT.search(name) is not None and (is_number or is_list_of_counts)


def _is_post_key(name: str, value: Any) -> bool:
    return name == "key" and isinstance(value, str) and _POST_KEY.match(value) is not None and read(value) is not None
