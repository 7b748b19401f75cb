"""What the thread shows of a turn before its answer is delivered: its steps, and the draft of the answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_worker.payloads import post_keys
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.thread import Draft, Progress, Shown, ShownStep, Source, StepsShown, StepState, steps_shown


@dataclass
class TurnDisplay:
    """The steps as they should look now, and what is known of the messages that show them and the draft."""

    turn: str  # the turn's key
    steps: list[ShownStep] = field(default_factory=list)
    steps_ts: str | None = None  # of the steps' own message, None while it is not known
    steps_unsure: bool = False  # the steps' own message may have been posted, but its `ts` is not known
    is_due: bool = False  # the steps have changed since they were shown
    draft: Draft = field(default_factory=Draft)

    # The steps

    def add_steps(self, calls: Sequence[ToolCall]) -> int:
        """Adds the tool calls as running steps; returns the index of the first."""
        self.steps += [ShownStep(title=call.title or call.name, state="in_progress") for call in calls]
        return len(self.steps) - len(calls)

    def end_step(self, index: int, *, failed: bool, sources: Sequence[Source] = ()) -> None:
        state: StepState = "error" if failed else "complete"
        self.steps[index] = ShownStep(title=self.steps[index].title, state=state, sources=list(sources))

    @property
    def has_running_steps(self) -> bool:
        return any(step.state == "in_progress" for step in self.steps)

    def end_running_steps(self) -> None:
        """Ends the steps of a turn that is given up: none may look as if it still ran."""
        for index, step in enumerate(self.steps):
            if step.state == "in_progress":
                self.end_step(index, failed=True)

    @property
    def done(self) -> list[str]:
        """The steps that are done, in lines for a person who gets no answer."""
        return _listed("Done before that:", self.steps, "complete")

    @property
    def undone(self) -> list[str]:
        """The steps that were running, in lines for a person who gets no answer."""
        return _listed("Not finished:", self.steps, "in_progress")

    # What the thread shows

    @property
    def progress(self) -> Progress | None:
        """The steps for an activity that shows them; None if there are none."""
        if not self.steps:
            return None
        key = post_keys.progress(self.turn)
        return Progress(key=key, steps=list(self.steps), ts=self.steps_ts, unsure=self.steps_unsure)

    @property
    def steps_shown(self) -> StepsShown:
        return steps_shown(self.progress, self.draft)

    @property
    def has_message_for_steps(self) -> bool:
        """Whether the steps have a message of their own: then they may change while the model writes the answer."""
        return self.steps_shown == "own message"

    @property
    def knows_where_steps_are(self) -> bool:
        """Whether the steps are shown, and it is known where: then showing them again tells nothing new."""
        return self.steps_shown in {"own message", "stream"}

    def take_shown(self, shown: Shown) -> None:
        """Notes what an activity that showed the steps has told."""
        self.steps_ts = shown.ts or self.steps_ts
        self.draft = shown.draft or self.draft

    def doubt_draft(self) -> None:
        """Notes that an activity that wrote into the thread has failed: the thread may hold more than the draft."""
        self.draft = self.draft.model_copy(update={"unsure": True})

    def doubt_steps(self) -> None:
        """Notes the same of an activity that showed the steps: their own message may have been posted."""
        self.steps_unsure = True
        self.doubt_draft()


def _listed(heading: str, steps: Sequence[ShownStep], state: StepState) -> list[str]:
    titles = [f"• {step.title}" for step in steps if step.state == state]
    return [heading, *titles] if titles else []
