"""Who has used how much of the quotas within the last hour, and of the budgets today. Pure: no clock, no I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent_worker.payloads.quotas import (
    Budgets,
    BudgetScope,
    Claim,
    Hold,
    OverQuota,
    QuotaLimits,
    Reserve,
    Reserved,
    Scope,
)
from agent_worker.quotas.ledger import Ledger, seconds_left

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
    money: Ledger = field(default_factory=Ledger)

    def decide(self, request: Reserve, now: float) -> Reserved:
        """Counts what turns have cost, then takes places for others: first come, first served."""
        for settled in request.settled:
            self.money.settle(settled, now)
        for key in request.told:
            self.money.note_told(key)
        refused, holds = dict[str, OverQuota](), dict[str, Hold]()
        for claim in request.claims:
            place = self.admit(claim, request.limits, request.budgets, now)
            if isinstance(place, OverQuota):
                refused[claim.turn] = place
            elif place is not None:
                holds[claim.turn] = place
        warnings = self.money.warnings(request.budgets, now) if request.budgets.has_any else []
        return Reserved(refused=refused, holds=holds, warnings=warnings)

    def admit(self, claim: Claim, limits: QuotaLimits, budgets: Budgets, now: float) -> Hold | OverQuota | None:
        """Takes a place for the turn in both, or in none of them."""
        held = self.money.hold(claim, budgets, now)
        if isinstance(held, str):
            return self._used_up(claim, held, budgets, now)
        over_quota = None if claim.goes_on or claim.hold is not None else self.reserve(claim, limits, now)
        if over_quota is not None:
            self.money.release(claim.turn)
        return over_quota or held

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
        self.money.forget(now)

    def _began(self, person: str) -> list[float]:
        """When the person's turns of the last hour began, oldest first."""
        return [began for payer, began in self.turns.values() if payer == person]

    def _refusal(self, claim: Claim, scope: Scope, turns: int, soonest: float, now: float) -> OverQuota:
        """`soonest`: when the turn began that makes room for the next one once it is an hour old."""
        minutes = max(1, math.ceil((soonest + WINDOW - now) / 60))
        return OverQuota(scope=scope, turns=turns, minutes=minutes, is_told=self._tells(claim, now))

    def _used_up(self, claim: Claim, scope: BudgetScope, budgets: Budgets, now: float) -> OverQuota:
        self.forget(now)
        minutes = max(1, math.ceil(seconds_left(now) / 60))
        return OverQuota(scope=scope, dollars=budgets.of(scope), minutes=minutes, is_told=self._tells(claim, now))

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
