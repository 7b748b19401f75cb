"""Promises about attempts that fail in the same way: what may never pass ends, and what passes is tried on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.activities import failed_attempts
from agent_worker.payloads.errors import BROKEN_ANSWER, MODEL_UNAVAILABLE, final, has_failed_often, retryable

MOST = next(times for times in range(1, 100) if has_failed_often(BROKEN_ANSWER, times))
Result = TypeVar("Result")


class Attempts:
    """Attempts at one activity, each of which gets the last heartbeat of the one before, as Temporal hands it on."""

    def __init__(self) -> None:
        self._number = 0
        self._heartbeat: Sequence[Any] = ()

    def fail(self, error: ApplicationError, *details: Any) -> ApplicationError:
        """The error with which the attempt fails."""
        return self._run(lambda: _fail(error, *details))

    def details(self) -> Sequence[Any]:
        """What an attempt that does not fail gets of the one before."""
        return self._run(failed_attempts.handed_on)

    def carried(self) -> Any:
        """What an attempt gets of all those before, and leaves as it is."""
        return self._run(failed_attempts.carried, heard_of=self._heartbeat)

    def are_killed(self) -> None:
        """An attempt sends its heartbeats, and nobody hears of it again."""
        self._run(failed_attempts.beat)

    def _run(self, step: Callable[[], Result], heard_of: Sequence[Any] = ()) -> Result:
        self._number += 1
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(
            ActivityEnvironment.default_info(), attempt=self._number, heartbeat_details=self._heartbeat
        )
        self._heartbeat = heard_of
        environment.on_heartbeat = self._note
        result: Result = environment.run(step)
        return result

    def _note(self, *details: Any) -> None:
        self._heartbeat = details


def _fail(error: ApplicationError, *details: Any) -> ApplicationError:
    bounded = failed_attempts.bounded(error)
    failed_attempts.hand_on(bounded, *details)
    return bounded


def are_final(errors: Sequence[ApplicationError]) -> list[bool]:
    return [error.non_retryable for error in errors]


BROKEN = retryable(BROKEN_ANSWER, "ClientPayloadError")
AWAY = retryable(MODEL_UNAVAILABLE, "503")


def test_an_answer_that_breaks_off_each_time_is_given_up_after_some_attempts() -> None:
    attempts = Attempts()

    failures = [attempts.fail(BROKEN) for _ in range(MOST)]

    assert are_final(failures) == [False] * (MOST - 1) + [True]
    assert (failures[-1].type, failures[-1].message) == (BROKEN_ANSWER, "ClientPayloadError")


def test_a_gemini_that_is_away_is_waited_for_however_long_it_takes() -> None:
    attempts = Attempts()

    assert are_final([attempts.fail(AWAY) for _ in range(2_000)]) == [False] * 2_000


def test_another_failure_in_between_is_no_new_beginning() -> None:
    attempts = Attempts()

    failures = [attempts.fail(error) for error in [BROKEN, AWAY] * (MOST - 1) + [BROKEN]]

    assert are_final(failures) == [False] * 2 * (MOST - 1) + [True]


def test_a_kill_is_no_new_beginning() -> None:
    attempts = Attempts()
    before = [attempts.fail(BROKEN) for _ in range(MOST - 1)]

    attempts.are_killed()

    assert are_final([*before, attempts.fail(BROKEN)]) == [False] * (MOST - 1) + [True]


def test_what_the_attempt_before_a_killed_one_has_handed_on_is_not_trusted() -> None:
    attempts = Attempts()
    attempts.fail(BROKEN, "draft")

    attempts.are_killed()

    assert list(attempts.details()) == []


def test_what_was_handed_on_last_is_carried_through_attempts_that_tell_nothing_of_themselves() -> None:
    attempts = Attempts()
    assert attempts.carried() is None
    attempts.fail(BROKEN, "draft", {"paid": 1})

    attempts.are_killed()
    attempts.are_killed()
    attempts.fail(AWAY)

    assert attempts.carried() == {"paid": 1}


def test_what_is_final_stays_final() -> None:
    assert Attempts().fail(final(BROKEN_ANSWER, "HTTP 400")).non_retryable


def test_details_reach_the_next_attempt_and_none_after_that() -> None:
    attempts = Attempts()
    attempts.fail(AWAY, {"messages": []}, True)  # noqa: FBT003

    assert list(attempts.details()) == [{"messages": []}, True]
    assert list(attempts.details()) == []


def test_what_release_0_2_has_handed_on_is_not_taken_for_a_count() -> None:
    attempts = Attempts()
    attempts._heartbeat = (0, {"messages": []}, True)

    assert not attempts.fail(BROKEN).non_retryable
