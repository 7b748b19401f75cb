"""Error codes, and the sentence that a person reads for each.

A code is the `type` of the `ApplicationError` that an adapter raises; the adapter also decides whether Temporal may try
again. People never see the error itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory

from agent_worker.payloads.costs import money
from agent_worker.payloads.quotas import OverQuota, Scope

# Gemini and the turn
MODEL_UNAVAILABLE = "model_unavailable"  # Gemini is away; retried until it is back
# Gemini fails at this question: an error inside Gemini, or any error while Gemini answers other questions. Retried, but
# not for ever: the question may be its cause.
MODEL_FAILED = "model_failed"
BROKEN_ANSWER = "broken_answer"  # an answer that began and came to no end; retried, but not for ever: each one is paid
BAD_API_KEY = "bad_api_key"
LEAKED_API_KEY = "leaked_api_key"
UNKNOWN_MODEL = "unknown_model"
UNUSABLE_MODEL = "unusable_model"  # known, but not in the plan of the key, or not able to call tools
NO_CREDIT = "no_credit"
SPENDING_CAP = "spending_cap"
DAILY_QUOTA = "daily_quota"
NOT_PERMITTED = "not_permitted"
WRONG_REQUEST = "wrong_request"  # Gemini does not understand the request: a fault of ours, or of the settings
REFUSED_REQUEST = "refused_request"  # Gemini does not take what people sent
TOO_LONG = "too_long"
BLOCKED_PROMPT = "blocked_prompt"
BLOCKED_ANSWER = "blocked_answer"
UNUSABLE_ANSWER = "unusable_answer"  # an answer that is empty or garbled; retried, but not for ever: each one is paid
OUT_OF_STEPS = "out_of_steps"
DEFECT = "defect"  # a bug of ours
PERSON_QUOTA = "person_quota"  # the person's turns of this hour are taken
WORKSPACE_QUOTA = "workspace_quota"  # those of all people together are taken
PERSON_BUDGET = "person_budget"  # what the person may cost in a day is used up
CHANNEL_BUDGET = "channel_budget"  # what may be spent in the channel
WORKSPACE_BUDGET = "workspace_budget"  # what all people together may cost
UNPRICED_MODEL = "unpriced_model"  # there are budgets, and nobody knows what the model costs
AGENT_GONE = "agent_gone"  # the agent that has answered in the conversation has no file any more
AGENT_UNCLEAR = "agent_unclear"  # several agents are set up for the channel
CHANNEL_UNNAMED = "channel_unnamed"  # which agent answers depends on the channel's name, and Slack does not tell it
GRANT_REFUSED = "grant_refused"  # its message is a sentence for the person who gave it
STOPPED = "stopped"  # a person stopped the turn
WITHDRAWN = "withdrawn"  # the question was deleted
UNSHOWN = "unshown"  # there is an answer, and its delivery failed again and again
TOOL_UNAVAILABLE = "tool_unavailable"  # retried as the tool's policy says; its message is for the model
OUT_OF_TIME = "out_of_time"  # one attempt of an activity took too long
DIED = "died"  # one attempt of an activity ended without a word: its worker was killed, or it held the worker up
TRANSCRIPT_UNAVAILABLE = "transcript_unavailable"  # retried until it passes
# Slack
SLACK_UNAVAILABLE = "slack_unavailable"  # retried until it passes
SLACK_REFUSED = "slack_refused"

# What happened, and what the person can do. What was done before it happened is told in between.
_EXPLAINED = {
    MODEL_FAILED: (
        "Gemini has failed at this again and again for about ten minutes, so I have stopped trying.",
        "Please try to ask it another way.",
    ),
    BROKEN_ANSWER: (
        "Gemini's answer broke off each time, so I have stopped trying.",
        "Please ask again, perhaps for something shorter.",
    ),
    BAD_API_KEY: ("I can't reach my model: Gemini does not accept the API key.", "Whoever runs me can fix that."),
    LEAKED_API_KEY: (
        "I can't reach my model: Google has blocked my API key because it was found in public.",
        "Whoever runs me can fix that with a new key.",
    ),
    UNKNOWN_MODEL: (
        "I can't answer: Gemini does not know the model that I am set up with.",
        "Whoever runs me can fix that.",
    ),
    UNUSABLE_MODEL: (
        "I can't answer: I may not use the Gemini model that I am set up with, or it can't do what I need.",
        "Whoever runs me can choose another one.",
    ),
    NO_CREDIT: (
        "I can't answer: the prepaid credit for Gemini is used up.",
        "Whoever runs me can add more. Please ask again after that.",
    ),
    SPENDING_CAP: (
        "I can't answer: the spending cap for Gemini is reached.",
        "Whoever runs me can raise it. Please ask again after that.",
    ),
    DAILY_QUOTA: (
        "I can't answer any more today: the daily Gemini quota is used up.",
        "Please ask again tomorrow.",
    ),
    NOT_PERMITTED: (
        "I can't answer: Gemini does not allow this request from my account or country.",
        "Whoever runs me can look into it.",
    ),
    WRONG_REQUEST: (
        "I can't answer: Gemini does not understand how I ask it. That is my fault and not that of your question.",
        "Whoever runs me finds the cause in my log; until it is mended, a new thread may help.",
    ),
    REFUSED_REQUEST: (
        "I could not answer that: Gemini refused the request.",
        "Please try to ask it another way.",
    ),
    TOO_LONG: ("That is more than I can read at once.", "Please send less, or start a new thread."),
    BLOCKED_PROMPT: (
        "I can't help with that message: Gemini's safety rules blocked it.",
        "You can go on with another question.",
    ),
    BLOCKED_ANSWER: (
        "I can't show an answer to that: Gemini's safety rules stopped it.",
        "Please try to ask it another way.",
    ),
    UNUSABLE_ANSWER: (
        "I tried several times, but Gemini gave me nothing that I could use.",
        "Please ask again.",
    ),
    OUT_OF_STEPS: (
        "I stopped because this took more steps than I may take for one question.",
        "Please ask for a smaller part.",
    ),
    UNSHOWN: (
        "I have an answer, but I could not show it here.",
        "Please ask me to say it again, or to put it another way.",
    ),
    # A flood is not told so in each of its threads. The numbers are put in by TurnedDown.
    PERSON_QUOTA: (
        "You have had {answers} from me within an hour, and one person gets no more.",
        "Please ask again {later}. Until then I may not say this in every thread.",
    ),
    WORKSPACE_QUOTA: (
        "I have given {answers} in this workspace within an hour, and I may not give more.",
        "Please ask again {later}. Until then I may not say this in every thread.",
    ),
    # Each is one sentence, so that a person knows at once whose money it is. The numbers are put in by TurnedDown.
    PERSON_BUDGET: (
        "I can't answer, because your budget for today ({dollars}) is used up:",
        "a new day begins {later}, at midnight UTC.",
    ),
    CHANNEL_BUDGET: (
        "I can't answer, because this channel's budget for today ({dollars}) is used up:",
        "a new day begins {later}, at midnight UTC.",
    ),
    WORKSPACE_BUDGET: (
        "I can't answer, because the budget of this workspace for today ({dollars}) is used up:",
        "a new day begins {later}, at midnight UTC.",
    ),
    UNPRICED_MODEL: (
        "I can't answer: I have a budget, and what my model costs is not known.",
        "Whoever runs me can name its price.",
    ),
    AGENT_GONE: (
        "I can't answer here: the agent of this conversation is not set up any more.",
        "Whoever runs me can bring it back; in a new thread, the agent answers that is set up now.",
    ),
    AGENT_UNCLEAR: (
        "I can't answer here: more than one of my agents is set up for this channel, and I don't guess.",
        "Whoever runs me can put that right; `/agent` in this channel tells which agents they are.",
    ),
    CHANNEL_UNNAMED: (
        "I can't answer here: which of my agents answers depends on the channel's name, and Slack does not tell it.",
        "Whoever runs me can set up an agent for this channel by its id.",
    ),
    STOPPED: ("Stopped.", "Write to me here whenever you want to go on."),
    WITHDRAWN: ("The question was taken back.", "Ask another one whenever you like."),
}
_UNKNOWN = ("Something went wrong on my side, and I could not finish this answer.", "Please ask again.")

# Temporal logs other errors with a stack trace for each attempt; these are logged in one line (interceptor.py).
_EXPECTED = ApplicationErrorCategory.BENIGN
# After these the question itself is dropped from the transcript: sent again, it would fail again.
_POISONOUS = frozenset({BLOCKED_PROMPT, REFUSED_REQUEST, TOO_LONG, MODEL_FAILED})
# After these the conversation gives up the model that it began with: the settings may name another one by now.
_ABOUT_THE_MODEL = frozenset({UNKNOWN_MODEL, UNUSABLE_MODEL})
# After these the next turn asks the worker anew which agent answers: somebody may have put it right.
_ABOUT_THE_AGENT = frozenset({AGENT_GONE, AGENT_UNCLEAR, CHANNEL_UNNAMED})
# So many attempts at one activity may fail with these. The pauses between them grow to ten seconds, so 60 take about
# ten minutes. Each broken or unusable answer is paid for. The last three are counted together, and only in a row: no
# service is away, so the next attempt most likely ends as badly.
_MOST_ATTEMPTS = {
    MODEL_FAILED: 60,
    BROKEN_ANSWER: 5,
    UNUSABLE_ANSWER: 3,
    DEFECT: 5,
    OUT_OF_TIME: 5,
    DIED: 10,
}
_OF_OURS = frozenset({DEFECT, OUT_OF_TIME, DIED})


_OVER: Mapping[Scope, str] = {
    "person": PERSON_QUOTA,
    "workspace": WORKSPACE_QUOTA,
    "person_budget": PERSON_BUDGET,
    "channel_budget": CHANNEL_BUDGET,
    "workspace_budget": WORKSPACE_BUDGET,
}
MINUTES_TOLD = 120  # a longer time is told in hours


class TurnFailed(Exception):  # noqa: N818  it names what happened to the turn
    """The turn cannot succeed; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TurnedDown(TurnFailed):
    """The turn has no place in the quotas, or no money is left for it; `over_quota` says why."""

    def __init__(self, over_quota: OverQuota) -> None:
        super().__init__(_OVER[over_quota.scope])
        self.over_quota = over_quota

    def sentence(self, *between: str) -> str:
        """What the thread is told; the lines `between` say what was done before."""
        turns = self.over_quota.turns
        told = {
            "answers": "one answer" if turns == 1 else f"{turns} answers",
            "dollars": money(self.over_quota.dollars),
            "later": _later(self.over_quota.minutes),
        }
        happened, to_do = (part.format(**told) for part in _EXPLAINED[self.code])
        return "\n".join([happened, *between, to_do]) if between else f"{happened} {to_do}"


def _later(minutes: int) -> str:
    """In minutes, or in hours if there are more than two; rounded up, so that nobody comes too early."""
    if minutes > MINUTES_TOLD:
        return f"in {math.ceil(minutes / 60)} hours"
    return "in a minute" if minutes == 1 else f"in {minutes} minutes"


def sentence(code: str, *between: str) -> str:
    """What the thread is told for this code: what happened, the lines `between`, and what the person can do."""
    happened, to_do = _EXPLAINED.get(code, _UNKNOWN)
    return "\n".join([happened, *between, to_do]) if between else f"{happened} {to_do}"


def poisons_the_conversation(code: str) -> bool:
    """Whether every later model call would fail the same way with this question in the transcript."""
    return code in _POISONOUS


def needs_another_model(code: str) -> bool:
    """Whether the turn failed because of the model that the conversation began with."""
    return code in _ABOUT_THE_MODEL


def needs_another_opening(code: str) -> bool:
    """Whether the next turn has to ask the worker anew what the conversation goes by."""
    return code in _ABOUT_THE_MODEL | _ABOUT_THE_AGENT


def fail_alike(code: str, other: str) -> bool:
    """Whether attempts that failed with these two codes count as attempts that failed in the same way."""
    return code == other or {code, other} <= _OF_OURS


def has_failed_often(code: str, times: int) -> bool:
    """Whether an activity has to give up when so many of its attempts have failed with this code."""
    return times >= _MOST_ATTEMPTS.get(code, math.inf)


def is_tried_again(code: str) -> bool:
    """Whether a turn ends with this code only after the same question has failed again and again."""
    return code in _MOST_ATTEMPTS


def code_of(error: BaseException) -> str:
    """The code of a failed activity or turn; "unknown" for an error that is not ours."""
    if isinstance(error, TurnFailed):
        return error.code
    cause = error.cause if isinstance(error, ActivityError) else error
    return (cause.type or "unknown") if isinstance(cause, ApplicationError) else "unknown"


def retryable(code: str, fact: str, delay: timedelta | None = None) -> ApplicationError:
    """An error after which Temporal tries again; not before `delay`, if given. `fact` is for logs: no secrets."""
    return ApplicationError(fact, type=code, next_retry_delay=delay, category=_EXPECTED)


def final(code: str, fact: str) -> ApplicationError:
    """An error after which Temporal does not try again. `fact` is for logs: no secrets, no message text."""
    return ApplicationError(fact, type=code, non_retryable=True, category=_EXPECTED)
