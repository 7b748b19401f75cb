"""One opened step: what it was given and what came of it, its requests to Gemini, and its calls to Slack."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from agent_worker.payloads.activity_names import ActivityName
from playground.call_log import CallLog, Exchange, SlackCall
from playground.page.fields import Json
from playground.page.inside import model_requests
from playground.page.inside.bounds import Shortener
from playground.page.inside.recorded_step import RecordedStep
from playground.page.inside.secrecy import Secrecy

ROOM_FOR_CONTENT = 200_000  # characters of what a step was given, and of what it returned
ROOM_FOR_CALL = 20_000  # of one call to Slack with its answer
MOST_CALLS = 100  # calls to Slack of one step, the newest
MOST_REQUESTS = 10  # requests to Gemini of one step, the newest
_ASKS_GEMINI = (ActivityName.ASK_MODEL, ActivityName.SUMMARISE)
REQUEST_UNKNOWN = (
    "The request to Gemini is not known: the playground was started later, or has forgotten it, or the worker is not "
    "its own. Temporal's history, below, has only what was new since the model call before."
)
CALLS_UNKNOWN = "Calls to Slack may be missing: the playground was started later, or has forgotten them."
UNREADABLE = "Some of what Temporal has of this step is no JSON, and is not shown."
OLDER = "{count} older {what} of this step are not shown."


class StepDetails:
    """`log` says from when on it knows what was asked. `secrecy` hides secrets in all that is shown."""

    def __init__(self, log: CallLog, secrecy: Secrecy, *, is_scripted: bool) -> None:
        self._log = log
        self._secrecy = secrecy
        self._is_scripted = is_scripted

    def of(self, step: RecordedStep, exchanges: Sequence[Exchange], calls: Sequence[SlackCall]) -> Json:
        """What is in a step that has made these requests and calls.

        {is_tool, given, returned, asked, calls, notes, left_out}.

        `given` and `returned` are as Temporal has them, `asked` are requests to Gemini and `calls` calls to Slack.
        `notes` are sentences about what is not known; `left_out`: something is too large to be shown.
        """
        content = Shortener(ROOM_FOR_CONTENT)
        asked = [
            model_requests.described(one, self._secrecy, is_scripted=self._is_scripted)
            for one in exchanges[-MOST_REQUESTS:]
        ]
        shown_calls = [self._call(one) for one in calls[-MOST_CALLS:]]
        given = [content.short(self._secrecy.hide(one)) for one in step.given]
        returned = content.short(self._secrecy.hide(step.returned))
        parts_left_out = [one["left_out"] for one in (*asked, *shown_calls)]
        return {
            "is_tool": bool(step.activity) and step.activity not in set(ActivityName),
            "given": given,
            "returned": returned,
            "asked": asked,
            "calls": shown_calls,
            "notes": list(self._notes(step, len(exchanges), len(calls))),
            "left_out": content.left_out or any(parts_left_out),
        }

    def _call(self, call: SlackCall) -> Json:
        """{method, attempt, time, outcome, arguments, answer, left_out}; `answer` is None if Slack's was lost."""
        shorten = Shortener(ROOM_FOR_CALL)
        shown = {
            "method": call.method,
            "attempt": call.origin.attempt,
            "time": call.began,
            "outcome": call.outcome,
            "arguments": shorten.short(self._secrecy.hide(_json(call.arguments))),
            "answer": shorten.short(self._secrecy.hide(_json(call.answer))),
        }
        return {**shown, "left_out": shorten.left_out}

    def _notes(self, step: RecordedStep, requests: int, calls: int) -> Iterator[str]:
        if not step.activity:
            return
        is_over_or_old = step.ended is not None or step.began < self._log.gemini.since
        if step.activity in _ASKS_GEMINI and not requests and is_over_or_old:
            yield REQUEST_UNKNOWN
        if step.began < self._log.slack.since:
            yield CALLS_UNKNOWN
        if requests > MOST_REQUESTS:
            yield OLDER.format(count=requests - MOST_REQUESTS, what="requests to Gemini")
        if calls > MOST_CALLS:
            yield OLDER.format(count=calls - MOST_CALLS, what="calls to Slack")
        if step.unreadable:
            yield UNREADABLE


def _json(text: str) -> Any:
    return json.loads(text) if text else None
