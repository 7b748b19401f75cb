"""A turn's steps as Slack's task cards: in a plan block, or as updates of a streamed message. Pure.

Slack's own design guide for such cards: the plan's title says what is being done and, in the end, how it went; the
output of a card says what came of it (https://docs.slack.dev/concepts/agent-design).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.payloads.thread import Progress, ShownStep, Source, StepState
from agent_worker.slack.blocks.buttons import stop_button
from agent_worker.slack.blocks.mentions import ESCAPED_CHARACTERS, neutralise
from agent_worker.slack.blocks.posts import Post
from process.block_kit import Block
from text import lines
from text.lines import ELLIPSIS, cut
from text.spans import span

MOST_CARDS = 50  # in one plan (https://docs.slack.dev/reference/block-kit/blocks/plan-block)
LONGEST_TITLE = 256  # characters, of a card in a stream
LONGEST_PLAN_TITLE = 100  # characters; a plan is collapsed at first, and its title is all that people see of it
THINKING = "Thinking…"
STOPPED, FAILED = "Stopped", "Error"
OVER = "Done"  # of a turn that a release has ended which does not tell how
PLAN = "plan"  # `task_display_mode` of a stream: without any cards it looks like any other message


@dataclass(frozen=True)
class Card:
    """The card of one step, or of all the steps that do not fit."""

    id: str
    title: str
    state: StepState
    sources: Sequence[Source] = ()
    outcome: str = ""

    def block(self) -> Block:
        """The card inside a plan block."""
        output = {"output": _rich_text(self.outcome)} if self.outcome else {}
        return {
            "type": "task_card",
            "task_id": self.id,
            "title": self.title,
            "status": self.state,
            **output,
            **self._sources(),
        }

    def chunk(self, *, is_last: bool) -> dict[str, Any]:
        """The card as an update of a streamed message.

        Of a card that it has already, Slack replaces the title and the state, and adds to the rest. So what came of a
        step goes only into the last update of the message.
        """
        output = {"output": self.outcome} if self.outcome else {}
        last = {**output, **self._sources()} if is_last else {}
        return {"type": "task_update", "id": self.id, "title": self.title, "status": self.state, **last}

    def _sources(self) -> dict[str, Any]:
        listed = [{"type": "url", "url": source.url, "text": source.text} for source in self.sources]
        return {"sources": listed} if listed else {}


def cards(steps: Sequence[ShownStep]) -> list[Card]:
    """One card for each step. If there are more than `MOST_CARDS`, the last card counts the steps that do not fit."""
    fitting = len(steps) if len(steps) <= MOST_CARDS else MOST_CARDS - 1
    shown = [
        Card(f"step-{at}", _title(step.title), step.state, step.sources, _outcome(step.outcome))
        for at, step in enumerate(steps[:fitting])
    ]
    return [*shown, _remaining(steps[fitting:])] if steps[fitting:] else shown


def plan(progress: Progress, turn: str, *, is_over: bool) -> Post:
    """The steps in a message of their own, with a Stop button until the turn is over. There must be a step."""
    blocks = [plan_block(progress, is_over=is_over)]
    if not is_over:
        blocks.append(stop_button(turn))
    return Post(plan_title(progress, is_over=is_over), blocks)


def plan_block(progress: Progress, *, is_over: bool) -> Block:
    """The steps as one block."""
    return {
        "type": "plan",
        "title": plan_title(progress, is_over=is_over),
        "tasks": [card.block() for card in cards(progress.steps)],
    }


def plan_title(progress: Progress, *, is_over: bool) -> str:
    """What is being done, or how the turn has ended and how long it took."""
    if not is_over:
        return _doing([step.title for step in progress.steps if step.state == "in_progress"])
    endings = {"stopped": STOPPED, "error": FAILED, "worked": f"Worked for {span(progress.seconds)}"}
    return endings.get(progress.ending, OVER)


def chunks(progress: Progress, *, is_over: bool) -> list[dict[str, Any]]:
    """The plan's title and all cards as updates of a streamed message; `is_over`: the last ones."""
    title = {"type": "plan_update", "title": plan_title(progress, is_over=is_over)}
    return [title, *(card.chunk(is_last=is_over) for card in cards(progress.steps))]


def _doing(running: Sequence[str]) -> str:
    if not running:
        return THINKING
    others = f" and {len(running) - 1} more" if running[1:] else ""
    room = LONGEST_PLAN_TITLE - len(others) - len(ELLIPSIS)
    first = lines.title(neutralise(cut(running[0], ESCAPED_CHARACTERS), ()), room).removesuffix(ELLIPSIS)
    return f"{first}{others}{ELLIPSIS}"


def _remaining(steps: Sequence[ShownStep]) -> Card:
    states = [step.state for step in steps]
    done = sum(state not in {"pending", "in_progress"} for state in states)
    state: StepState = "complete" if done == len(states) else "in_progress"
    if state == "complete" and "error" in states:
        state = "error"
    return Card("step-more", f"{len(steps)} more steps, {done} done", state)


def _title(title: str) -> str:
    """One line without mentions; Slack wants a title that is not empty."""
    return lines.title(neutralise(cut(title, ESCAPED_CHARACTERS), ()), LONGEST_TITLE) or ELLIPSIS


def _outcome(outcome: str) -> str:
    """One line without mentions. In a stream it is Markdown, in which a "#" at the beginning makes a heading."""
    return lines.title(neutralise(cut(outcome, ESCAPED_CHARACTERS), ()), LONGEST_TITLE).lstrip("# ")


def _rich_text(text: str) -> Block:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
