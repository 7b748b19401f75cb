"""What the thread shows of a turn before its answer is delivered: its steps, and the draft of the answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_worker.payloads import post_keys
from agent_worker.payloads.failed_steps import FAILED
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.thread import (
    IN_DRAFT,
    Draft,
    Ending,
    Progress,
    Shown,
    ShownStep,
    Source,
    StepsShown,
    StepState,
    steps_shown,
)
from text.spans import span

READING = "Reading a linked message"
NOT_FINISHED, NOT_NEEDED = "Not finished", "Not needed any more"


@dataclass
class TurnDisplay:
    """The steps as they should look now, and what is known of the messages that show them and the draft.

    Every `now` is in seconds since 1970.
    """

    turn: str  # the turn's key
    steps: list[ShownStep] = field(default_factory=list)
    has_acted: bool = False  # any of them is a tool call
    steps_ts: str | None = None  # of the steps' own message, None while it is not known
    steps_unsure: bool = False  # the steps' own message may have been posted, but its `ts` is not known
    is_due: bool = False  # the steps have changed since they were shown
    draft: Draft = field(default_factory=Draft)
    began_at: float = 0.0  # when the turn's work began
    ending: Ending = ""
    seconds: float = 0.0  # how long the turn has taken when it ended
    newest: int = 0  # the index of the first of the steps that were begun last, at the same time
    steps_began_at: list[float] = field(default_factory=list)

    # The steps

    def add_steps(self, calls: Sequence[ToolCall], now: float) -> int:
        """Adds the tool calls as running steps; returns the index of the first."""
        self.has_acted = True
        return self._add([call.title or call.name for call in calls], now)

    def add_reading(self, count: int, now: float) -> int:
        """Adds a running step for each link that is read; returns the index of the first."""
        return self._add([READING] * count, now)

    def _add(self, titles: Sequence[str], now: float) -> int:
        self.newest = len(self.steps) if titles else self.newest
        self.steps += [ShownStep(title=title, state="in_progress") for title in titles]
        self.steps_began_at += [now] * len(titles)
        return len(self.steps) - len(titles)

    def end_step(
        self,
        index: int,
        now: float,
        *,
        failed: bool,
        sources: Sequence[Source] = (),
        title: str = "",
        outcome: str = "",
    ) -> None:
        """Ends a step. `title`: its new title, if what it was about is known only now.

        `outcome`: what came of it; if nobody has said that, how long it took.
        """
        state: StepState = "error" if failed else "complete"
        usual = FAILED if failed else f"Took {span(now - self.steps_began_at[index])}"
        self.steps[index] = ShownStep(
            title=title or self.steps[index].title, state=state, sources=list(sources), outcome=outcome or usual
        )

    @property
    def has_running_steps(self) -> bool:
        return any(step.state == "in_progress" for step in self.steps)

    def end_running_steps(self, now: float, outcome: str) -> None:
        """Ends the steps that nobody waits for any more: none may look as if it still ran."""
        for index, step in enumerate(self.steps):
            if step.state == "in_progress":
                self.end_step(index, now, failed=True, outcome=outcome)

    def end(self, ending: Ending, now: float) -> None:
        """Notes how the turn has ended, once.

        A turn in which nothing came of the steps that were begun last ends with an error, also if it is answered.
        """
        if self.ending:
            return
        self.end_running_steps(now, NOT_FINISHED)
        last = self.steps[self.newest :]
        in_vain = ending == "worked" and bool(last) and all(step.state == "error" for step in last)
        self.ending, self.seconds = "error" if in_vain else ending, max(0.0, now - self.began_at)

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
        return Progress(
            key=key,
            steps=list(self.steps),
            ts=self.steps_ts,
            unsure=self.steps_unsure,
            ending=self.ending,
            seconds=self.seconds,
        )

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

    @property
    def are_steps_seen(self) -> bool:
        """Whether people see at the end of the turn what was done: nothing has to tell it once more."""
        return self.steps_shown in {"own message", *IN_DRAFT}

    def take_shown(self, shown: Shown) -> None:
        """Notes what an activity that showed the steps has told."""
        self.steps_ts = shown.ts or self.steps_ts
        self.draft = (shown.draft or self.draft).below(self.steps_ts)

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
