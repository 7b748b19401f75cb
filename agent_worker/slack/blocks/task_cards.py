"""A turn's steps as Slack's task cards: in a plan block, or as updates of a streamed message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.payloads.thread import ShownStep, Source, StepState
from agent_worker.slack.blocks.buttons import stop_button
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post
from process.block_kit import Block
from text.lines import ELLIPSIS, one_line

MOST_CARDS = 50  # in one plan (https://docs.slack.dev/reference/block-kit/blocks/plan-block)
LONGEST_TITLE = 256  # characters, of a card in a stream
WORKING, DONE = "Working…", "Done"


@dataclass(frozen=True)
class Card:
    """The card of one step, or of all the steps that do not fit."""

    id: str
    title: str
    state: StepState
    sources: Sequence[Source] = ()

    def block(self) -> Block:
        """The card inside a plan block."""
        return {"type": "task_card", "task_id": self.id, "title": self.title, "status": self.state, **self._sources()}

    def chunk(self) -> dict[str, Any]:
        """The card as an update of a streamed message."""
        return {"type": "task_update", "id": self.id, "title": self.title, "status": self.state, **self._sources()}

    def _sources(self) -> dict[str, Any]:
        listed = [{"type": "url", "url": source.url, "text": source.text} for source in self.sources]
        return {"sources": listed} if listed else {}


def cards(steps: Sequence[ShownStep]) -> list[Card]:
    """One card for each step. If there are more than `MOST_CARDS`, the last card counts the steps that do not fit."""
    fitting = len(steps) if len(steps) <= MOST_CARDS else MOST_CARDS - 1
    shown = [
        Card(f"step-{at}", _title(step.title), step.state, step.sources) for at, step in enumerate(steps[:fitting])
    ]
    return [*shown, _remaining(steps[fitting:])] if steps[fitting:] else shown


def plan(steps: Sequence[ShownStep], turn: str, *, is_over: bool) -> Post:
    """The steps in a message of their own, with a Stop button until the turn is over. `steps` must not be empty."""
    blocks = [plan_block(steps, is_over=is_over)]
    if not is_over:
        blocks.append(stop_button(turn))
    current = next((step for step in steps if step.state == "in_progress"), steps[-1])
    return Post(_title(current.title), blocks)


def plan_block(steps: Sequence[ShownStep], *, is_over: bool) -> Block:
    """The steps as one block; `is_over`: its title says how the turn ended."""
    return {
        "type": "plan",
        "title": _outcome(steps) if is_over else WORKING,
        "tasks": [card.block() for card in cards(steps)],
    }


def chunks(steps: Sequence[ShownStep]) -> list[dict[str, Any]]:
    """All cards as updates of a streamed message. A card that the stream has already changes only if it differs."""
    return [card.chunk() for card in cards(steps)]


def _remaining(steps: Sequence[ShownStep]) -> Card:
    states = [step.state for step in steps]
    done = sum(state not in {"pending", "in_progress"} for state in states)
    state: StepState = "complete" if done == len(states) else "in_progress"
    if state == "complete" and "error" in states:
        state = "error"
    return Card("step-more", f"{len(steps)} more steps, {done} done", state)


def _outcome(steps: Iterable[ShownStep]) -> str:
    failed = sum(step.state == "error" for step in steps)
    return DONE if not failed else f"{DONE}, but {failed} of the steps {'was' if failed == 1 else 'were'} not"


def _title(title: str) -> str:
    """One line without mentions; Slack wants a title that is not empty."""
    return one_line(neutralise(title, ()), LONGEST_TITLE) or ELLIPSIS
