"""How often a turn has asked the model, and how it has to ask next time. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from agent_worker.payloads.errors import OUT_OF_STEPS, UNUSABLE_ANSWER, TurnFailed
from agent_worker.payloads.model import CUT_OFF, TOO_MANY_TOOL_CALLS

MOST_UNUSABLE = 2  # replies of one turn after which the model is asked again, though nothing could be done with them


@dataclass
class Attempts:
    """The model calls of one turn."""

    model_calls: int = 0
    unusable: int = 0  # replies that nothing could be done with
    needs_more_room: bool = False  # a reply was cut off before it said anything
    must_answer: bool = False  # the model asked for too many tools: next time it gets none
    failing: int = 0  # the number of the newest model call that has failed and was tried again

    @property
    def is_repeating(self) -> bool:
        """Whether the present model call has failed and is tried again."""
        return self.failing > 0 and self.failing == self.model_calls

    def note_failing(self, number: int) -> None:
        self.failing = max(self.failing, number)

    def note_unusable(self, reason: str) -> None:
        """Counts a reply that nothing can be done with; raises TurnFailed if asking again has not helped."""
        self.unusable += 1
        if self.unusable > MOST_UNUSABLE:
            raise TurnFailed(UNUSABLE_ANSWER)
        self.needs_more_room = self.needs_more_room or reason == CUT_OFF
        self.must_answer = self.must_answer or reason == TOO_MANY_TOOL_CALLS

    def are_used_up(self) -> TurnFailed:
        """The end of a turn that has made as many model calls as it may."""
        return TurnFailed(UNUSABLE_ANSWER if self.unusable == self.model_calls else OUT_OF_STEPS)
