"""What has come of a case. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from agent_worker.turn_history import Step

Result = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """One thing that had to come of it. `why` says what is wrong, or why nobody has looked; "" if all is well."""

    what: str
    result: Result = "passed"
    why: str = ""


@dataclass(frozen=True)
class Exchange:
    """What one message has led to. The calls are those of the model, also such as were not carried out."""

    said: str
    answer: str
    steps: Sequence[Step] = ()
    is_notice: bool = False  # there is no answer, and this says why


@dataclass(frozen=True)
class Outcome:
    """`trouble` says why the conversation did not come to its end, or what went wrong beside it."""

    name: str
    seconds: float
    exchanges: Sequence[Exchange] = ()
    checks: Sequence[Check] = ()
    trouble: Sequence[str] = ()
    agent: str = ""  # who has answered: its name, and the digest of its version

    @property
    def result(self) -> Result:
        """A case with a check that nobody has looked at has not passed."""
        results = {check.result for check in self.checks}
        if self.trouble or "failed" in results:
            return "failed"
        return "skipped" if "skipped" in results else "passed"

    @property
    def steps(self) -> list[Step]:
        return [step for exchange in self.exchanges for step in exchange.steps]

    @property
    def notes(self) -> list[str]:
        """A line for each thing that did not come out as it should, or was not looked at."""
        return [*self.trouble, *(f"{check.what}: {check.why}" for check in self.checks if check.result != "passed")]


@dataclass(frozen=True)
class Report:
    outcomes: Sequence[Outcome]
    seconds: float
    model: str = ""  # the name of the model, or that it was the scripted one
    counts: dict[Result, int] = field(init=False)

    def __post_init__(self) -> None:
        results = [outcome.result for outcome in self.outcomes]
        names: tuple[Result, ...] = ("passed", "failed", "skipped")
        object.__setattr__(self, "counts", {name: results.count(name) for name in names})
