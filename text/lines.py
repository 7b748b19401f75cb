"""Text for one line: white space folded, and cut where it is too long. Pure."""

from __future__ import annotations

import re

from text.characters import without_hidden

ELLIPSIS = "…"
FOLDED_CHARACTERS = 20_000  # of a text that becomes one line; what follows is left out
# A line that is cut is not to end with one of these: what they lead to is missing.
_WORDS = """
a an and are as at be but by for from has have i if in into is it its my no not of on or our so that the their this to
was we were what when where which who with you your
"""
_LEADING_ON = frozenset(_WORDS.split())
_EDGES = " ,;:-–—(\"'“‘[/&+"  # noqa: RUF001  nor with one of these signs
_ENDS_SENTENCE = re.compile(r"[.!?](?=\s)|[。！？]")  # noqa: RUF001  also the full-width signs of Chinese and Japanese


def one_line(text: str, longest: int) -> str:
    """`text` with every run of white space as one space, and at most `longest` characters, the last one "…" if cut.

    Reads the first FOLDED_CHARACTERS of the text, or as many as `longest` if that is more.
    """
    return cut(" ".join(cut(text, max(FOLDED_CHARACTERS, longest)).split()), longest)


def name(text: str, longest: int) -> str:
    """A name that somebody else has chosen, as in `one_line`, and without characters that a person cannot see."""
    return one_line(without_hidden(one_line(text, 4 * longest)), longest)


def title(text: str, longest: int) -> str:
    """`text` on one line, at most `longest` characters; if it is cut, where a reader finds a sense in what is left.

    That is the end of a sentence, if it leaves at least half of the room filled; then the end of a word that does not
    lead on to the next one, and a "…". Only a word that is longer than half of the room is cut inside.
    """
    line = " ".join(cut(text, max(FOLDED_CHARACTERS, longest)).split())
    if len(line) <= longest:
        return line
    ends = [found.end() for found in _ENDS_SENTENCE.finditer(line, max(0, longest // 2 - 1), longest + 1)]
    if sentences := [end for end in ends if end <= longest]:
        return line[: sentences[-1]]
    words = line[:longest].split(" ")[:-1]  # with room for the "…"
    while words and (words[-1].strip(_EDGES).lower() in _LEADING_ON or not words[-1].strip(_EDGES)):
        words.pop()
    kept = " ".join(words).rstrip(_EDGES)
    if kept.count("(") > kept.count(")"):
        kept = kept[: kept.rindex("(")].rstrip(_EDGES)
    return (kept if len(kept) >= longest // 2 else line[: longest - 1].rstrip()) + ELLIPSIS


def cut(text: str, longest: int) -> str:
    """At most `longest` characters of `text`, the last one "…" if something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + ELLIPSIS


def whole_words(text: str, longest: int) -> str:
    """The first words of `text`, at most `longest` characters; a first word that is longer is cut inside."""
    if len(text) <= longest:
        return text
    beginning = text[: longest + 1]
    return beginning.rpartition(" ")[0].rstrip() or text[:longest]
