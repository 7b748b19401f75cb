"""Single calls that go wrong: which call of a turn, to whom, and in which way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emulators.gemini.answers import Answer, empty, text, when
from emulators.gemini.faults import cut, error, html_error, slow
from emulators.slack.faults.web_api import FaultKind as SlackFault
from emulators.world.faults import FaultKind as ToolFault
from tests.support.durability.matrix import Arguments, is_answer, is_any, is_of, is_progress, is_status, shows
from tests.support.durability.stage import BreakableStage
from tests.support.durability.talks import Talk


@dataclass(frozen=True)
class FaultyCall:
    """`plan` lets one call of a talk go wrong; `call` is the step that may have to be tried again, `times` times."""

    name: str
    plan: Callable[[Talk], None]
    call: str = ""
    times: int = 1
    slowly: bool = False


@dataclass(frozen=True)
class SlackCall:
    """A Web API call of a turn; in `times` attempts it goes wrong."""

    name: str
    method: str
    fits: Callable[[Arguments], bool]
    times: int = 1
    slowly: bool = False


SLACK_CALLS = (
    SlackCall("looking up a name", "users.info", is_any),
    SlackCall("the first status", "assistant.threads.setStatus", is_status("is thinking")),
    SlackCall("a tool's status", "assistant.threads.setStatus", is_status("is working")),
    SlackCall("the progress message", "chat.postMessage", is_progress),
    SlackCall("a progress update", "chat.update", shows(1, 1)),
    SlackCall("the complete progress", "chat.update", shows(2, 0)),
    SlackCall("the complete progress, twice", "chat.update", shows(2, 0), times=2),
    SlackCall("the answer", "chat.postMessage", is_answer),
    SlackCall("the answer, three times", "chat.postMessage", is_answer, times=3),
    SlackCall("the beginning of a stream", "chat.startStream", is_any, slowly=True),
    SlackCall("more of a stream", "chat.appendStream", is_any, slowly=True),
    SlackCall("the end of a stream", "chat.stopStream", is_any, slowly=True),
    SlackCall("the end of a stream, three times", "chat.stopStream", is_any, times=3, slowly=True),
    SlackCall("looking for the answer in the thread", "conversations.replies", is_any),
    SlackCall("the end of the status", "assistant.threads.setStatus", is_status("")),
)
SLACK_FAULTS: tuple[SlackFault, ...] = (
    "rate_limited",
    "internal_error",
    "internal_error_after_commit",
    "lost_reply",
    "refused",
)
# Of these calls, each is refused for good: there is another way for what it should have done.
SLACK_REFUSALS = {
    "the beginning of a stream": "channel_type_not_supported",
    "more of a stream": "invalid_chunks",
    "the end of a stream": "messaging_processing_failed",
    "a progress update": "update_failed",
    "looking for the answer in the thread": "method_not_supported_for_channel_type",
}
MODEL_FAULTS: Mapping[str, Answer] = {
    "503": error(503),
    "500": error(500),
    "429 with a delay": error(429, retry_delay="1s"),
    "a proxy's 502": html_error(),
    "cut before an answer": cut(),
    "cut in the middle of an answer": cut(text("The answer to nothing that anybody asked.")),
    "empty": empty(),
    "no answer in time": slow(text("Too late."), 11),
}
TOOL_FAULTS: tuple[ToolFault, ...] = ("server_error", "rate_limited", "refused", "garbage")
TOOL_ATTEMPTS = 3  # then the model is told that the tool does not work


def slack_faults() -> list[FaultyCall]:
    return [_slack_fault(call, kind) for call in SLACK_CALLS for kind in SLACK_FAULTS] + [
        _slack_refusal(call, SLACK_REFUSALS[call.name]) for call in SLACK_CALLS if call.name in SLACK_REFUSALS
    ]


def _slack_refusal(call: SlackCall, error: str) -> FaultyCall:
    def plan(talk: Talk) -> None:
        faults = talk.stage.slack.faults
        if call.method == "conversations.replies":  # looked for after an answer that Slack has not taken, for certain
            faults.add(method="chat.postMessage", kind="refused", when=is_of(talk, is_answer))
        faults.add(method=call.method, kind="error", error=error, times=None, when=is_of(talk, call.fits))

    return FaultyCall(f"{call.name}: {error}", plan, slowly=call.slowly)


def _slack_fault(call: SlackCall, kind: SlackFault) -> FaultyCall:
    def plan(talk: Talk) -> None:
        faults = talk.stage.slack.faults
        if call.method == "conversations.replies":  # it is looked for only after an answer whose fate is unknown
            faults.add(method="chat.postMessage", kind="lost_reply", when=is_of(talk, is_answer))
        faults.add(method=call.method, kind=kind, times=call.times, when=is_of(talk, call.fits))

    return FaultyCall(f"{call.name}: {kind}", plan, slowly=call.slowly)


def model_faults() -> list[FaultyCall]:
    return [_model_fault(number, name) for number in (1, 2, 3) for name in MODEL_FAULTS]


def _model_fault(number: int, name: str) -> FaultyCall:
    def plan(talk: Talk) -> None:
        talk.stage.gemini.script(when(lambda request: talk.is_model_call(request, number), MODEL_FAULTS[name]))

    return FaultyCall(f"model call {number}: {name}", plan)


def tool_faults() -> list[FaultyCall]:
    once = [_tool_fault(number, kind, 1) for number in (1, 2) for kind in TOOL_FAULTS]
    return once + [_tool_fault(number, kind, TOOL_ATTEMPTS) for number in (1, 2) for kind in TOOL_FAULTS]


def _tool_fault(number: int, kind: ToolFault, times: int) -> FaultyCall:
    def plan(talk: Talk) -> None:
        talk.stage.world.fail("geolocation", kind, times=times, path=talk.question.addresses[number - 1])

    retries = min(times, TOOL_ATTEMPTS - 1)
    return FaultyCall(f"tool {number}: {kind} {times}x", plan, call=f"tool {number}", times=retries)


def talks_with(stage: BreakableStage, faulty: list[FaultyCall]) -> dict[FaultyCall, Talk]:
    """A talk for each, in which that call will go wrong."""
    talks = {call: Talk(stage, call.name, slowly=call.slowly) for call in faulty}
    for call, talk in talks.items():
        call.plan(talk)
    return talks
