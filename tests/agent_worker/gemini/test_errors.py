"""Promises about error answers: an answer of any shape is translated, and only Google's constants are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from agent_worker.gemini import errors as gemini_errors
from agent_worker.payloads import errors

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "details", "violations", "quotaId", "reason", "retryDelay", "message", "status"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(status=st.integers(100, 599), body=JSON, retry_after=st.none() | st.text(max_size=8))
def test_an_answer_of_any_shape_is_translated(status: int, body: object, retry_after: str | None) -> None:
    error = gemini_errors.from_answer(status, body, retry_after)

    gemini_errors.is_about_signatures(status, body)
    assert isinstance(error, ApplicationError)
    assert error.message.split()[0] == str(status)
    assert error.non_retryable == (error.type != errors.MODEL_UNAVAILABLE)


@pytest.mark.parametrize(
    "message",
    [
        "Function call is missing a thought_signature in functionCall parts. This is required for tools.",
        "Corrupted thought signature.",
        "Unable to submit request because Thought signature is not valid.",
    ],
)
def test_all_complaints_about_signatures_are_recognised(message: str) -> None:
    body = {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}

    assert gemini_errors.is_about_signatures(400, body)
    assert not gemini_errors.is_about_signatures(500, body)
    assert not gemini_errors.is_about_signatures(400, {"error": {"message": "Request contains an invalid argument."}})


def test_only_words_that_google_defines_are_kept_for_the_log() -> None:
    details = [{"reason": "API_KEY_INVALID"}, {"reason": "AIzaSy0123456789"}, {"reason": "words of a person"}]
    body = {"error": {"message": "AIzaSy0123456789", "status": "INVALID_ARGUMENT", "details": details}}

    assert gemini_errors.from_answer(400, body).message == "400 INVALID_ARGUMENT API_KEY_INVALID"
