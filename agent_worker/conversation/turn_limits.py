"""How many turns a conversation may have: stops two bots that answer each other, and slows down a flood. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_worker.contract.messages import UserMessage

WINDOW = 3_600.0  # seconds
LOOP = (
    "I have answered other apps {turns} times in a row here, so I stop before we go round in circles. "
    "I go on as soon as a person writes."
)
FLOOD = (
    "I have answered {turns} times in this thread within an hour. "
    "I go on in {minutes} minutes, with all that you write meanwhile."
)


@dataclass(frozen=True)
class Decision:
    """What becomes of a turn: first `say` is told to the thread, if it is not "".

    Then the turn is answered after `wait` seconds, or not at all if `answer` is False.
    """

    answer: bool = True
    say: str = ""
    wait: float = 0.0


@dataclass
class TurnLimits:
    """Kept with the conversation, so that neither a restart nor a new run forgets the count."""

    turns: list[float] = field(default_factory=list)  # when the turns of the last hour began; seconds since 1970
    app_turns: int = 0  # turns that answered apps only, in a row
    has_said_so: bool = False  # whether the thread was told that apps get no more answers

    def decide(self, messages: Sequence[UserMessage], now: float, *, app_turns: int, hourly_turns: int) -> Decision:
        """Decides on a turn that answers these messages. To be called once for each turn.

        A turn without messages is one that a person tries again. `now`: seconds since 1970. `app_turns`,
        `hourly_turns`: how many the settings allow.
        """
        if not messages or any(not message.from_app for message in messages):
            self.app_turns, self.has_said_so = 0, False
        elif self.app_turns >= app_turns:
            say = "" if self.has_said_so else LOOP.format(turns=self.app_turns)
            self.has_said_so = True
            return Decision(answer=False, say=say)
        else:
            self.app_turns += 1
        return self._paced(now, hourly_turns)

    def _paced(self, now: float, hourly_turns: int) -> Decision:
        self.turns = [began for began in self.turns if began > now - WINDOW]
        if len(self.turns) < hourly_turns:
            self.turns.append(now)
            return Decision()
        wait = self.turns[-hourly_turns] + WINDOW - now
        self.turns.append(now + wait)
        return Decision(say=FLOOD.format(turns=hourly_turns, minutes=max(1, round(wait / 60))), wait=wait)
