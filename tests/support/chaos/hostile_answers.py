"""Answers of the model that are made to hurt: texts that patterns, layouts and encodings are afraid of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from emulators.gemini.answers import Said, text


@dataclass(frozen=True)
class HostileText:
    """`telling` stands `times` times in the text, and so at least as often in a thread that holds the whole of it."""

    text: str
    telling: str

    @property
    def times(self) -> int:
        return self.text.count(self.telling)


_ROW = "| one | two | three |\n"
HOSTILE_TEXTS: Mapping[str, HostileText] = {
    "tildes": HostileText("~" * 40_000 + "`", "~"),
    "backticks": HostileText("`" * 30_000 + "\nx", "`"),
    "mention": HostileText("<@U1|" + "\\" * 40_000, "\\"),
    "brackets": HostileText("[" * 20_000 + "](" * 5_000, "["),
    "fences": HostileText("```text\nword\n" * 2_001, "word"),
    "quotes": HostileText("> " * 10_000 + "word", "word"),
    "table": HostileText("| a | b | c |\n|---|---|---|\n" + _ROW * 1_500, "three"),
    "controls": HostileText("".join(map(chr, range(1, 32))) * 1_000 + "word", "word"),
    "bidi": HostileText("\u202e\u2066\u200f word " * 3_000, "word"),
    "surrogates": HostileText("\ud800 word \udfff " * 1_000, "word"),
    "long": HostileText("word " * 40_000, "word"),
}


def hostile(kinds: Iterable[str], beginning: str, end: str) -> Said:
    """An answer with hostile texts in its middle."""
    return text("\n\n".join([beginning, *(HOSTILE_TEXTS[kind].text for kind in kinds), end]))
