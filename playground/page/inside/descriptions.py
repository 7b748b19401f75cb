"""Descriptions of what Temporal recorded, in plain words: titles for the timeline, and why an attempt failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure

from agent_worker.contract import names, questions
from agent_worker.conversation.questions.secrecy import without_secrets
from agent_worker.payloads import costs, errors
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.costs import Spent
from agent_worker.payloads.model import MODEL_CALL_FAILS
from playground.page.inside.secrecy import HIDDEN
from text.json_shapes import items, mapping, string
from text.lines import one_line

Content = Mapping[str, Any]
Kind = Literal["model", "tool", "post", "open", "summary", "signal", "timer", "run"]
Line = Callable[[str], str]  # turns Slack's escaped text into one line as people read it
LONGEST_QUOTE = 80  # characters
LONGEST_CONTENT = 300  # characters of what a tool is given or returns

STEPS: Mapping[str, tuple[Kind, str]] = {
    ActivityName.OPEN_CONVERSATION: ("open", "Looks at the thread"),
    ActivityName.LOOK_UP_NAMES: ("open", "Looks up names"),
    ActivityName.ASK_MODEL: ("model", "Asks Gemini"),
    ActivityName.SUMMARISE: ("summary", "Asks Gemini for a summary"),
    ActivityName.SHOW_PROGRESS: ("post", "Shows the steps in the thread"),
    ActivityName.DELIVER: ("post", "Delivers the answer"),
    ActivityName.TELL_PERSON: ("post", "Tells one person something"),
    ActivityName.SHOW_QUESTION: ("post", "Shows people what it asks them"),
    ActivityName.FIND_GRANTS: ("open", "Looks up what is always allowed"),
    ActivityName.KEEP_GRANT: ("open", "Keeps what is always allowed"),
}
_SIGNALS = {
    names.USER_MESSAGE: "wrote",
    names.MESSAGE_CHANGED: "A message was edited",
    names.STOP: "wants it to stop",
    names.FEEDBACK: "judged the answer",
    names.TRY_AGAIN: "wants another answer",
    names.RENAMED: "The conversation was renamed",
    questions.ANSWER_QUESTION: "has decided",
}
_SIGNALS_OF_NOBODY = {MODEL_CALL_FAILS: "The worker tells that the model call has failed and is tried again"}
_CODES = {
    errors.MODEL_UNAVAILABLE: "Gemini did not answer",
    errors.MODEL_FAILED: "Gemini failed",
    errors.BROKEN_ANSWER: "Gemini's answer broke off",
    errors.SLACK_UNAVAILABLE: "Slack did not answer",
    errors.TRANSCRIPT_UNAVAILABLE: "the transcript could not be read",
    errors.DIED: "the worker that did this was killed",
}
_TIMEOUTS = {
    TimeoutType.TIMEOUT_TYPE_HEARTBEAT: "the worker that did this is gone: it gave no more sign of life",
    TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE: "it did not end in time",
    TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START: "no worker began it in time",
    TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: "it did not end in time, with all its attempts",
}


def content(payloads: Sequence[Payload]) -> Content:
    """The JSON object in the first payload; empty if there is something else."""
    return mapping(decoded(payloads[0])) if payloads else {}


def text(payload: Payload) -> str:
    """The text in a payload; "" if there is something else."""
    return string(decoded(payload))


def decoded(payload: Payload) -> object:
    """The JSON value in a payload; None if it is no JSON."""
    try:
        return json.loads(payload.data)
    except (ValueError, RecursionError):
        return None


def signalled(name: str, sent: Content, line: Line) -> str:
    """The title of a signal, with the name of the person who caused it."""
    told = _SIGNALS.get(name) or _SIGNALS_OF_NOBODY.get(name, f"Signal {name}")
    if name == names.MESSAGE_CHANGED:
        return "A message was deleted" if sent.get("deleted") else told
    if name == names.RENAMED:
        return f"{told}: {_quoted(sent.get('title'))}"
    who = line(f"<@{sent['user']}>").removeprefix("@") if sent.get("user") else "Somebody"
    if name == names.USER_MESSAGE:
        return f"{who} {told} {_quoted(line(str(sent.get('text', ''))))}"
    if name == questions.ANSWER_QUESTION:
        return decided(sent, line)
    if name == names.FEEDBACK:
        return f"{who} {told}: {sent.get('value')}"
    return f"{who} {told}" if name in _SIGNALS else told


def decided(answer: Content, line: Line) -> str:
    """The title of what a person has answered to a question of the agent."""
    who = line(f"<@{answer.get('user')}>").removeprefix("@")
    changed = ", with other arguments" if answer.get("arguments") is not None else ""
    return f"{who} has decided: {answer.get('decision')}{changed}"


def begun(name: str) -> tuple[Kind, str] | None:
    """The kind and the title of an activity; None for a tool call."""
    return STEPS.get(name)


def opened(told: Content, title: str) -> str:
    """The title of a look at the thread that has ended, with the agent that answers there."""
    return f"{title}, for the agent {told['agent']}" if told.get("agent") else title


def answered(reply: Content) -> str:
    """The title of a model call that has ended, with the digest of the agent's version by which it was made."""
    digest = string(reply.get("digest"))
    return f"{_answered(reply)} (version {digest})" if digest else _answered(reply)


def _answered(reply: Content) -> str:
    calls = [str(call.get("title") or call.get("name")) for call in reply.get("calls") or []]
    if calls:
        return f"Gemini asks for {', '.join(calls)}"
    is_useful = not reply.get("unusable") and not reply.get("failed")
    return "Gemini answers" if is_useful else "Gemini's answer is of no use"


def listed(one: Content) -> str:
    """What a tool is given or returns, on one line; "" for nothing."""
    written = json.dumps(without_secrets(one, lambda _: HIDDEN), ensure_ascii=False)
    return one_line(written, LONGEST_CONTENT) if one else ""


def delivered(request: Content, title: str) -> str:
    """The title of a delivery, with what its turn has used: of the scripted model, what the real one would cost."""
    cost = costs.words(Spent.model_validate(one) for one in items(request.get("spent")))
    return f"{title}: the turn took {cost}" if cost else title


def reason(failure: Failure) -> str:
    """Why an attempt failed; "" if it did not fail."""
    if failure.HasField("timeout_failure_info"):
        return _TIMEOUTS.get(failure.timeout_failure_info.timeout_type, "it did not end in time")
    if failure.HasField("canceled_failure_info"):
        return "it was cancelled"
    told = _CODES.get(failure.application_failure_info.type)
    return f"{told} ({failure.message})" if told and failure.message else told or failure.message


def seconds(time: Any) -> float:
    """Seconds since 1970 of a protobuf timestamp."""
    return float(time.ToMicroseconds()) / 1_000_000


def worker(identity: str) -> str:
    """The worker's process id. Workers of the SDK call themselves PID@MACHINE, and here is only one machine."""
    pid = identity.partition("@")[0]
    return f"pid {pid}" if pid.isdigit() else identity


def duration(time: timedelta) -> str:
    """A duration in the largest unit of which it has at least one, as in "7 days"."""
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if time.total_seconds() >= seconds:
            return f"{time.total_seconds() / seconds:.0f} {unit}"
    return f"{time.total_seconds():.0f} seconds"


def _quoted(value: object) -> str:
    return f"“{one_line(str(value or ''), LONGEST_QUOTE)}”"
