"""The words of a sentence, so that they can be compared with those of a tool. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

# Words that say nothing of what a sentence is about.
STOP_WORDS = frozenset(
    """a an and any are as at be been by can could did do does for from had has have he her here him his how i if in
    into is it its just let may me my need no not now of on or our out please she should so some that the their them
    then there these they this those to us want was we were what whats when where which who whom whose why will with
    would you your yours about anything everything something somebody someone anybody only also too than over again one
    up ok okay hey hi hello thanks thank yes like much many""".split()  # noqa: SIM905  a list of it is a page long
)
# Verbs that many tools begin with: they say little of which tool is meant.
COMMON_VERBS = frozenset(
    """add ask call change check compute create delete do fetch find get give list look lookup make open query read
    remove run search send set show start stop tell update use write""".split()  # noqa: SIM905  as above
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"))
NUMBERS = {
    word: number
    for number, word in enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        )
    )
}


def words(text: str) -> list[str]:
    """The words in small letters, those of a name such as read_text_file or readTextFile one by one."""
    return [word.removesuffix("'s") for word in _WORD.findall(_CAMEL.sub(" ", text).lower())]


@lru_cache(10_000)
def stem(word: str) -> str:
    """What forms of a word have in common: rolls, rolled and rolling are roll, files and file are fil."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            word = word.removesuffix(ending)
    return word.removesuffix("e") if len(word) > 3 else word


def stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def telling(text: str) -> set[str]:
    """The stems of the words that say what a sentence is about."""
    return {stem(word) for word in words(text) if word not in STOP_WORDS and word not in COMMON_VERBS}


def readable(name: str) -> str:
    """A name of a program in words: read_text_file is read text file."""
    return " ".join(words(name))
