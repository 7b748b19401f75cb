"""What the turns of a day have cost in a workspace, and what is set aside for those that run. Pure: no clock, no I/O.

A turn is known by its name. Whoever tells the same of it twice has told it once: a retry, or another worker, changes
nothing. So the sums hold whoever dies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent_worker.payloads.quotas import Budgets, BudgetScope, BudgetWarning, Claim, Hold, Settled

DAY = 86_400.0  # seconds
# Money that nobody settles is free again after so long: the turn has died with its conversation.
HELD_FOR = 1_800.0  # seconds
# A turn gets more than its next request can cost, so that it need not ask again before each one; but where a budget has
# less than so many times what it asks for, it gets no more than that, so that others get something, too.
AMPLE, SCARCE = 2.0, 6.0
WARNS_AT = 0.8  # of a budget
# Who was given a warning has so long to say that it is told; then the next one gets it.
TOLD_WITHIN = 60.0  # seconds
TOLD = -1.0
# What is remembered, so that the next run can carry it. Of people and channels those who have spent least are forgotten
# first; of turns the oldest.
MOST_OWNERS, MOST_SETTLED, MOST_HELD = 8_000, 4_000, 2_000
# Budgets of which the operator hears in a day, and with one answer; the others wait for the next one. Whoever has heard
# of so many knows that something is wrong.
MOST_WARNED, WARNED_AT_ONCE = 2_000, 10
EXACT = 1e-9  # dollars by which sums of fractions may be off
WORKSPACE = "workspace_budget:"


@dataclass
class Ledger:
    """The money of one workspace. `now` is always in seconds since 1970, and never earlier than the time before."""

    day: int = 0  # days since 1970, UTC
    spent: dict[str, float] = field(default_factory=dict)  # dollars of the settled turns, by budget
    # What is set aside: by turn, who pays, how much, what the turn had spent when it asked last, and until when.
    held: dict[str, tuple[str, float, float, float]] = field(default_factory=dict)
    settled: dict[str, tuple[str, float]] = field(default_factory=dict)  # by turn, oldest first: who has paid how much
    warned: dict[str, float] = field(default_factory=dict)  # by budget: when it may be handed out; TOLD after that

    def hold(self, claim: Claim, budgets: Budgets, now: float) -> Hold | BudgetScope | None:
        """Sets money aside for the turn's next request; returns whose budget does not allow it, None if none is needed.

        A turn that asks again gets what it needs in place of what it has. What it is known to have spent stays spent,
        also if it asks as if it had not: a worker that was taken for dead knows less than the one after it.
        """
        self.forget(now)
        if not claim.needs or not claim.people or not budgets.has_any:
            return None
        before, paid = self.held.pop(claim.turn, None), self._take_back(claim.turn)
        people = [claim.hold.person] if claim.hold else list(dict.fromkeys(claim.people))
        spent = max(claim.spent, before[2] if before else 0.0, paid[1] if paid else 0.0)
        amount = spent + claim.needs
        refused: BudgetScope = "person_budget"
        for person in people:
            left = {key: limit - self._used(key) for key, limit in _limits(claim.turn, person, budgets).items()}
            lacking = [key for key, rest in left.items() if rest + EXACT < amount]
            if not lacking:
                dollars = amount * (AMPLE if min(left.values(), default=0.0) >= amount * SCARCE else 1)
                self.held[claim.turn] = (person, dollars, spent, now + HELD_FOR)
                return Hold(person=person, dollars=dollars, until=now + HELD_FOR)
            self._warn_of(lacking[0])
            refused = _scope(lacking[0])
        if before is not None:
            self.held[claim.turn] = before
        if paid is not None:
            self._pay(claim.turn, *paid)
        return refused

    def release(self, turn: str) -> None:
        """Frees what is held for a turn that is not answered, but for what it has spent."""
        if turn not in self.held:
            return
        person, _, spent, _ = self.held.pop(turn)
        if spent:
            self._pay(turn, person, spent)

    def settle(self, settled: Settled, now: float) -> None:
        """Counts what a turn has cost, in place of what was held for it, or told before.

        What ended before today does not count any more. Who does not know who pays may not know whether anything was
        held, either: then it is for whom it was held, if it was.
        """
        self.forget(now)
        held, known = self.held.pop(settled.turn, None), self.settled.get(settled.turn)
        person = settled.person or next((one[0] for one in (held, known) if one is not None), "")
        if person and _day(settled.at) >= self.day:
            self._take_back(settled.turn)
            self._pay(settled.turn, person, settled.dollars)

    def forget(self, now: float) -> None:
        """Begins a new day, frees what was held for too long, and forgets the oldest of what is too much."""
        if _day(now) > self.day:
            self.day, self.spent, self.settled, self.warned = _day(now), {}, {}, {}
        overdue = [turn for turn, (*_, until) in self.held.items() if until <= now]
        for turn in [*overdue, *list(self.held)[:-MOST_HELD]]:
            self.release(turn)
        for turn in list(self.settled)[:-MOST_SETTLED]:
            del self.settled[turn]
        if len(self.spent) > MOST_OWNERS:
            dearest = sorted(self.spent, key=lambda key: self.spent[key], reverse=True)[: MOST_OWNERS // 2]
            self.spent = {key: self.spent[key] for key in self.spent if key in {*dearest, WORKSPACE}}

    def warnings(self, budgets: Budgets, now: float) -> list[BudgetWarning]:
        """Of which budgets the operator is to be told now: each once a day, by whoever asks for it first.

        If that one does not say in time that it is told, the next one gets it.
        """
        for key, spent in self.spent.items():
            limit = _limit(key, budgets)
            if limit and spent + EXACT >= limit * WARNS_AT:
                self._warn_of(key)
        due = [key for key, at in self.warned.items() if at != TOLD and at <= now and _limit(key, budgets)]
        due = due[:WARNED_AT_ONCE]
        self.warned |= dict.fromkeys(due, now + TOLD_WITHIN)
        return [self._warning(key, budgets) for key in due]

    def note_told(self, key: str) -> None:
        """`key` is that of a warning; one of another day is not known any more."""
        day, _, budget = key.partition(" ")
        if day == str(self.day):
            self.warned[budget] = TOLD

    def _warn_of(self, key: str) -> None:
        if len(self.warned) < MOST_WARNED:
            self.warned.setdefault(key, 0.0)

    def _warning(self, key: str, budgets: Budgets) -> BudgetWarning:
        return BudgetWarning(
            key=f"{self.day} {key}",
            scope=_scope(key),
            owner=key.partition(":")[2],
            spent=self.spent.get(key, 0.0),
            dollars=_limit(key, budgets),
        )

    def _used(self, key: str) -> float:
        """What is spent and set aside of a budget."""
        held = (
            max(dollars, spent) for turn, (person, dollars, spent, _) in self.held.items() if key in _keys(turn, person)
        )
        return self.spent.get(key, 0.0) + sum(held)

    def _pay(self, turn: str, person: str, dollars: float) -> None:
        self.settled[turn] = (person, dollars)
        for key in _keys(turn, person):
            self.spent[key] = self.spent.get(key, 0.0) + dollars

    def _take_back(self, turn: str) -> tuple[str, float] | None:
        """What was counted of the turn, which is not counted any more."""
        paid = self.settled.pop(turn, None)
        if paid is not None:
            person, dollars = paid
            for key in _keys(turn, person):
                self.spent[key] = max(0.0, self.spent.get(key, 0.0) - dollars)
        return paid


def seconds_left(now: float) -> float:
    """Until the next day begins, for which there is new money."""
    return (_day(now) + 1) * DAY - now


def _day(at: float) -> int:
    return int(at // DAY)


def _keys(turn: str, person: str) -> Iterator[str]:
    """The budgets that a turn counts for: of the person, of the workspace and, if it is in one, of the channel."""
    yield f"person_budget:{person}"
    channel = turn.partition(":")[0]
    if not channel.startswith("D"):
        yield f"channel_budget:{channel}"
    yield WORKSPACE


def _limits(turn: str, person: str, budgets: Budgets) -> Mapping[str, float]:
    """The limits that hold for a turn, by budget."""
    return {key: limit for key in _keys(turn, person) if (limit := _limit(key, budgets))}


def _limit(key: str, budgets: Budgets) -> float:
    return budgets.of(_scope(key))


def _scope(key: str) -> BudgetScope:
    scopes: tuple[BudgetScope, ...] = ("person_budget", "channel_budget", "workspace_budget")
    return next(scope for scope in scopes if key.startswith(scope))
