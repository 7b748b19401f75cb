"""The values that must not leave the worker: headers, the environment of servers, what `${VAR}` stood for. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from text.lines import ELLIPSIS

SHORTEST = 8  # characters; what is shorter is most likely no secret, and is found in too many texts


class Secrets:
    """Knows the secrets of one server, and puts "…" in their place wherever the server repeats one."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """Paths are no secrets: a server has to be able to name its files."""
        forms = {form for value in values for form in _forms(value)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def hidden(self, text: str) -> str:
        return self._pattern.sub(ELLIPSIS, text) if self._pattern else text

    def hidden_in(self, value: Any) -> Any:
        """The same for every text in a JSON value. Its depth must be bounded already (`is_too_deep`)."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.hidden(value)
        if isinstance(value, dict):
            return {self.hidden(str(key)): self.hidden_in(inner) for key, inner in value.items()}
        return [self.hidden_in(inner) for inner in value] if isinstance(value, list) else value


def _forms(value: str) -> Iterable[str]:
    """The value, its words (`Bearer …`), what base64 hides in it (`Basic …`), each as it is, in a URL and in JSON."""
    for word in {value, *value.split()}:
        for form in (word, *_decoded(word)):
            if len(form) >= SHORTEST and not form.startswith(("/", "~/")):
                yield from {
                    form,
                    quote(form, safe=""),
                    quote_plus(form),
                    _in_json(form),
                    _in_json(form, is_ascii=False),
                }


def _in_json(form: str, *, is_ascii: bool = True) -> str:
    return json.dumps(form, ensure_ascii=is_ascii)[1:-1]


def _decoded(word: str) -> list[str]:
    """The user and the password of HTTP's basic authentication."""
    try:
        user, colon, password = base64.b64decode(word, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return []
    return [f"{user}:{password}", password] if colon else []
