"""What is not shown or recorded as it is: values that look like secrets by their names, and what is too long. Pure.

What is left of a value is its digest: whoever knows the value can tell that it was this one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from agent_worker.payloads.storage_limits import size_of

_SECRETS = """
accesskey apikey auth authorization bearer cookie cookies credential credentials jwt key keys otp passcode passphrase
passwd password passwords pin privatekey pwd secret secretkey secrets token tokens totp
"""
# Before such a word, it names something or counts it: people have to see which issue it is.
_NAMING = """
cache column count cursor field foreign idempotency input issue max min next object output page parent partition
prev primary project public row sort ticket total
"""
_SECRET, _HARMLESS = frozenset(_SECRETS.split()), frozenset(_NAMING.split())
# Names are also written in one word: `accesstoken`. Of short words, many others end with the same letters.
_LONG_SECRETS = tuple(word for word in _SECRET if len(word) > len("auth") and word not in {"cookie", "cookies"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BEGINS = 200  # characters that are kept of what is too long
_MOST_ARGUMENTS = 50


def looks_secret(name: str) -> bool:
    """Whether a value of this name is likely to be one that not everybody may see."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return any(first + second in _SECRET for first, second in pairwise(words)) or any(
        _names_secret(word, words[at - 1] if at else "") for at, word in enumerate(words)
    )


def _names_secret(word: str, before: str) -> bool:
    """Whether the word, behind this one, names a secret: by itself, or as the end of several words in one."""
    if word in _SECRET:
        return before not in _HARMLESS
    ends = [word.removesuffix(secret) for secret in _LONG_SECRETS if word.endswith(secret)]
    return bool(ends) and not any(end.endswith(tuple(_HARMLESS)) for end in ends)


def holds_secret(name: str, value: Any) -> bool:
    """The same of a value with all that is in it."""
    return bool(without_secrets({name: value}) != {name: value})


def digest(value: Any) -> str:
    """SHA-256 in hex: of a text itself, of anything else as JSON with sorted keys."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def as_digest(value: Any) -> Any:
    return {"sha256": digest(value)}


def without_secrets(value: Any, put: Callable[[Any], Any] = as_digest) -> Any:
    """The JSON value with `put(secret)` in the place of each secret. Yes, no, null and nothing are none."""
    if isinstance(value, list):
        return [without_secrets(inner, put) for inner in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: put(inner) if looks_secret(str(name)) and _may_be_one(inner) else without_secrets(inner, put)
        for name, inner in value.items()
    }


def _may_be_one(value: Any) -> bool:
    return value is not None and not isinstance(value, bool) and value not in ("", [], {})


def bounded(value: Any, longest: int) -> Any:
    """The JSON value in about `longest` bytes: what is too long is cut, with its length and its digest."""
    if size_of(value) <= longest:
        return value
    if isinstance(value, Mapping) and len(value) <= _MOST_ARGUMENTS:
        short = {name: bounded(inner, longest // 4) for name, inner in value.items()}
        if size_of(short) <= longest:
            return short
    return _cut(value)


def _cut(value: Any) -> dict[str, Any]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"begins": text[:_BEGINS], "bytes": size_of(value), "sha256": digest(value)}
