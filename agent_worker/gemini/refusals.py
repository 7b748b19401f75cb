"""Which error answers of Gemini asking again does not change, and what each of them means. Pure.

Gemini uses one HTTP status for several kinds of errors, and tells many of them apart in its message only. The wordings
are those of recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from agent_worker.gemini.error_answer import ErrorAnswer
from agent_worker.payloads import errors

_CANCELLED = 499  # Google's status for "The operation was cancelled."
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, _CANCELLED)


@dataclass(frozen=True)
class Refusal:
    """A kind of error answer: it has one of the statuses, and its message (in lower case) has the pattern `says`.

    `cause` is for the log, where the status and Google's own words do not tell enough.
    """

    code: str
    statuses: tuple[int, ...]
    says: str = ""
    where: Callable[[ErrorAnswer], bool] = lambda _: True
    cause: str = ""

    def fits(self, answer: ErrorAnswer) -> bool:
        return answer.status in self.statuses and bool(re.search(self.says, answer.message)) and self.where(answer)


def refusal(answer: ErrorAnswer) -> Refusal | None:
    """What an error answer means that asking again would not change; None for one that may pass by itself."""
    if found := next((kind for kind in _KINDS if kind.fits(answer)), None):
        return found
    is_passing = answer.status in _PASSING or answer.state == "ABORTED"  # a conflict with another request
    return None if is_passing or answer.status not in range(400, 500) else _ANY_OTHER


_ANY_OTHER = Refusal(errors.WRONG_REQUEST, ())
_NO_CREDIT = "the prepaid credit is used up, see https://ai.studio/projects"
_CAP = "the spending cap is reached, see https://ai.studio/spend and https://ai.studio/billing"
_LEAKED = "Google has blocked the API key because it was found in public; a new one is needed"
_OUT_OF_CREDIT = r"prepay|prepaid|credits? (is|are|has|have|balance|depleted|exhausted)|\bno (\w+ )?credits?\b"
_ZERO_QUOTA = "the plan of this API key has no quota for this model"
_NOT_GEMINI = "this is no answer of the Gemini API, see GOOGLE_GEMINI_BASE_URL"
_INCAPABLE = "this model cannot do what is asked of it"
_ABILITIES = "function calling|tool use|developer instruction|system instruction|thinking"
_MISSING = "not enabled|not supported|unsupported|only supports"
_WRONG_FORM = (
    "generatecontentrequest|invalid json payload|invalid value at|unknown name|please ensure that|valid role"
    "|minimum allowed deadline|function[ _](call|response|declaration|name)|thought[ _]signature"
)

# The first kind that fits counts.
_KINDS = (
    # A request of the wrong form is our fault. The message repeats parts of such a request, so it tells nothing else.
    Refusal(errors.WRONG_REQUEST, (400,), where=lambda answer: answer.has_violations),
    # Money. Google's "spend-based rate limit" is another thing: it counts ten minutes and passes by itself.
    Refusal(errors.SPENDING_CAP, (402, 403, 429), r"spend(ing)? (cap|limit)\b", cause=_CAP),
    Refusal(errors.NO_CREDIT, (402,), cause=_NO_CREDIT),
    Refusal(errors.NO_CREDIT, (403, 429), _OUT_OF_CREDIT, cause=_NO_CREDIT),
    Refusal(errors.UNUSABLE_MODEL, (429,), where=lambda answer: answer.has_zero_quota, cause=_ZERO_QUOTA),
    Refusal(errors.DAILY_QUOTA, (429,), where=lambda answer: answer.is_about_a_day),
    # The key and the account
    Refusal(errors.LEAKED_API_KEY, (401, 403), r"\bleaked\b", cause=_LEAKED),
    Refusal(errors.BAD_API_KEY, (401,)),
    Refusal(errors.BAD_API_KEY, (400, 403), where=lambda answer: answer.is_about_the_key),
    Refusal(errors.BAD_API_KEY, (400, 403), r"api key (not valid|not found|expired)|unregistered callers"),
    Refusal(errors.NOT_PERMITTED, (400,), where=lambda answer: answer.state == "FAILED_PRECONDITION"),
    Refusal(errors.NOT_PERMITTED, (400,), "user location is not supported"),
    Refusal(errors.NOT_PERMITTED, (403, 407, 451)),
    # The address and the model
    Refusal(errors.WRONG_REQUEST, (400, 404), where=lambda answer: not answer.is_googles, cause=_NOT_GEMINI),
    Refusal(errors.UNKNOWN_MODEL, (404,)),
    Refusal(errors.UNUSABLE_MODEL, (400,), rf"^({_ABILITIES})\b.*({_MISSING})", cause=_INCAPABLE),
    # What people sent
    Refusal(errors.TOO_LONG, (413,)),
    Refusal(
        errors.TOO_LONG, (400,), "exceeds the (maximum number of tokens|supported page limit)|payload size exceeds"
    ),
    Refusal(errors.REFUSED_REQUEST, (400,), r"\b(image|audio|video|document|pdf|file|mime|modality)\b"),
    # How we ask
    Refusal(errors.UNUSABLE_MODEL, (400,), rf"({_MISSING}) (for|by) (this model|models?/)", cause=_INCAPABLE),
    Refusal(errors.UNUSABLE_MODEL, (400,), rf"this model ({_MISSING})|this model is ({_MISSING})", cause=_INCAPABLE),
    Refusal(errors.WRONG_REQUEST, (400,), _WRONG_FORM, cause="the request has the wrong form"),
    Refusal(errors.WRONG_REQUEST, (501,)),
    # Nobody says what is wrong: it may be what people sent, and then it would be refused again and again.
    Refusal(errors.REFUSED_REQUEST, (400, 422)),
)
