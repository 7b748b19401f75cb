"""A turn's steps as Slack's task cards: in a plan block, or as updates of a streamed message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.names import STOP_BUTTON
from agent_worker.payloads.thread import ShownStep, Source, StepState
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post

MOST_CARDS = 50  # in one plan (https://docs.slack.dev/reference/block-kit/blocks/plan-block)
LONGEST_TITLE = 256  # characters, of a card in a stream
WORKING, DONE = "Working…", "Done"


@dataclass(frozen=True)
class Card:
    """One step, or all that do not fit."""

    id: str
    title: str
    state: StepState
    sources: Sequence[Source] = ()

    def block(self) -> dict[str, Any]:
        return {"type": "task_card", "task_id": self.id, "title": self.title, "status": self.state, **self._sources()}

    def chunk(self) -> dict[str, Any]:
        return {"type": "task_update", "id": self.id, "title": self.title, "status": self.state, **self._sources()}

    def _sources(self) -> dict[str, Any]:
        listed = [{"type": "url", "url": source.url, "text": source.text} for source in self.sources]
        return {"sources": listed} if listed else {}


def cards(steps: Sequence[ShownStep]) -> list[Card]:
    """One card for each step; beyond what Slack shows, the last one stands for the rest."""
    fitting = len(steps) if len(steps) <= MOST_CARDS else MOST_CARDS - 1
    shown = [
        Card(f"step-{at}", _title(step.title), step.state, step.sources) for at, step in enumerate(steps[:fitting])
    ]
    return [*shown, _rest(steps[fitting:])] if steps[fitting:] else shown


def plan(steps: Sequence[ShownStep], turn: str, *, is_over: bool) -> Post:
    """The steps in a message of their own. While the turn goes on, it can be stopped there."""
    blocks: list[dict[str, Any]] = [plan_block(steps, is_over=is_over)]
    if not is_over:
        blocks.append(stop_button(turn))
    current = next((step for step in steps if step.state == "in_progress"), steps[-1])
    return Post(_title(current.title), blocks)


def stop_button(turn: str) -> dict[str, Any]:
    button = {"type": "button", "action_id": STOP_BUTTON, "text": _plain("Stop"), "value": turn}
    return {"type": "actions", "elements": [button]}


def plan_block(steps: Sequence[ShownStep], *, is_over: bool) -> dict[str, Any]:
    return {
        "type": "plan",
        "title": _outcome(steps) if is_over else WORKING,
        "tasks": [card.block() for card in cards(steps)],
    }


def chunks(steps: Sequence[ShownStep], before: Sequence[ShownStep] = ()) -> list[dict[str, Any]]:
    """The cards that a stream has to be told of, when it shows how the steps were `before`."""
    known = set(map(_fingerprint, cards(before)))
    return [card.chunk() for card in cards(steps) if _fingerprint(card) not in known]


def _rest(steps: Sequence[ShownStep]) -> Card:
    states = [step.state for step in steps]
    done = sum(state not in {"pending", "in_progress"} for state in states)
    state: StepState = "complete" if done == len(states) else "in_progress"
    if state == "complete" and "error" in states:
        state = "error"
    return Card("step-more", f"{len(steps)} more steps, {done} done", state)


def _outcome(steps: Iterable[ShownStep]) -> str:
    failed = sum(step.state == "error" for step in steps)
    return DONE if not failed else f"{DONE}, but {failed} of the steps {'was' if failed == 1 else 'were'} not"


def _fingerprint(card: Card) -> tuple[str, str, str]:
    return card.id, card.title, card.state


def _title(title: str) -> str:
    line = " ".join(neutralise(title, ()).split()) or "…"
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
