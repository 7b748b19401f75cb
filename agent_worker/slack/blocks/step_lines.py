"""A turn's steps as lines of text, for workspaces that do not have plan blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent_worker.slack.blocks.posts import TEXT_LIMIT, Post, _harmless, _is_blank, _mrkdwn

TITLE_LIMIT = 120
STEPS_SHOWN = 20
_EMOJI = {"pending": "white_circle", "in_progress": "hourglass", "complete": "white_check_mark", "error": "x"}


@dataclass(frozen=True)
class Step:
    """One thing that the agent does on the way to an answer; `title` is plain text."""

    title: str
    state: Literal["pending", "in_progress", "complete", "error"]


def progress(steps: Sequence[Step]) -> Post:
    """One line for each step, at most `STEPS_SHOWN`, with the rest counted. Raises ValueError if there are no steps."""
    if not steps:
        raise ValueError("progress needs a step")
    folded = _folded(steps)
    lines = [f":{_EMOJI[step.state]}: {_title(step)}" for at, step in enumerate(steps) if at not in folded]
    done = sum(steps[at].state == "complete" for at in folded)
    if done:
        lines.append(f"and {done} more done")
    if len(folded) > done:
        lines.append(f"and {len(folded) - done} more")
    current = next((step for step in steps if step.state == "in_progress"), steps[-1])
    return Post(_title(current), [_context(text) for text in _packed(lines)])


def _title(step: Step) -> str:
    title = "…" if _is_blank(step.title) else " ".join(step.title.split())
    return _harmless(title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1] + "…", ())


def _folded(steps: Sequence[Step]) -> set[int]:
    """The steps that are only counted: first what is done, oldest first, then what is furthest from being started."""
    done = [at for at, step in enumerate(steps) if step.state == "complete"]
    waiting = [at for at, step in enumerate(steps) if step.state == "pending"][::-1]
    others = [at for at, step in enumerate(steps) if step.state in {"in_progress", "error"}]
    return set([*done, *waiting, *others][: max(0, len(steps) - STEPS_SHOWN)])


def _packed(lines: Iterable[str]) -> list[str]:
    """Lines in as few texts as a text object's length allows."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= TEXT_LIMIT:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return texts


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text)]}
