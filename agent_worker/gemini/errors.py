"""What an error answer of Gemini means: whether another attempt may succeed and when, or why the turn fails. Pure."""

from __future__ import annotations

from http import HTTPStatus

from temporalio.exceptions import ApplicationError

from agent_worker.gemini.error_answer import ErrorAnswer
from agent_worker.gemini.refusals import refusal
from agent_worker.payloads import errors

# Google names these two for a passing trouble of its own, and for a question that is too long to be worked on.
_MAY_BE_THE_QUESTION = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.GATEWAY_TIMEOUT)


def from_answer(status: int, body: object, retry_after: str | None = None) -> ApplicationError:
    """Translates an HTTP error answer: its status, its JSON body (of any shape) and its Retry-After header.

    The error carries the status, Google's constants and our own words for the cause. Gemini's message is left out,
    because it may repeat the key or what people wrote.
    """
    answer = ErrorAnswer(status, body, retry_after)
    facts = " ".join(answer.facts())
    if refused := refusal(answer):
        return errors.final(refused.code, f"{facts} ({refused.cause})" if refused.cause else facts)
    code = errors.MODEL_FAILED if status in _MAY_BE_THE_QUESTION else errors.MODEL_UNAVAILABLE
    return errors.retryable(code, facts, answer.delay)


def is_about_signatures(status: int, body: object) -> bool:
    """Whether Gemini refuses the thought signatures of the request: missing, of another model, or corrupted."""
    message = ErrorAnswer(status, body).message
    return status == HTTPStatus.BAD_REQUEST and "thought signature" in message.replace("_", " ")
