"""Promises about error answers: an answer of any shape is translated, and only Google's constants are kept."""

from __future__ import annotations

import re
from typing import Any

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
            st.sampled_from(
                [
                    *("error", "details", "violations", "quotaId", "quotaValue", "reason", "retryDelay", "message"),
                    *("status", "metadata", "quota_limit", "quota_limit_value", "fieldViolations", "field"),
                    "description",
                ]
            ),
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
    assert error.non_retryable == (error.type not in (errors.MODEL_UNAVAILABLE, errors.MODEL_FAILED))


# Which kind of error it is: the wordings are those of recorded answers

OVER_QUOTA = "You exceeded your current quota, please check your plan and billing details."
ZERO = "* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0"
PER_DAY = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "250"}]}
PER_MINUTE = {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "quotaValue": "10"}]}
REGION = {"quota_limit": "GenerateContentRequestsPerMinutePerProjectPerRegion", "quota_limit_value": "0"}
UNKNOWN_FIELD = {
    "fieldViolations": [{"field": "contents[0]", "description": 'Unknown name "mood": Cannot find field.'}]
}


def answer(message: str, *details: dict[str, Any], status: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "status": status, "details": list(details)}}


def reason(name: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": name, "domain": "googleapis.com"}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        # Money
        (429, answer("Your prepayment credits are depleted. Please go to AI Studio at …"), errors.NO_CREDIT),
        (402, answer("Your Prepay credit balance is depleted."), errors.NO_CREDIT),
        (402, {}, errors.NO_CREDIT),
        (429, answer("Your project has exceeded its monthly spending cap."), errors.SPENDING_CAP),
        (429, answer("Your billing account has exceeded its monthly spending cap."), errors.SPENDING_CAP),
        (429, answer("Your project has exceeded its spending cap.", {"retryDelay": "7s"}), errors.SPENDING_CAP),
        (402, answer("Your project has reached its spend cap."), errors.SPENDING_CAP),
        # Quotas
        (429, answer(OVER_QUOTA, PER_DAY, PER_MINUTE, {"retryDelay": "17s"}), errors.DAILY_QUOTA),
        (429, answer(OVER_QUOTA, PER_MINUTE, {"retryDelay": "17s"}), errors.MODEL_UNAVAILABLE),
        (429, answer(f"{OVER_QUOTA}\n{ZERO}, model: gemini-2.5-pro", PER_DAY, PER_MINUTE), errors.UNUSABLE_MODEL),
        (429, answer(f"{OVER_QUOTA}\n{ZERO}00, model: gemini-2.5-pro", PER_MINUTE), errors.MODEL_UNAVAILABLE),
        (429, answer("Quota exceeded", {"violations": [{"quotaValue": "0"}]}), errors.UNUSABLE_MODEL),
        (429, answer("Quota exceeded", reason("RATE_LIMIT_EXCEEDED") | {"metadata": REGION}), errors.UNUSABLE_MODEL),
        (429, answer("You exceeded your spend-based rate limit. Your spending rate …"), errors.MODEL_UNAVAILABLE),
        (429, answer("Resource has been exhausted (e.g. check quota)."), errors.MODEL_UNAVAILABLE),
        # The key and the account
        (403, answer("Your API key was reported as leaked. Please use another API key."), errors.LEAKED_API_KEY),
        (400, answer("API key expired. Please renew the API key.", reason("API_KEY_INVALID")), errors.BAD_API_KEY),
        (400, answer("API key not found. Please pass a valid API key."), errors.BAD_API_KEY),
        (403, answer("Requests to this API … are blocked.", reason("API_KEY_SERVICE_BLOCKED")), errors.BAD_API_KEY),
        (403, answer("Method doesn't allow unregistered callers."), errors.BAD_API_KEY),
        (403, answer("Your project has been denied access. Please contact support."), errors.NOT_PERMITTED),
        (403, answer("Generative Language API … is disabled.", reason("SERVICE_DISABLED")), errors.NOT_PERMITTED),
        (400, answer("Please enable billing.", status="FAILED_PRECONDITION"), errors.NOT_PERMITTED),
        (400, answer("User location is not supported for the API use."), errors.NOT_PERMITTED),
        # The model
        (404, answer("models/gemini-3.6-flahs is not found for API version v1"), errors.UNKNOWN_MODEL),
        (404, answer("This model models/gemini-2.5-flash is no longer available to new users."), errors.UNKNOWN_MODEL),
        (400, answer("Function calling is not enabled for models/gemma-3-27b-it"), errors.UNUSABLE_MODEL),
        (400, answer("Function calling is not enabled for models/gemini-3.1-flash-image"), errors.UNUSABLE_MODEL),
        (400, answer("Developer instruction is not enabled for models/gemma-3-27b-it"), errors.UNUSABLE_MODEL),
        (400, answer("Thinking level XHIGH is not supported for this model."), errors.UNUSABLE_MODEL),
        (400, answer("This model only supports Interactions API."), errors.UNUSABLE_MODEL),
        # How we ask
        (400, answer('Invalid JSON payload received. Unknown name "mood"', UNKNOWN_FIELD), errors.WRONG_REQUEST),
        (400, answer("Invalid value at 'x', \"API key not valid, leaked\"", UNKNOWN_FIELD), errors.WRONG_REQUEST),
        (400, answer("* GenerateContentRequest.contents: contents is not specified"), errors.WRONG_REQUEST),
        (400, answer("Please use a valid role: user, model."), errors.WRONG_REQUEST),
        (400, answer("Please ensure that the number of function response parts is equal …"), errors.WRONG_REQUEST),
        (400, answer("Manually set deadline 8s is too short. Minimum allowed deadline is 10s."), errors.WRONG_REQUEST),
        (400, answer("Corrupted thought signature."), errors.WRONG_REQUEST),
        (400, {"message": "<html>", "status": "Bad Request"}, errors.WRONG_REQUEST),
        (404, {"message": "<html>", "status": "Not Found"}, errors.WRONG_REQUEST),
        (405, {}, errors.WRONG_REQUEST),
        (418, {}, errors.WRONG_REQUEST),
        (501, answer("Operation is not implemented", status="UNIMPLEMENTED"), errors.WRONG_REQUEST),
        # What people sent
        (400, answer("Request payload size exceeds the limit: 20971520 bytes."), errors.TOO_LONG),
        (
            400,
            answer("The document contains 1200 pages which exceeds the supported page limit of 1000."),
            errors.TOO_LONG,
        ),
        (400, answer("Unable to process input image. Please retry or report"), errors.REFUSED_REQUEST),
        (400, answer("Unsupported MIME type: application/zip"), errors.REFUSED_REQUEST),
        (400, answer("The document has no pages."), errors.REFUSED_REQUEST),
        (400, answer("Audio input modality is not enabled for models/gemini-3.8-flash"), errors.REFUSED_REQUEST),
        (400, answer("Request contains an invalid argument."), errors.REFUSED_REQUEST),
        # What passes
        (409, answer("The operation was aborted.", status="ABORTED"), errors.MODEL_UNAVAILABLE),
        (425, {}, errors.MODEL_UNAVAILABLE),
        (302, {}, errors.MODEL_UNAVAILABLE),
        (503, answer("Your prepayment credits are depleted."), errors.MODEL_UNAVAILABLE),
        (500, answer("An internal error has occurred."), errors.MODEL_FAILED),
        (504, answer("Deadline expired before operation could complete."), errors.MODEL_FAILED),
    ],
)
def test_each_kind_of_error_answer_is_told_from_the_others(status: int, body: dict[str, Any], code: str) -> None:
    assert gemini_errors.from_answer(status, body).type == code


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (429, "Your prepayment credits are depleted.", "the prepaid credit is used up"),
        (429, "Your project has exceeded its monthly spending cap.", "the spending cap is reached"),
        (403, "Your API key was reported as leaked.", "found in public"),
        (429, ZERO, "no quota for this model"),
        (400, "Function calling is not enabled for models/gemma-3-27b-it", "this model cannot do what is asked of it"),
    ],
)
def test_the_log_names_a_cause_that_google_tells_in_its_message_only(status: int, message: str, cause: str) -> None:
    assert cause in gemini_errors.from_answer(status, answer(message)).message


@given(message=st.text(), words=st.text(), count=st.integers(0, 9))
def test_of_the_fields_that_google_complains_about_only_names_reach_the_log(
    message: str, words: str, count: int
) -> None:
    said = {"field": f"contents[0].{words}", "description": f'Invalid value at x (TYPE_STRING), "{words}"'}
    body = answer(message, UNKNOWN_FIELD, {"fieldViolations": [said] * count})

    logged = gemini_errors.from_answer(400, body).message

    assert logged.startswith("400 unknown name mood at contents[0]")
    left = logged.removeprefix("400 unknown name mood at contents[0]").replace("at contents[0].", "")
    assert re.fullmatch(r"( wrong field( [A-Za-z_.]+)?| and \d more)*", left)


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
