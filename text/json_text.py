"""JSON text from outside, decoded without trusting it: neither its size nor its depth can stop the reader. Pure."""

from __future__ import annotations

import json
import re

# Levels of lists and objects inside each other. Slack's deepest blocks have about twenty. What is read here is then
# walked through by functions that call themselves for each level, and Python allows them about 1,000 calls.
DEEPEST = 100
# A string, with the end of the text in place of a closing quotation mark that is missing; or the sign of a level.
_STRING_OR_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def decoded(text: str, deepest: int = DEEPEST) -> object | None:
    """The JSON value that `text` holds, or None if it is no JSON. Never raises; takes time in proportion to the text.

    What is nested deeper than `deepest` levels reads as null, so that the rest of the value is not lost.
    """
    if text.count("[") + text.count("{") > deepest:
        text = _without_deep_levels(text, deepest)
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _without_deep_levels(text: str, deepest: int) -> str:
    """`text` with `null` in place of each list or object that would be one level too deep."""
    kept, position, level = [], 0, 0
    for found in _STRING_OR_SIGN.finditer(text):
        sign = text[found.start()]
        if sign in "[{":
            level += 1
            if level == deepest + 1:
                kept.append(text[position : found.start()])
        elif sign in "]}":
            if level == deepest + 1:
                kept.append("null")
                position = found.end()
            level -= 1
    return "".join([*kept, text[position:] if level <= deepest else ""])
