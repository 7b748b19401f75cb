"""Promises of what a conversation keeps of its costs: each new turn by itself, and of old ones every cent."""

from __future__ import annotations

import pytest

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.conversation.costs import KEPT_SUMS, KEPT_TURNS, Costs
from agent_worker.payloads.costs import CostRecord, Spent

ROOM = 250_000  # bytes, of the 2 MB that Temporal carries into the next run


def record(number: int, day: str = "2026-11-29", person: str = "U1", agent: str = "default") -> CostRecord:
    spent = Spent(model="gemini-3.8-flash", given=1_000, answered=50, dollars=0.125)
    return CostRecord(day=day, turn=f"{number}.0", person=person, agent=agent, spent=[spent])


def total(costs: Costs) -> list[float]:
    """Turns and dollars."""
    records = costs.log.records
    return [sum(one.turns for one in records), sum(each.dollars for one in records for each in one.spent)]


def test_the_newest_turns_stay_apart_and_older_ones_are_added_up_by_day_person_and_agent() -> None:
    costs = Costs()
    for number in range(KEPT_TURNS + 30):
        costs.note(record(number, day=f"2026-11-{1 + number // 10:02}", person=f"U{number % 2}"))

    assert [one.turn for one in costs.turns] == [f"{number}.0" for number in range(30, KEPT_TURNS + 30)]
    assert [(one.day, one.person, one.turns, one.turn) for one in costs.sums] == [
        (f"2026-11-{day:02}", person, 5, "") for day in (1, 2, 3) for person in ("U0", "U1")
    ]
    assert total(costs) == pytest.approx([KEPT_TURNS + 30, (KEPT_TURNS + 30) * 0.125])


def test_however_long_a_conversation_lives_what_it_carries_is_bounded_and_no_cent_is_lost() -> None:
    costs, turns = Costs(), KEPT_TURNS + 4 * KEPT_SUMS
    for number in range(turns):
        costs.note(record(number, day=f"{2000 + number}-11-29", person=f"U0123456789{number}"))

    (payload,) = DATA_CONVERTER.payload_converter.to_payloads([costs])

    assert payload.ByteSize() < ROOM
    assert total(costs) == pytest.approx([turns, turns * 0.125])


def test_who_has_paid_last_is_known() -> None:
    costs = Costs()
    assert costs.last_payer == ""

    costs.note(record(1, person="U1"))
    costs.note(record(2, person="U2"))

    assert costs.last_payer == "U2"
