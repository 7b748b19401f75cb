"""Characters that cannot be seen, or that change how others are shown: taken out of names, links, terminals. Pure.

Each function takes time in proportion to the text, and nothing here raises.
"""

from __future__ import annotations

import re

# C0 and C1 controls except tab and line break. An escape sequence of a terminal begins with one of them.
_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
# They turn the direction of what follows (https://unicode.org/reports/tr9/), so that a text reads as another one.
_DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# They have no width: soft hyphen, joiners, variation selectors, fillers, tags.
_NO_WIDTH = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_STEERS_TERMINAL = re.compile(rf"[{_CONTROL}{_DIRECTION}\u2028\u2029]++")
_HIDDEN = re.compile(rf"[{_CONTROL}{_DIRECTION}{_NO_WIDTH}]++")


def for_terminal(text: str) -> str:
    """`text` as a terminal may print it: without control characters, except tab and line break, and in one direction.

    What is left of an escape sequence is its visible rest, such as `[31m`.
    """
    return _STEERS_TERMINAL.sub("", text)


def without_hidden(text: str) -> str:
    """`text` without control characters, without signs of direction, and without characters that have no width."""
    return _HIDDEN.sub("", text)
