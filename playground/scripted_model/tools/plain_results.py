"""A result of any tool in Markdown: texts as they are, objects and lists as names and values, bounded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from playground.scripted_model.language.words import readable
from text.json_shapes import mapping
from text.json_text import decoded
from text.lines import cut

LONGEST_TEXT = 800  # characters of a text that a tool has returned
LONGEST_LINE = 120  # characters of an object with lists or objects in it that stays on one line
MOST_ROWS = 8  # of a list or an object
LONGEST_ROW = 300  # characters


def plain(output: object) -> str:
    """Names and values of an object on one line if they are short, otherwise a row each; a list likewise."""
    if isinstance(output, str):
        return _text(output)
    if isinstance(output, Mapping):
        return _object(output)
    if isinstance(output, list):
        return _list(output)
    return _scalar(output)


def short(output: object) -> str:
    """The same on one line."""
    if isinstance(output, Mapping):
        return "; ".join(f"{readable(name) or name} {short(value)}" for name, value in _filled(output))
    if isinstance(output, list):
        return ", ".join(map(short, output[:MOST_ROWS])) + (", …" if len(output) > MOST_ROWS else "")
    return _scalar(output)


def _text(text: str) -> str:
    """As the tool wrote it, in a code block if it has several lines; JSON as what it says."""
    read = decoded(text.strip()) if text.lstrip().startswith(("{", "[")) else None
    if isinstance(read, (dict, list)) and read:
        return plain(read)
    shown = cut(text.strip(), LONGEST_TEXT)
    return f"\n```\n{shown.replace('```', '')}\n```" if "\n" in shown else shown


def _object(output: Mapping[str, Any]) -> str:
    filled = list(_filled(output))
    if not filled:
        return "done." if not output else "nothing."
    if len(filled) == 1 and isinstance(filled[0][1], list):
        return _list(filled[0][1])
    if len(short(output)) <= LONGEST_LINE or not any(isinstance(value, (list, Mapping)) for _, value in filled):
        return cut(short(output), LONGEST_TEXT)
    rows = [f"- {readable(name) or name}: {cut(short(value), LONGEST_ROW)}" for name, value in filled]
    return "\n" + "\n".join(_bounded(rows))


def _list(output: list[Any]) -> str:
    if not output:
        return "nothing."
    if not any(isinstance(one, (list, Mapping)) for one in output):
        return cut(short(output), LONGEST_TEXT)
    return "\n" + "\n".join(_bounded([f"- {cut(short(one), LONGEST_ROW)}" for one in output]))


def _bounded(rows: list[str]) -> list[str]:
    more = len(rows) - MOST_ROWS
    return [*rows[:MOST_ROWS], *([f"- and {more} more"] if more > 0 else [])]


def _scalar(value: object) -> str:
    if value is None:
        return "nothing"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _filled(output: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((str(name), value) for name, value in mapping(output).items() if value not in (None, "", [], {}))
