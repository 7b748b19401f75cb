"""A message that grows, at a terminal that only goes forward: which of its lines are whole, and which are new."""

from __future__ import annotations

from difflib import SequenceMatcher

from emulators.slack.presentation.visible_text import STATE_MARKS
from emulators.slack.state.changes import Change


def whole_lines(change: Change) -> str:
    """The text, without its last line as long as words are added to that; a step is whole at once."""
    if not change.is_growing:
        return change.text
    lines, _, last = change.text.rpartition("\n")
    return change.text if last.startswith(tuple(STATE_MARKS.values())) else lines


def new_lines(before: str, after: str) -> str:
    """What to write below `before`, so that everything in `after` can be read; a step with a new state is repeated."""
    old, new = before.splitlines(), after.splitlines()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return "\n".join(line for kind, _, _, start, end in changes if kind != "equal" for line in new[start:end])
