"""Text for one line: white space folded, and cut where it is too long. Pure."""

from __future__ import annotations

from text.characters import without_hidden

ELLIPSIS = "…"
FOLDED_CHARACTERS = 20_000  # of a text that becomes one line; what follows is left out


def one_line(text: str, longest: int) -> str:
    """`text` with every run of white space as one space, and at most `longest` characters, the last one "…" if cut.

    Reads the first FOLDED_CHARACTERS of the text, or as many as `longest` if that is more.
    """
    return cut(" ".join(cut(text, max(FOLDED_CHARACTERS, longest)).split()), longest)


def name(text: str, longest: int) -> str:
    """A name that somebody else has chosen, as in `one_line`, and without characters that a person cannot see."""
    return one_line(without_hidden(one_line(text, 4 * longest)), longest)


def cut(text: str, longest: int) -> str:
    """At most `longest` characters of `text`, the last one "…" if something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + ELLIPSIS


def whole_words(text: str, longest: int) -> str:
    """The first words of `text`, at most `longest` characters; a first word that is longer is cut inside."""
    if len(text) <= longest:
        return text
    beginning = text[: longest + 1]
    return beginning.rpartition(" ")[0].rstrip() or text[:longest]
