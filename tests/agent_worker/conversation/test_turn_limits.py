"""Promises of the limits: no loop of bots goes on, no flood is lost, and a person is always heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.messages import UserMessage
from agent_worker.conversation.turn_limits import WINDOW, Decision, TurnLimits

PERSON = UserMessage(ts="1.0", user="U1", text="hello")
APP = UserMessage(ts="1.1", user="B1", text="beep", from_app=True)


def admit(limits: TurnLimits, message: UserMessage, now: float = 0.0, *, hourly: int = 100) -> Decision:
    return limits.decide([message], now, app_turns=3, hourly_turns=hourly)


def test_apps_are_answered_a_few_times_then_told_once_then_not_at_all() -> None:
    limits = TurnLimits()

    decisions = [admit(limits, APP) for _ in range(6)]

    assert [decision.answer for decision in decisions] == [True, True, True, False, False, False]
    assert [bool(decision.say) for decision in decisions] == [False, False, False, True, False, False]


def test_a_person_ends_the_silence() -> None:
    limits = TurnLimits()
    for _ in range(6):
        admit(limits, APP)

    assert admit(limits, PERSON) == Decision()
    assert [admit(limits, APP).answer for _ in range(4)] == [True, True, True, False]


def test_a_turn_with_a_person_among_apps_is_a_persons_turn() -> None:
    limits = TurnLimits(app_turns=3)

    assert limits.decide([APP, PERSON], 0.0, app_turns=3, hourly_turns=9).answer


def test_try_again_is_a_persons_turn_however_often_it_is_pressed() -> None:
    limits = TurnLimits()
    for _ in range(6):
        admit(limits, APP)

    decisions = [limits.decide([], 0.0, app_turns=3, hourly_turns=100) for _ in range(20)]

    assert decisions == [Decision()] * 20
    assert admit(limits, APP).answer


def test_try_again_counts_among_the_turns_of_the_hour() -> None:
    limits = TurnLimits()
    decisions = [limits.decide([], 0.0, app_turns=3, hourly_turns=3) for _ in range(4)]

    assert [decision.wait for decision in decisions] == [0, 0, 0, WINDOW]


def test_beyond_an_hours_turns_the_next_one_waits_until_the_first_is_an_hour_old() -> None:
    limits = TurnLimits()
    for minute in range(3):
        admit(limits, PERSON, minute * 60.0, hourly=3)

    decision = admit(limits, PERSON, 600.0, hourly=3)

    assert decision.answer
    assert decision.wait == WINDOW - 600
    assert "50 minutes" in decision.say


@given(st.lists(st.floats(0, 2_000), max_size=60), st.integers(1, 10))
def test_no_hour_has_more_turns_than_allowed(pauses: list[float], hourly: int) -> None:
    limits, now, began = TurnLimits(), 0.0, []
    for pause in pauses:
        now += pause
        now += admit(limits, PERSON, now, hourly=hourly).wait
        began.append(now)

    for start in began:
        assert sum(start <= other < start + WINDOW - 1e-6 for other in began) <= hourly
