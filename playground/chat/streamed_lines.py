"""Showing a streamed message line by line: a terminal cannot change a line that it has written. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher

from emulators.slack.presentation.visible_text import STATE_MARKS
from emulators.slack.state.changes import Change


def whole_lines(change: Change) -> str:
    """The text of a message; while it is streamed, without its last line, unless that line is a step."""
    if not change.is_growing:
        return change.text
    lines, _, last = change.text.rpartition("\n")
    return change.text if last.startswith(tuple(STATE_MARKS.values())) else lines


def new_lines(before: str, after: str) -> str:
    """The lines of `after` that are not in `before`. A step whose state has changed is among them."""
    old, new = before.splitlines(), after.splitlines()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return "\n".join(line for kind, _, _, start, end in changes if kind != "equal" for line in new[start:end])
