"""One turn in progress: which messages it answers, which steps it took, and how its progress looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_worker.contract import UserMessage
from agent_worker.errors import UNUSABLE_ANSWER, TurnFailed
from agent_worker.requests import CUT_OFF, TOO_MANY_TOOL_CALLS, Progress, ShownStep, StepState, ToolCall

ANSWERS_NAMED = 200  # message metadata is bounded; a turn with more messages names the newest
UNUSABLE_ANSWERS = 2  # so often the model is asked again in one turn when nothing can be done with what it said


@dataclass
class Turn:
    """The messages it answers (at least one when it starts), the steps it took, and what it learned of the model."""

    messages: list[UserMessage]
    steps: list[ShownStep] = field(default_factory=list)
    model_calls: int = 0
    unusable: int = 0
    needs_more_room: bool = False
    must_answer: bool = False  # the model asks for too many tools
    progress_ts: str | None = None
    progress_unsure: bool = False  # Slack may have posted it without our knowing
    progress_is_due: bool = False
    key: str = field(init=False)

    def __post_init__(self) -> None:
        # Names the turn in every post it makes: no other turn of the thread can begin with the same message.
        self.key = self.messages[0].ts

    def note_unusable(self, reason: str) -> None:
        """Counts an answer that nothing can be done with; raises TurnFailed when asking again has not helped."""
        self.unusable += 1
        if self.unusable > UNUSABLE_ANSWERS:
            raise TurnFailed(UNUSABLE_ANSWER)
        self.needs_more_room = self.needs_more_room or reason == CUT_OFF
        self.must_answer = self.must_answer or reason == TOO_MANY_TOOL_CALLS

    def add_steps(self, calls: Sequence[ToolCall]) -> int:
        """Shows the calls as running; returns the index of the first."""
        self.steps += [ShownStep(title=call.title or call.name, state="in_progress") for call in calls]
        return len(self.steps) - len(calls)

    def end_step(self, index: int, *, failed: bool) -> None:
        state: StepState = "error" if failed else "complete"
        self.steps[index] = ShownStep(title=self.steps[index].title, state=state)

    @property
    def is_running_steps(self) -> bool:
        return any(step.state == "in_progress" for step in self.steps)

    def end_open_steps(self) -> None:
        """A turn that ends leaves nothing behind that looks as if it still ran."""
        for index, step in enumerate(self.steps):
            if step.state == "in_progress":
                self.end_step(index, failed=True)

    @property
    def progress(self) -> Progress | None:
        """The progress message as it should look now; None in a turn without tools."""
        if not self.steps:
            return None
        key = f"{self.key}:progress"
        return Progress(key=key, steps=list(self.steps), ts=self.progress_ts, unsure=self.progress_unsure)

    @property
    def answers(self) -> list[str]:
        return [message.ts for message in self.messages][-ANSWERS_NAMED:]

    @property
    def may_mention(self) -> list[str]:
        """Only people who speak in this turn may be notified by its answer."""
        return list(dict.fromkeys(message.user for message in self.messages))
