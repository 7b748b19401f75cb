"""Thought signatures: which ones were issued with which function call, so that a changed one is noticed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from random import Random
from typing import Any

# The documented way to send a call that no model made: this very string, not its base64 form.
DUMMY = "skip_thought_signature_validator"


class Signatures:
    """The signatures issued so far; each is good for its own model and its own call."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._issued: dict[bytes, str] = {}

    def for_call(self, model: str, call: Mapping[str, Any]) -> str:
        """A new signature in standard base64, of a random length as Gemini's have."""
        signature = self._random.randbytes(self._random.randint(24, 300))
        self._issued[signature] = _owner(model, call)
        return base64.b64encode(signature).decode()

    def for_text(self) -> str:
        """A new signature of a text part, which nobody checks."""
        return base64.b64encode(self._random.randbytes(self._random.randint(24, 300))).decode()

    def accepts(self, signature: str, model: str, call: Mapping[str, Any]) -> bool:
        """Whether it was issued with this call; which base64 alphabet it comes back in does not matter."""
        return signature == DUMMY or self._issued.get(decoded(signature) or b"") == _owner(model, call)


def decoded(signature: object) -> bytes | None:
    """The signature's bytes; None when it is no base64, standard or URL-safe, padded or not."""
    if not isinstance(signature, str):
        return None
    standard = signature.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        return None


def _owner(model: str, call: Mapping[str, Any]) -> str:
    return json.dumps([model, call.get("name"), call.get("args") or {}], sort_keys=True)
