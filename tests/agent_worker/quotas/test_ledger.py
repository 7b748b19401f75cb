"""Promises of the budgets: nobody spends more than a day allows, nothing counts twice, and the operator hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.quotas import Budgets, BudgetScope, Claim, Hold, Settled
from agent_worker.quotas import ledger
from agent_worker.quotas.ledger import (
    AMPLE,
    DAY,
    HELD_FOR,
    MOST_HELD,
    MOST_OWNERS,
    MOST_SETTLED,
    MOST_WARNED,
    SCARCE,
    TOLD_WITHIN,
    WARNED_AT_ONCE,
    Ledger,
)
from agent_worker.quotas.usage import MOST_TURNS, Usage

NOON = 20_000 * DAY + DAY / 2
PERSON = Budgets(person=10)
TEMPORAL_CARRIES = 2_000_000  # bytes


def hold(
    book: Ledger, turn: str, *people: str, needs: float = 1, budgets: Budgets = PERSON, now: float = NOON, **more: Any
) -> Hold | BudgetScope | None:
    claim = Claim(turn=turn if ":" in turn else f"C1:{turn}", people=list(people or ["U1"]), needs=needs, **more)
    place = book.hold(claim, budgets, now)
    if isinstance(place, Hold):
        assert place.until == now + HELD_FOR
        return place.model_copy(update={"until": 0.0})
    return place


def settle(book: Ledger, turn: str, dollars: float, person: str = "U1", *, at: float = NOON, now: float = NOON) -> None:
    name = turn if ":" in turn else f"C1:{turn}"
    book.settle(Settled(turn=name, person=person, dollars=dollars, at=at), now)


def left(book: Ledger, budgets: Budgets = PERSON, person: str = "U1", now: float = NOON) -> float:
    """The most that a turn of this person could be given now."""
    given_to = book.hold(Claim(turn="C1:probe", people=[person], needs=0.000_001), budgets, now)
    assert isinstance(given_to, Hold)
    low, high = 0.0, 100.0
    for _ in range(40):
        middle = (low + high) / 2
        found = book.hold(Claim(turn="C1:probe", people=[person], needs=middle), budgets, now)
        low, high = (middle, high) if isinstance(found, Hold) else (low, middle)
    book.release("C1:probe")
    return low


def test_a_turn_gets_more_than_its_next_request_needs_as_far_as_there_is_any() -> None:
    book = Ledger()

    assert hold(book, "first", needs=1) == Hold(person="U1", dollars=AMPLE)
    assert hold(book, "second", needs=8 / SCARCE + 0.1) == Hold(person="U1", dollars=8 / SCARCE + 0.1)
    assert hold(book, "third", needs=7) == "person_budget"


def test_what_was_not_needed_is_free_again_when_the_turn_is_settled() -> None:
    book = Ledger()
    hold(book, "first", needs=5)

    settle(book, "first", 3)

    assert left(book) == pytest.approx(7)


def test_a_turn_counts_once_however_often_it_asks_and_is_settled() -> None:
    book = Ledger()
    for _ in range(5):
        hold(book, "same", needs=3)
    assert left(book) == pytest.approx(7)

    for _ in range(5):
        settle(book, "same", 2)

    assert left(book) == pytest.approx(8)


def test_a_retry_of_a_call_that_asks_after_the_turn_was_settled_does_not_count_it_twice() -> None:
    """A worker that was thought to be dead may come too late."""
    book = Ledger()
    settle(book, "same", 4)

    hold(book, "same", needs=1, spent=4, hold=Hold(person="U1", dollars=1))
    settle(book, "same", 4)

    assert left(book) == pytest.approx(6)


def test_an_attempt_that_comes_too_late_and_knows_nothing_gives_no_money_back() -> None:
    """It asks as the first attempt did. Nobody settles the turn once more."""
    book = Ledger()
    settle(book, "same", 4)

    hold(book, "same", needs=1)
    hold(book, "same", needs=1)

    assert left(book, now=NOON + HELD_FOR) == pytest.approx(6)
    hold(book, "same", needs=1)
    book.release("C1:same")
    assert left(book) == pytest.approx(6)


def test_a_turn_that_was_not_told_who_pays_is_settled_for_whom_money_was_held() -> None:
    """Its first call was stopped, or has failed: the name of the person was in the reply."""
    book = Ledger()
    hold(book, "stopped", "U2", needs=4)

    settle(book, "stopped", 1, person="")

    assert left(book, person="U2") == pytest.approx(9)
    settle(book, "stopped", 1, person="")
    assert left(book, person="U2") == pytest.approx(9)


def test_a_turn_that_was_not_told_who_pays_and_holds_nothing_costs_nobody() -> None:
    book = Ledger()

    settle(book, "never began", 1, person="")

    assert (book.spent, book.settled) == ({}, {})


def test_a_turn_whose_larger_need_is_refused_keeps_what_it_has() -> None:
    book = Ledger()
    first = hold(book, "first", needs=2)
    hold(book, "second", needs=3)

    assert hold(book, "first", needs=9, hold=first) == "person_budget"
    assert left(book) == pytest.approx(10 - 2 - 3)


def test_money_that_nobody_settles_is_free_again_after_a_while_but_for_what_was_spent() -> None:
    """The conversation was ended from outside, or erased."""
    book = Ledger()
    hold(book, "lost", needs=5, spent=3)

    assert hold(book, "other", needs=3, now=NOON + HELD_FOR - 1) == "person_budget"
    assert left(book, now=NOON + HELD_FOR) == pytest.approx(7)

    settle(book, "lost", 4, now=NOON + HELD_FOR, at=NOON + HELD_FOR)
    assert left(book, now=NOON + HELD_FOR) == pytest.approx(6)


def test_the_first_person_who_has_money_left_pays_for_the_whole_turn() -> None:
    book = Ledger()
    settle(book, "earlier", 9.5, "U1")

    held = hold(book, "both", "U1", "U2", needs=2)

    assert held == Hold(person="U2", dollars=2)
    assert hold(book, "both", "U1", "U2", needs=3, hold=held) == Hold(person="U2", dollars=3)
    settle(book, "both", 2, "U2")
    assert left(book, person="U1") == pytest.approx(0.5)
    assert left(book, person="U2") == pytest.approx(8)


@pytest.mark.parametrize(
    ("budgets", "scope"),
    [
        (Budgets(person=5), "person_budget"),
        (Budgets(channel=5), "channel_budget"),
        (Budgets(workspace=5), "workspace_budget"),
        (Budgets(person=50, channel=5, workspace=50), "channel_budget"),
    ],
)
def test_it_is_said_whose_budget_is_used_up(budgets: Budgets, scope: str) -> None:
    book = Ledger()
    settle(book, "earlier", 4.5)

    assert hold(book, "next", needs=1, budgets=budgets) == scope


def test_a_budget_of_a_channel_holds_for_its_people_together_and_not_in_direct_messages() -> None:
    book, budgets = Ledger(), Budgets(channel=5)
    settle(book, "C1:1", 5, "U1")

    assert hold(book, "C1:2", "U2", budgets=budgets) == "channel_budget"
    assert isinstance(hold(book, "C2:3", "U2", budgets=budgets), Hold)
    settle(book, "D1:4", 500, "U1")
    assert isinstance(hold(book, "D1:5", "U1", budgets=budgets), Hold)


def test_a_new_day_begins_with_new_money_and_a_turn_counts_on_the_day_of_its_end() -> None:
    book, midnight = Ledger(), NOON + DAY / 2
    settle(book, "yesterday", 9.5)
    hold(book, "over midnight", "U2", needs=4, now=midnight - 1)

    assert left(book, now=midnight) == pytest.approx(10)
    settle(book, "over midnight", 3, "U2", at=midnight + 1, now=midnight + 2)
    settle(book, "yesterday", 9.5, at=midnight - 5, now=midnight + 3)

    assert left(book, now=midnight + 3) == pytest.approx(10)
    assert left(book, person="U2", now=midnight + 3) == pytest.approx(7)


def test_the_operator_hears_once_a_day_of_each_budget_that_is_used_up_for_the_most_part() -> None:
    book, budgets = Ledger(), Budgets(person=10, channel=10, workspace=1_000)
    settle(book, "first", 7.9)
    assert book.warnings(budgets, NOON) == []

    settle(book, "second", 0.1)
    warnings = book.warnings(budgets, NOON)

    told = [(one.scope, one.owner, round(one.spent, 6), one.dollars) for one in warnings]
    assert told == [("person_budget", "U1", 8, 10), ("channel_budget", "C1", 8, 10)]
    for one in warnings:
        book.note_told(one.key)
    settle(book, "third", 1)
    assert book.warnings(budgets, NOON + 3_600) == []
    settle(book, "tomorrow", 9, at=NOON + DAY, now=NOON + DAY)
    assert [one.scope for one in book.warnings(budgets, NOON + DAY)] == ["person_budget", "channel_budget"]


def test_a_warning_that_nobody_says_to_have_told_is_given_to_the_next_one() -> None:
    """Whoever got it may have been killed before it was told."""
    book = Ledger()
    settle(book, "first", 9)

    assert len(book.warnings(PERSON, NOON)) == 1
    assert book.warnings(PERSON, NOON + TOLD_WITHIN - 1) == []
    (again,) = book.warnings(PERSON, NOON + TOLD_WITHIN)
    book.note_told(again.key)
    assert book.warnings(PERSON, NOON + 10 * TOLD_WITHIN) == []


def test_the_operator_hears_of_a_budget_that_refuses_however_little_of_it_is_spent() -> None:
    book = Ledger()

    assert hold(book, "dear", needs=11) == "person_budget"

    assert [(one.owner, one.spent) for one in book.warnings(PERSON, NOON)] == [("U1", 0)]


def test_the_operator_hears_of_many_budgets_in_portions_and_not_of_more_than_are_remembered() -> None:
    book, told = Ledger(), list[str]()
    for number in range(MOST_WARNED + 100):
        hold(book, "dear", f"U{number}", needs=11)

    while warnings := book.warnings(PERSON, NOON):
        assert len(warnings) <= WARNED_AT_ONCE
        told += [one.owner for one in warnings]
        for one in warnings:
            book.note_told(one.key)

    assert len(told) == len(set(told)) == len(book.warned) == MOST_WARNED


def test_what_yesterdays_warning_says_to_be_told_is_not_taken_for_todays() -> None:
    book = Ledger()
    settle(book, "first", 9)
    (yesterday,) = book.warnings(PERSON, NOON)
    settle(book, "next", 9, at=NOON + DAY, now=NOON + DAY)

    book.note_told(yesterday.key)

    assert len(book.warnings(PERSON, NOON + DAY)) == 1


def test_without_a_budget_and_without_a_need_nothing_is_held() -> None:
    book = Ledger()

    assert hold(book, "any", budgets=Budgets()) is None
    assert hold(book, "any", needs=0) is None
    assert book.held == {}


def test_what_the_next_run_carries_has_a_bound_and_the_money_of_the_workspace_is_not_forgotten() -> None:
    book = Ledger()
    book.forget(NOON)
    for number in range(2 * MOST_OWNERS):
        name = f"C0123456789:1700000000.{number:06}:again12"
        book._pay(name, f"U0123456789{number:05}", 0.123456789 + number)
        book.held[f"{name}:held"] = (f"U0123456789{number:05}", 0.123456789, 0.123456789, NOON + 60.123456)
        book._warn_of(f"person_budget:U0123456789{number:05}")
    spent = book.spent[ledger.WORKSPACE]
    turns = {
        f"C0123456789:1700000000.{number:06}:again12": ("U012345678901", NOON + 0.1) for number in range(MOST_TURNS)
    }

    book.forget(NOON)

    (payload,) = DATA_CONVERTER.payload_converter.to_payloads([Usage(turns=turns, money=book)])
    assert payload.ByteSize() < TEMPORAL_CARRIES * 0.95
    assert len(book.settled) <= MOST_SETTLED + MOST_HELD
    assert book.spent[ledger.WORKSPACE] >= spent
    dearest = f"person_budget:U0123456789{2 * MOST_OWNERS - 1:05}"
    assert dearest in book.spent


def test_the_ledger_reads_what_it_has_written() -> None:
    usage = Usage()
    hold(usage.money, "held", needs=1)
    settle(usage.money, "settled", 8.5)
    usage.money.warnings(PERSON, NOON)

    payloads = DATA_CONVERTER.payload_converter.to_payloads([usage])
    (read,) = DATA_CONVERTER.payload_converter.from_payloads(payloads, [Usage])

    assert read == usage


TURNS = st.sampled_from([f"{channel}:{number}" for channel in ("C1", "C2", "D1") for number in range(5)])
PEOPLE = st.sampled_from(["U1", "U2"])
STEPS = st.one_of(
    st.tuples(st.just("hold"), TURNS, PEOPLE, st.floats(0.01, 3)),
    st.tuples(st.just("settle"), TURNS, PEOPLE, st.floats(0, 3)),
)


@given(steps=st.lists(STEPS, max_size=60), repeats=st.integers(1, 3))
def test_whatever_is_told_in_whatever_order_the_sums_are_those_of_what_was_told_last(
    steps: list[tuple[str, str, str, float]], repeats: int
) -> None:
    budgets, book = Budgets(person=7, channel=6, workspace=9), Ledger()
    told: dict[str, tuple[str, float]] = {}  # the plainest ledger: by turn, who has paid how much
    for kind, turn, person, dollars in steps:
        for _ in range(repeats):
            if kind == "settle":
                settle(book, turn, dollars, person)
                told[turn] = (person, dollars)
            elif isinstance(hold(book, turn, person, needs=dollars, budgets=budgets), Hold):
                told.pop(turn, None)
                everything = sum(spent for _, spent in told.values()) + sum(one[1] for one in book.held.values())
                assert everything <= budgets.workspace + 1e-6

        assert book.spent.get(ledger.WORKSPACE, 0) == pytest.approx(sum(spent for _, spent in told.values()), abs=1e-6)
        for who in ("U1", "U2"):
            own = sum(spent for payer, spent in told.values() if payer == who)
            assert book.spent.get(f"person_budget:{who}", 0) == pytest.approx(own, abs=1e-6)
