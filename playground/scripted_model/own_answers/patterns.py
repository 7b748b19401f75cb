"""When an answer of one's own is meant: words with `*` and `{name}` in them, or a regular expression. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PIECE = re.compile(r"\{(?P<name>[^\W\d]\w*)\}|(?P<any>\*)|(?P<space>\s+)|(?P<text>[^\s*{]+|\{)")


@dataclass(frozen=True)
class Pattern:
    """`names` are those of what it captures."""

    expression: re.Pattern[str]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.expression.groupindex)

    def captured(self, text: str) -> Mapping[str, str] | None:
        """What stands in the message for each name; None if the message is not meant."""
        found = self.expression.search(text)
        return None if found is None else {name: (value or "").strip() for name, value in found.groupdict().items()}


def pattern(written: str) -> Pattern:
    """Of words, which have to stand in the message in this order, or of an expression between two slashes.

    Capitals do not count. Raises ValueError, with a sentence, for what cannot be understood.
    """
    written = written.strip()
    is_expression = len(written) > 2 and written.startswith("/") and written.endswith("/")
    if written.startswith("/") and not is_expression:  # also what YAML leaves of `/issue #(\d+)/`
        raise ValueError(f"{written} begins with a slash and does not end with one (# needs quotation marks in YAML)")
    try:
        return Pattern(re.compile(written[1:-1] if is_expression else _expression(written), re.IGNORECASE))
    except re.error as error:
        raise ValueError(f"{written} is no regular expression: {error}") from None


def _expression(words: str) -> str:
    """The words as a regular expression: whole words, any white space between them.

    What stands for any words ends at the first place where the next words follow, and is not tried again with a later
    one (an atomic group). So the time of a search does not grow with a power of the text for each `*` and `{name}`.
    """
    if not words:
        raise ValueError("there are no words in it")
    pieces = list(_PIECE.finditer(words))
    names = [piece["name"] for piece in pieces if piece["name"]]
    if len(set(names)) < len(names):
        raise ValueError("a name stands in it twice")
    begins = r"(?<!\w)" if re.match(r"\w", words) else ""
    return begins + "".join(f"(?>{group})" for group in _groups(pieces))


def _groups(pieces: Sequence[re.Match[str]]) -> list[str]:
    """Each begins with what stands for any words, and goes on with the words up to the next one; the first may not."""
    groups: list[str] = []
    for piece in pieces:
        if not groups or piece["name"] or piece["any"]:
            groups.append("")
        groups[-1] += _last(piece) if piece is pieces[-1] else _piece(piece)
    return groups


def _piece(piece: re.Match[str]) -> str:
    if piece["name"]:
        return rf"(?P<{piece['name']}>.+?)"
    if piece["any"]:
        return r".*?"
    return r"\s+" if piece["space"] else re.escape(piece["text"])


def _last(piece: re.Match[str]) -> str:
    """At the end, a name stands for all that follows in the line, without the mark at the end of the sentence."""
    if piece["name"]:
        return rf"(?P<{piece['name']}>[^\n]+?)(?=[\s.!?]*(?:\n|\Z))"
    if piece["any"]:
        return ""
    return re.escape(piece["text"]) + (r"(?!\w)" if re.search(r"\w\Z", piece["text"]) else "")
