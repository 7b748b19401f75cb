"""What the scripted model says of files: how a text begins, what kind the others are, which cannot be read."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from playground.scripted_model.language.words import telling
from playground.scripted_model.question import Question
from playground.scripted_model.request.files import File
from playground.scripted_model.request.turn import Turn
from text.json_text import decoded
from text.lines import cut, one_line

NOT_SEEN = "I am told only its name."
MOST_LINES = 5  # of a text that are quoted
LONGEST_LINE = 200  # characters
MOST_NAMES = 12  # of columns or fields
_PNG = b"\x89PNG\r\n\x1a\n"
_ASKS = re.compile(
    r"\b(?:files?|documents?|pictures?|images?|photos?|screenshots?|attachments?|pdf|table|spreadsheet|clip|recording"
    r"|attached|uploaded)\b",
    re.IGNORECASE,
)
_ASKS_OF_IT = re.compile(
    r"\b(?:what(?:'s| is| does| do| are)|describe|read|summar\w+|look at|explain|check|tl;?dr)\b", re.IGNORECASE
)
_IN_SLACK = re.compile(r"\b(?:channel|thread|conversation|message)s?\b|#\w", re.IGNORECASE)


def asks_about_files(text: str) -> bool:
    """Whether it names files, or asks what something is or holds."""
    return bool(_ASKS.search(text) and _ASKS_OF_IT.search(text))


def asks_what_it_is(text: str) -> bool:
    """Whether it asks what "this" or "it" is, or to read, describe or sum it up; not of what stands in Slack."""
    return not _IN_SLACK.search(text) and bool(
        _ASKS_OF_IT.search(text) and re.search(r"\b(?:this|that|it|these|those|here)\b", text, re.IGNORECASE)
    )


@dataclass(frozen=True)
class Described(Question):
    """The files, each with what is in it; of a text, first the lines with words of the question."""

    files: Sequence[File]
    asked: str = ""

    def answer(self, _turn: Turn, /) -> str:
        wanted = telling(self.asked)
        about = [file for file in self.files if _about(file, wanted)]
        return "\n\n".join(described(file, self.asked) for file in about or self.files)


def described(file: File, asked: str = "") -> str:
    """In Markdown: its name in bold, what it is, and what it holds."""
    name = f"**{one_line(file.name, LONGEST_LINE)}**"
    if file.unreadable:
        return f"{name}: I cannot read this file: {file.unreadable}."
    if file.data:
        return f"{name}: {_of_bytes(file)} I am a script and cannot see what is in it; the real Gemini can."
    if not file.content:
        return f"{name}: {NOT_SEEN}"
    left_out = f"\n_{file.left_out}_" if file.left_out else ""
    return f"{name}: {_of_text(file)}\n{_quotation(file, asked)}{left_out}"


def _of_bytes(file: File) -> str:
    data = base64.b64decode(file.data + "==", validate=False)
    kind = file.kind.partition("/")[2].upper() or "unknown"
    what = "a PDF document" if kind == "PDF" else f"a {kind} picture"
    size = ""
    if data.startswith(_PNG) and len(data) >= 24:
        width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
        size = f", {width} × {height} pixels"
    return f"{what}{size}, {_amount(len(data))}."


def _amount(count: int) -> str:
    return f"{count} bytes" if count < 1_000 else f"{count / 1_000:.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def _of_text(file: File) -> str:
    lines, words = file.content.splitlines(), len(file.content.split())
    suffix = file.name.rpartition(".")[2].lower()
    if file.is_clip:
        return f"a clip in which {_count(words, 'word')} are said:"
    if suffix in {"csv", "tsv"} and len(lines) > 1:
        header = next(csv.reader(io.StringIO(lines[0]), delimiter="\t" if suffix == "tsv" else ","))
        return f"a table with {_count(len(lines) - 1, 'row')} and the columns {_names(header)}."
    if suffix == "json" and (read := decoded(file.content)) is not None:
        if isinstance(read, list):
            return f"JSON, a list of {_count(len(read), 'item')}."
        if isinstance(read, dict):
            return f"JSON, an object with {_names(list(read))}."
    return f"a text with {_count(len(lines), 'line')} and {_count(words, 'word')}."


def _quotation(file: File, asked: str) -> str:
    lines = [line for line in file.content.splitlines() if line.strip()]
    kept = (_about(file, telling(asked)) or lines)[:MOST_LINES]
    more = len(lines) - len(kept)
    rows = [f"> {cut(line.strip(), LONGEST_LINE)}" for line in kept]
    return "\n".join([*rows, *([f"> _… and {_count(more, 'more line')}_"] if more > 0 else [])])


def _about(file: File, wanted: set[str]) -> list[str]:
    """The lines of a text with words of the question."""
    words = wanted - telling(file.name)
    return [line for line in file.content.splitlines() if words & telling(line)]


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(one_line(name, 40) for name in names[:MOST_NAMES]) + more


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
