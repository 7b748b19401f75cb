"""What the scripted model says of messages as a whole: a line for each of a few, or what they say word for word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from playground.scripted_model.request.input_lines import Object
from playground.scripted_model.slack.lines import Line, lines_of, paragraphs
from text.json_shapes import string
from text.lines import cut

MOST_LINES = 5
LONGEST_TEXT = 1_000  # characters of a message that is quoted whole
NOTHING_SAID = "I found no messages there."
PASTE = "You can paste here what I should read."
NOT_SEEN = "I cannot look into this file."
_FOR_A_MODEL = re.compile(r"\s*\bSay so\b[^.]*\.")
_WAYS_OUT = ("direct message", "invite", "Copy link")  # a refusal that names one says what to do


def summary(lines: Sequence[Line], now: datetime | None) -> str:
    """The first message and the newest, a line for each: who, when, and its first sentence."""
    said = [line for line in lines if line.text]
    if not said:
        return NOTHING_SAID
    kept = said if len(said) <= MOST_LINES else [said[0], *said[1 - MOST_LINES :]]
    rows = [f"- {_signed(line, now)}: {line.first_sentence()}" for line in kept]
    if more := len(said) - len(kept):
        rows.insert(1, f"- _and {more} more in between_")
    return "\n".join(rows)


def _signed(line: Line, now: datetime | None) -> str:
    when = line.when(now)
    return f"**{line.author}** ({when})" if when else f"**{line.author}**"


def quotation(lines: Sequence[Line], now: datetime | None) -> str:
    """The message that a link leads to, or the first one, word for word."""
    said = [line for line in lines if line.text]
    if not said:
        return NOTHING_SAID
    line = next((one for one in said if one.is_linked), said[0])
    quoted = "\n".join(f"> {row}" for row in cut(line.text, LONGEST_TEXT).splitlines())
    return paragraphs(quoted, ", ".join(filter(None, [f"**{line.author}**", line.when(now)])))


def of_link(found: Mapping[str, Any], now: datetime | None, *, is_quoted: bool) -> str:
    """What stands behind a link in the question, or why that was not read and what to do."""
    if sentence := string(found.get("unreadable")):
        return refused(sentence)
    if sentence := string(found.get("note")):
        return sentence
    lines, url = lines_of(found), string(found.get("link"))
    said = quotation(lines, now) if is_quoted else summary(lines, now)
    left_out = string(found.get("left_out"))
    place = string(found.get("place"))
    return paragraphs(said, left_out and f"_{left_out}_", f"[The message in {place}]({url})")


def brought(found: Sequence[Object], now: datetime | None, *, is_quoted: bool) -> str:
    """What came with the question: files, and messages that it quotes."""
    lines = [Line(string(one.get("file")), "", "", _content(one)) if "file" in one else Line.read(one) for one in found]
    return quotation(lines, now) if is_quoted else summary(lines, now)


def _content(file: Object) -> str:
    readable = (string(file.get(name)) for name in ("content", "transcript", "unreadable"))
    return next(filter(None, readable), NOT_SEEN)


def refused(sentence: str) -> str:
    """Why something was not read, with a way out, and without what only a model has to know."""
    sentence = _FOR_A_MODEL.sub("", sentence)
    return sentence if any(way in sentence for way in _WAYS_OUT) else f"{sentence} {PASTE}"
