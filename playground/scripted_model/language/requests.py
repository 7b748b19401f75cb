"""The parts of a message that may each ask for something: its sentences, and what "and" joins. Pure."""

from __future__ import annotations

import re

from playground.scripted_model.language.follow_ups import ASKS_ANEW

MOST_PARTS = 4
# Each run of marks or blanks is looked at once, from its beginning.
_JOINT = re.compile(
    r"(?<![?!.;])[?!.;]++\s+"
    rf"|(?<!\s),?\s++(?:and|then|and then|and also|also)\s+(?=(?:please\s+)?(?:{ASKS_ANEW})\b)"
    r"|\n+",
    re.IGNORECASE,
)


def requests_in(text: str) -> list[str]:
    """The parts in their order; the text itself if it has one, too many, or words of somebody's own in it.

    What stands behind a colon or in quotation marks is such words: the text of a ticket, say.
    """
    if re.search(r":\s|[\"“”`{]", text):
        return [text]
    parts = [part for piece in _JOINT.split(text) if re.search(r"\w", part := piece.strip())]
    return parts if 1 < len(parts) <= MOST_PARTS else [text]
