"""Thought signatures: which was issued with which function call, so that a changed signature is noticed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from random import Random
from typing import Any

# What Gemini documents for a call that no model made: this very string, not its base64 form.
DUMMY = "skip_thought_signature_validator"


class Signatures:
    """The signatures issued so far. Each is valid for the model and the call that it was issued with."""

    def __init__(self) -> None:
        self._random = Random(0)
        self._issued: dict[bytes, str] = {}

    def for_call(self, model: str, call: Mapping[str, Any]) -> str:
        """A new signature for this call, in standard base64 and of a random length, as Gemini's are."""
        signature = self._random.randbytes(self._random.randint(24, 300))
        self._issued[signature] = _owner(model, call)
        return base64.b64encode(signature).decode()

    def for_text(self) -> str:
        """A new signature for a text part; it is never checked."""
        return base64.b64encode(self._random.randbytes(self._random.randint(24, 300))).decode()

    def accepts(self, signature: str, model: str, call: Mapping[str, Any]) -> bool:
        """Whether the signature was issued with this call. Both base64 alphabets are accepted."""
        return signature == DUMMY or self._issued.get(decoded(signature) or b"") == _owner(model, call)


def decoded(signature: object) -> bytes | None:
    """The bytes of a signature in standard or URL-safe base64, padded or not; None if it is no base64."""
    if not isinstance(signature, str):
        return None
    standard = signature.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        return None


def _owner(model: str, call: Mapping[str, Any]) -> str:
    return json.dumps([model, call.get("name"), call.get("args") or {}], sort_keys=True)
