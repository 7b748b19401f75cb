"""Promises of the count: nobody gets more turns than the quotas allow, and a flood is told a few times only."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.quotas import Budgets, Claim, OverQuota, QuotaLimits
from agent_worker.quotas import usage
from agent_worker.quotas.usage import MOST_TURNS, TOLD_AT_ALL, TOLD_PER_PERSON, WINDOW, Usage

PEOPLE = ("U1", "U2", "U3")
TEMPORAL_CARRIES = 2_000_000  # bytes


def claim(turn: object, *people: str) -> Claim:
    return Claim(turn=f"C0123456789:{turn}", people=list(people or ["U1"]))


def ask(count: Usage, turn: object, *people: str, now: float = 0.0, **limits: int) -> OverQuota | None:
    return count.reserve(claim(turn, *people), QuotaLimits(**limits), now)


def test_a_person_gets_as_many_turns_as_the_quota_allows_and_then_hears_when_it_goes_on() -> None:
    count = Usage()
    assert [ask(count, turn, now=turn * 60, person=3) for turn in range(3)] == [None] * 3

    refused = ask(count, 3, now=180, person=3)

    assert refused == OverQuota(scope="person", turns=3, minutes=57, is_told=True)
    assert ask(count, 4, now=WINDOW - 1, person=3) is not None
    assert ask(count, 4, now=WINDOW, person=3) is None


def test_other_people_go_on_until_the_workspace_has_used_its_own_quota() -> None:
    count = Usage()
    for turn in range(5):
        ask(count, turn, "U1", person=2, workspace=4)

    assert ask(count, "ben", "U2", person=2, workspace=4) is None
    assert ask(count, "cem", "U3", person=2, workspace=4) is None
    refused = ask(count, "dan", "U4", person=2, workspace=4)
    assert (refused.scope, refused.turns) == ("workspace", 4) if refused else False


def test_a_turn_counts_once_however_often_it_asks() -> None:
    count = Usage()

    assert [ask(count, "same", person=1) for _ in range(5)] == [None] * 5
    assert ask(count, "other", person=1) is not None


def test_a_refused_turn_that_asks_again_tells_its_thread_again() -> None:
    """The worker that was told to say it may have been killed before it did."""
    count = Usage()
    ask(count, "answered", person=1)
    refused = [ask(count, "refused", person=1) for _ in range(TOLD_PER_PERSON + 1)]

    assert [one and one.is_told for one in refused] == [True] * len(refused)


def test_a_turn_of_several_people_counts_for_the_first_who_has_turns_left() -> None:
    count = Usage()
    ask(count, 1, "U1", person=1)

    assert ask(count, 2, "U1", "U2", person=1) is None
    assert ask(count, 3, "U2", person=1) is not None
    assert ask(count, 4, "U1", "U2", person=1) is not None


def test_zero_is_no_limit_and_a_turn_of_nobody_is_free() -> None:
    count = Usage()

    assert not any(ask(count, turn) for turn in range(100))
    assert not any(count.reserve(Claim(turn=f"{turn}", people=[]), QuotaLimits(person=1), 0.0) for turn in range(3))


def test_a_flood_is_told_a_few_times_a_minute() -> None:
    count = Usage()
    ask(count, "answered", person=1)

    flood = [ask(count, turn, person=1) for turn in range(500)]
    a_minute_later = [ask(count, f"later {turn}", person=1, now=60) for turn in range(500)]

    assert _told(flood) == _told(a_minute_later) == TOLD_PER_PERSON


def test_a_flood_of_many_people_is_told_a_few_times_a_minute_too() -> None:
    count = Usage()
    ask(count, "answered", "U0", workspace=1)

    assert _told([ask(count, f"{turn}", f"U{turn}", workspace=1) for turn in range(500)]) == TOLD_AT_ALL


def _told(refused: list[OverQuota | None]) -> int:
    return sum(one is not None and one.is_told for one in refused)


def test_a_quota_that_is_made_smaller_takes_effect_at_once() -> None:
    count = Usage()
    for turn in range(10):
        ask(count, turn, now=turn, person=60, workspace=1_000)

    refused = ask(count, "next", now=10, person=3, workspace=1_000)

    assert refused == OverQuota(scope="person", turns=3, minutes=60, is_told=True)


def test_what_the_next_run_carries_has_a_bound() -> None:
    count = Usage()
    for number in range(MOST_TURNS + 500):
        count.turns[f"C0123456789{number:04}:1700000000.123456:again12"] = (f"U0123456789{number}", 1.7e9 + 0.123456)

    count.forget(1.7e9)

    (payload,) = DATA_CONVERTER.payload_converter.to_payloads([count])
    assert len(count.turns) == MOST_TURNS
    assert payload.ByteSize() < TEMPORAL_CARRIES / 2


def test_the_count_reads_what_it_has_written() -> None:
    count = Usage()
    ask(count, 1, person=1)
    ask(count, 2, person=1)

    payloads = DATA_CONVERTER.payload_converter.to_payloads([count])
    (read,) = DATA_CONVERTER.payload_converter.from_payloads(payloads, [Usage])

    assert read == count


class Model:
    """The same rules in the slowest and plainest way: all turns that were ever answered, and no memory is bounded."""

    def __init__(self) -> None:
        self.answered: list[tuple[str, str, float]] = []  # turn, person, moment

    def reserve(self, wanted: Claim, limits: QuotaLimits, now: float) -> str:
        within = [one for one in self.answered if one[2] > now - usage.WINDOW]
        if any(turn == wanted.turn for turn, _, _ in within):
            return ""
        has_room = [
            person
            for person in wanted.people
            if not limits.person or sum(one[1] == person for one in within) < limits.person
        ]
        if not has_room:
            return "person"
        if limits.workspace and len(within) >= limits.workspace:
            return "workspace"
        self.answered.append((wanted.turn, has_room[0], now))
        return ""


@given(
    asked=st.lists(
        st.tuples(st.integers(0, 30), st.lists(st.sampled_from(PEOPLE), min_size=1), st.floats(0, WINDOW)), max_size=60
    ),
    person=st.integers(0, 4),
    workspace=st.integers(0, 9),
)
def test_whoever_asks_in_whatever_order_gets_what_the_rules_say(asked: Any, person: int, workspace: int) -> None:
    limits, count, model, now = QuotaLimits(person=person, workspace=workspace), Usage(), Model(), 0.0
    for turn, people, pause in asked:
        now += pause / 10
        refused = count.reserve(claim(turn, *people), limits, now)

        assert (refused.scope if refused else "") == model.reserve(claim(turn, *people), limits, now)
        assert refused is None or 1 <= refused.minutes <= 60


def test_a_count_from_before_there_were_budgets_is_read() -> None:
    before = {"turns": {"C1:1.0": ["U1", 5.0]}, "told": {}}
    payloads = DATA_CONVERTER.payload_converter.to_payloads([before])

    (read,) = DATA_CONVERTER.payload_converter.from_payloads(payloads, [Usage])

    assert read == Usage(turns={"C1:1.0": ("U1", 5.0)})


def test_a_flood_beyond_a_budget_is_told_a_few_times_a_minute_too() -> None:
    count, budgets = Usage(), Budgets(person=1)
    claims = [claim(turn).model_copy(update={"needs": 2.0}) for turn in range(100)]

    refused = [count.admit(one, QuotaLimits(), budgets, 0.0) for one in claims]

    assert _told([one for one in refused if isinstance(one, OverQuota)]) == TOLD_PER_PERSON
    assert {one.scope for one in refused if isinstance(one, OverQuota)} == {"person_budget"}
    assert len(refused) == sum(isinstance(one, OverQuota) for one in refused)
