"""Messages that go on from what was said before: additions, corrections, repetitions, pointing to it. Pure."""

from __future__ import annotations

import re

_ADDS = re.compile(
    r"\A\W*(?:and|also|plus|too|as well|what about|how about|then)\b|\b(?:too|as well|also)\W*\Z", re.IGNORECASE
)
_CORRECTS = re.compile(
    r"\A\W*(?:no|nope|not|actually|sorry|wait|i meant?|i mean|rather|instead|correction|oops|make (?:it|that)"
    r"|change (?:it|that))\b|\binstead\b|\bi meant\b",
    re.IGNORECASE,
)
_LEADS_IN = re.compile(
    r"\A\W*(?:and|also|plus|or|but|so|then|now|what about|how about|no|nope|not|actually|sorry|wait|i meant?|i mean"
    r"|rather|instead|correction|oops|make (?:it|that)|change (?:it|that)(?: to)?|the same|same|please|for|in|of|at|on"
    r"|to|from|near|about|the)\b",
    re.IGNORECASE,
)
# Words with which a question or a wish of its own begins, as a regular expression.
ASKS_ANEW = (
    r"what|who|whom|when|which|why|how|can|could|do|does|did|is|are|was|were|will|would|should|tell|show|give|write"
    r"|find|list|read|file|open|create|search|summar\w+|translate|send|run|call|use|help"
)
_ASKS_ANEW = re.compile(rf"\A\W*(?:{ASKS_ANEW})\b", re.IGNORECASE)
_AGAIN = re.compile(
    r"\A\W*(?:(?:please|and|ok|okay)\W+)?(?:try (?:that |it )?again|again|once more|one more(?: time)?"
    r"|another(?: one)?(?: please)?|do (?:that|it) again|repeat(?: (?:that|it))?|more|retry"
    r"|redo(?: (?:that|it))?)\W*(?:please)?\W*\Z",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\A\W*(?:what do you (?:think|say)(?: (?:about|of) (?:this|that|it))?|(?:can|could|would|will) you (?:please )?"
    r"(?:answer|help|check|look|do|find out|take a look)\b.*\b(?:this|that|it|us|me|him|her|them|here)\b"
    r"|(?:please )?(?:answer|check|do|take care of|look (?:at|into)) (?:this|that|it|him|her|them)"
    r"|any (?:ideas?|thoughts?)|your turn|over to you|do you know|same (?:question|here)"
    r"|what about (?:this|that|it)|can you help|thoughts)"
    r"(?: please| here)?\W*\Z",
    re.IGNORECASE,
)
_REFERS = re.compile(r"\b(?:there|that|it|this|these|those|same|them|him|her)\b", re.IGNORECASE)
MOST_BARE_WORDS = 5


def adds(text: str) -> bool:
    """Whether it asks for something besides: "and for California?"."""
    return bool(_ADDS.search(text)) and not corrects(text)


def corrects(text: str) -> bool:
    """Whether it takes back what was asked: "no, in Texas", "I meant Ohio"."""
    return bool(_CORRECTS.search(text))


def without_lead(text: str) -> str:
    """What is left behind words such as "and", "no" or "for"."""
    while match := _LEADS_IN.match(text):
        text = text[match.end() :]
    return text.strip(" \t,;:.")


def is_bare(text: str) -> bool:
    """Whether it is no question of its own: a few words such as "and for California?" or "Texas, please"."""
    rest = without_lead(text)
    return len(rest.split()) <= MOST_BARE_WORDS and not _ASKS_ANEW.match(rest)


def leads_in(text: str) -> bool:
    """Whether it begins like something that goes on from what was said before."""
    return without_lead(text) != text.strip(" \t,;:.")


def asks_again(text: str) -> bool:
    return bool(_AGAIN.match(text))


def points(text: str) -> bool:
    """Whether it is about what somebody else has just said: "can you answer that?"."""
    return bool(_POINTS.match(text))


def refers(text: str) -> bool:
    """Whether a word in it stands for something that was said before."""
    return bool(_REFERS.search(text))
