"""What a conversation has cost: the newest turns one by one, older ones in sums. No money is ever forgotten. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent_worker.payloads.costs import CostLog, CostRecord, together

# The next run has to carry them: some 400 bytes each.
KEPT_TURNS, KEPT_SUMS = 200, 200


@dataclass(kw_only=True)
class Costs:
    """`turns` are the newest, and `sums` those before: one for each day, person and agent. Both are oldest first."""

    turns: list[CostRecord] = field(default_factory=list)
    sums: list[CostRecord] = field(default_factory=list)

    @property
    def log(self) -> CostLog:
        return CostLog(records=[*self.sums, *self.turns])

    @property
    def last_payer(self) -> str:
        """Who has paid for the newest turn; "" if nobody has."""
        return self.turns[-1].person if self.turns else ""

    def note(self, record: CostRecord) -> None:
        """Adds a turn, or what was made between two turns."""
        self.turns = [*self.turns, record]
        while len(self.turns) > KEPT_TURNS:
            self._add_up(self.turns.pop(0))
        while len(self.sums) > KEPT_SUMS:
            oldest, next_one, *others = self.sums
            nobodys = CostRecord(day=next_one.day, turns=0)
            self.sums = [_sum(_sum(nobodys, oldest), next_one), *others]

    def _add_up(self, record: CostRecord) -> None:
        for at, known in enumerate(self.sums):
            if (known.day, known.person, known.agent) == (record.day, record.person, record.agent):
                self.sums[at] = _sum(known, record)
                return
        self.sums.append(record.model_copy(update={"turn": ""}))


def _sum(known: CostRecord, other: CostRecord) -> CostRecord:
    """The sum of both, for whom the first one is."""
    spent = together([*known.spent, *other.spent])
    return known.model_copy(update={"turns": known.turns + other.turns, "spent": spent})
