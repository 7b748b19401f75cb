"""The states of the USA, found in a sentence by name or by code. Pure."""

from __future__ import annotations

import re

_NAMES = """Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE,
District of Columbia DC,Florida FL,Georgia GA,Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS,Kentucky KY,
Louisiana LA,Maine ME,Maryland MD,Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,Missouri MO,Montana MT,
Nebraska NE,Nevada NV,New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,North Carolina NC,North Dakota ND,
Ohio OH,Oklahoma OK,Oregon OR,Pennsylvania PA,Rhode Island RI,South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,
Utah UT,Vermont VT,Virginia VA,Washington WA,West Virginia WV,Wisconsin WI,Wyoming WY"""
CODES = {name.strip().rpartition(" ")[0]: name[-2:] for name in _NAMES.split(",")}
NAMES = {code: name for name, code in CODES.items()}
# Longer names come first: West Virginia is not Virginia. Codes count in capitals only: "in", "or" and "me" are words.
_MENTION = re.compile(
    r"\b(?:(?i:(" + "|".join(sorted(CODES, key=len, reverse=True)) + "))|(" + "|".join(NAMES) + r"))\b"
)


def states_in(text: str) -> list[str]:
    """The codes of the states that the text mentions, each once, in the order of the text."""
    codes = {name.lower(): code for name, code in CODES.items()}
    return list(dict.fromkeys(code or codes[name.lower()] for name, code in _MENTION.findall(text)))


def state_in(text: str) -> str | None:
    """The code of the first state that the text mentions."""
    return next(iter(states_in(text)), None)
