"""A turn's steps as lines of text, for workspaces that do not have plan blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent_worker.payloads.thread import ShownStep, StepState
from agent_worker.slack.blocks.mentions import escaped
from agent_worker.slack.blocks.posts import TEXT_LIMIT, Post, is_blank
from process.block_kit import context
from text.lines import ELLIPSIS
from text.lines import title as short

TITLE_LIMIT = 120  # characters, so that a step is one line on most screens
STEPS_SHOWN = 20
_EMOJI: dict[StepState, str] = {
    "pending": "white_circle",
    "in_progress": "hourglass",
    "complete": "white_check_mark",
    "error": "x",
}


def progress(steps: Sequence[ShownStep], title: str) -> Post:
    """The `title`, and one line for each step, at most `STEPS_SHOWN`, and the number of the others.

    Titles and outcomes are plain text. Raises ValueError if there are no steps.
    """
    if not steps:
        raise ValueError("progress needs a step")
    hidden = _hidden(steps)
    lines = [f"*{_line(title)}*"]
    lines += [f":{_EMOJI[step.state]}: {_told(step)}" for at, step in enumerate(steps) if at not in hidden]
    done = sum(steps[at].state == "complete" for at in hidden)
    if done:
        lines.append(f"and {done} more done")
    if len(hidden) > done:
        lines.append(f"and {len(hidden) - done} more")
    return Post(_line(title), [context(text) for text in _joined(lines)])


def _told(step: ShownStep) -> str:
    return f"{_line(step.title)} · {_line(step.outcome)}" if step.outcome else _line(step.title)


def _line(text: str) -> str:
    return escaped(ELLIPSIS if is_blank(text) else short(text, TITLE_LIMIT), (), TEXT_LIMIT)


def _hidden(steps: Sequence[ShownStep]) -> set[int]:
    """The positions of the steps that are only counted: first those that are done, the oldest first; then the last of
    those that have not begun.
    """
    done = [at for at, step in enumerate(steps) if step.state == "complete"]
    waiting = [at for at, step in enumerate(steps) if step.state == "pending"][::-1]
    others = [at for at, step in enumerate(steps) if step.state in {"in_progress", "error"}]
    return set([*done, *waiting, *others][: max(0, len(steps) - STEPS_SHOWN)])


def _joined(lines: Iterable[str]) -> list[str]:
    """The lines in as few texts as possible, each short enough for a text object."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= TEXT_LIMIT:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return texts
