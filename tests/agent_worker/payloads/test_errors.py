"""Promises of the codes: each has a plain sentence, and Temporal is told once whether trying again makes sense."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio import exceptions
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutType

from agent_worker.payloads import errors

CODES = [value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str) and name[0] != "_"]
NO_ENDINGS = {  # what is tried until it passes, what the model is told, and what nobody can foresee
    *(errors.MODEL_UNAVAILABLE, errors.OUT_OF_TIME, errors.TRANSCRIPT_UNAVAILABLE, errors.SLACK_UNAVAILABLE),
    *(errors.TOOL_UNAVAILABLE, errors.DEFECT, errors.DIED, errors.SLACK_REFUSED, errors.GRANT_REFUSED),
}
ENDINGS = sorted(set(CODES) - NO_ENDINGS)


def failed_step(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "activity failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="ask_model",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence_that_names_no_code(code: str) -> None:
    said = errors.sentence(code)

    assert said.endswith(".")
    assert code not in said
    assert "_" not in said


@pytest.mark.parametrize("code", ENDINGS)
def test_each_way_in_which_a_turn_can_end_has_a_sentence_of_its_own(code: str) -> None:
    others = [errors.sentence(other) for other in CODES if other != code]

    assert errors.sentence(code) not in others


def test_what_nobody_foresaw_has_a_sentence_too() -> None:
    assert "Something went wrong on my side" in errors.sentence("never heard of")


def test_only_what_the_question_itself_causes_poisons_the_conversation() -> None:
    poisonous = {code for code in CODES if errors.poisons_the_conversation(code)}

    assert poisonous == {errors.BLOCKED_PROMPT, errors.REFUSED_REQUEST, errors.TOO_LONG, errors.MODEL_FAILED}


def test_what_passes_by_itself_is_tried_for_ever_and_what_may_never_pass_is_not() -> None:
    endless = {code for code in CODES if not errors.has_failed_often(code, 1_000_000)}

    ours = {errors.DEFECT, errors.OUT_OF_TIME, errors.DIED}
    assert endless == set(CODES) - {errors.MODEL_FAILED, errors.BROKEN_ANSWER, errors.UNUSABLE_ANSWER} - ours
    assert not errors.has_failed_often(errors.BROKEN_ANSWER, 1)
    assert not errors.has_failed_often(errors.MODEL_FAILED, 50)


def test_the_code_of_a_failed_step_is_the_one_its_adapter_gave_it() -> None:
    assert errors.code_of(failed_step(errors.final(errors.BAD_API_KEY, "HTTP 400"))) == errors.BAD_API_KEY
    assert errors.code_of(errors.final(errors.TOO_LONG, "HTTP 400")) == errors.TOO_LONG
    assert errors.code_of(errors.TurnFailed(errors.OUT_OF_STEPS)) == errors.OUT_OF_STEPS


@pytest.mark.parametrize(
    "error",
    [
        ValueError("secret"),
        failed_step(exceptions.TimeoutError("late", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[])),
        failed_step(ApplicationError("no type")),
        ApplicationError("no type"),
    ],
)
def test_an_error_that_is_none_of_ours_has_no_code(error: BaseException) -> None:
    assert errors.code_of(error) == "unknown"


def test_what_may_pass_is_tried_again_after_the_pause_that_the_service_asks_for() -> None:
    error = errors.retryable(errors.SLACK_UNAVAILABLE, "ratelimited", timedelta(seconds=7))

    assert not error.non_retryable
    assert (error.type, error.message) == (errors.SLACK_UNAVAILABLE, "ratelimited")
    assert error.next_retry_delay == timedelta(seconds=7)


def test_what_is_final_is_not_tried_again() -> None:
    error = errors.final(errors.SLACK_REFUSED, "is_archived")

    assert error.non_retryable
    assert (error.type, error.message) == (errors.SLACK_REFUSED, "is_archived")
