"""Who has used how much of the quotas within the last hour. Pure: no clock, no I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent_worker.payloads.quotas import Claim, OverQuota, QuotaLimits, Scope

WINDOW = 3_600.0  # seconds
# Turns that are remembered; above that, the oldest are forgotten. Written as JSON they take about 0.7 MB, and Temporal
# carries no more than 2 MB into the next run.
MOST_TURNS = 10_000
# Refusals that are said. Slack takes some 240 posts a minute for everybody together.
TELLING = 60.0  # seconds
TOLD_PER_PERSON = 3  # within TELLING
TOLD_AT_ALL = 20  # within TELLING


@dataclass
class Usage:
    """The count of one workspace. `now` is always in seconds since 1970, and never earlier than the time before."""

    # The turns of the last hour, oldest first: by name, for whom the turn counts, and when it began.
    turns: dict[str, tuple[str, float]] = field(default_factory=dict)
    # The refused turns of the last minute whose thread is told: by name, the first of its people, and when.
    told: dict[str, tuple[str, float]] = field(default_factory=dict)

    def reserve(self, claim: Claim, limits: QuotaLimits, now: float) -> OverQuota | None:
        """Takes a place for the turn, once; returns why there is none. A turn without people is nobody's: it is free.

        A turn that asks again is answered as before.
        """
        self.forget(now)
        if claim.turn in self.turns or not claim.people:
            return None
        began = {person: self._began(person) for person in dict.fromkeys(claim.people)}
        payer = next((person for person in began if not limits.person or len(began[person]) < limits.person), None)
        if payer is None:
            soonest = min((moments[-limits.person] for moments in began.values()), default=now)
            return self._refusal(claim, "person", limits.person, soonest, now)
        if limits.workspace and len(self.turns) >= limits.workspace:
            soonest = list(self.turns.values())[-limits.workspace][1]
            return self._refusal(claim, "workspace", limits.workspace, soonest, now)
        self.turns[claim.turn] = (payer, now)
        return None

    def forget(self, now: float) -> None:
        """Forgets what is too old to count, and the oldest of what is too much."""
        _drop(self.turns, [*_until(self.turns, now - WINDOW), *list(self.turns)[:-MOST_TURNS]])
        _drop(self.told, _until(self.told, now - TELLING))

    def _began(self, person: str) -> list[float]:
        """When the person's turns of the last hour began, oldest first."""
        return [began for payer, began in self.turns.values() if payer == person]

    def _refusal(self, claim: Claim, scope: Scope, turns: int, soonest: float, now: float) -> OverQuota:
        """`soonest`: when the turn began that makes room for the next one once it is an hour old."""
        minutes = max(1, math.ceil((soonest + WINDOW - now) / 60))
        return OverQuota(scope=scope, turns=turns, minutes=minutes, is_told=self._tells(claim, now))

    def _tells(self, claim: Claim, now: float) -> bool:
        person = claim.people[0]
        if claim.turn in self.told:
            return True
        of_person = sum(told == person for told, _ in self.told.values())
        if of_person >= TOLD_PER_PERSON or len(self.told) >= TOLD_AT_ALL:
            return False
        self.told[claim.turn] = (person, now)
        return True


def _until(entries: dict[str, tuple[str, float]], moment: float) -> list[str]:
    """The names of the entries that are not younger than `moment`; the oldest stand first."""
    names = []
    for name, (_, at) in entries.items():
        if at > moment:
            break
        names.append(name)
    return names


def _drop(entries: dict[str, tuple[str, float]], names: Iterable[str]) -> None:
    for name in names:
        entries.pop(name, None)
