"""A step of a recorded run opens: what Temporal has of it, and what the playground has seen it ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType

from agent_worker.activities.call_origin import HEADER, CallOrigin
from agent_worker.gemini.prompts import TITLE
from emulators.slack.web_api.endpoint import ApiCall
from playground.call_log import CallLog, Exchange
from playground.page.inside.bounds import MARK
from playground.page.inside.recorded_step import RecordedStep, recorded_step
from playground.page.inside.secrecy import HIDDEN, Secrecy
from playground.page.inside.step_details import CALLS_UNKNOWN, MOST_CALLS, REQUEST_UNKNOWN, StepDetails
from tests.durability import record

Json = dict[str, Any]
RUN = "the run"
PATH = "/v1/models/gemini-3.8-flash:streamGenerateContent"
QUESTION = {
    "systemInstruction": {"role": "user", "parts": [{"text": "Be kind."}]},
    "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
    "tools": [{"functionDeclarations": [{"name": "log_in", "parametersJsonSchema": {"properties": {"password": {}}}}]}],
    "generationConfig": {"maxOutputTokens": 8_192},
}
USAGE = {"promptTokenCount": 1_000, "candidatesTokenCount": 100, "thoughtsTokenCount": 100, "totalTokenCount": 1_200}


def steps(shape: str) -> list[tuple[str, RecordedStep]]:
    """All steps of a recorded run that can be opened, with the names of their activities."""
    events = record.read(record.DIRECTORY / f"0.2.0.{shape}.json.gz").events
    found = [(event, recorded_step(events, event.event_id)) for event in events]
    return [(step.activity, step) for _, step in found if step is not None]


def opened(step: RecordedStep, log: CallLog | None = None, *, is_scripted: bool = False, known: str = "") -> Json:
    log = log or CallLog()
    details = StepDetails(log, Secrecy({known} if known else ()), is_scripted=is_scripted)
    return details.of(step, log.gemini.of(RUN, step.activity_id), log.slack.of(RUN, step.activity_id))


def model_step(log: CallLog) -> RecordedStep:
    """A model call that has begun after the log."""
    return RecordedStep(log.slack.since + 1, [{"new": []}], "ask_model", "5", {"text": "Hello"}, log.slack.since + 2)


def ask(log: CallLog, body: Json, answer: bytes, *, status: int = 200, attempt: int = 1) -> Exchange:
    origin = CallOrigin(RUN, "5", attempt, "slack:T1:C1:1.0")
    exchange = log.ask_gemini({HEADER: origin.written()}, PATH, json.dumps(body).encode())
    assert exchange is not None
    exchange.status, exchange.answer = status, bytearray(answer)
    exchange.end()
    return exchange


def streamed(*texts: str) -> bytes:
    """An answer in chunks, one for each text."""
    chunks: list[Json] = [{"candidates": [{"content": {"parts": [{"text": text}]}}]} for text in texts]
    chunks[-1]["candidates"][0]["finishReason"] = "STOP"
    chunks[-1]["usageMetadata"] = USAGE
    return b"".join(f"data: {json.dumps(chunk)}\r\n\r\n".encode() for chunk in chunks)


def test_a_tool_call_opens_to_its_arguments_and_its_result() -> None:
    tools = {name: step for name, step in steps("parallel_tools") if opened(step)["is_tool"]}

    assert set(tools) == {"look_up", "find", "count"}
    for step in tools.values():
        told = opened(step)
        assert isinstance(told["given"][0], dict)
        assert "output" in told["returned"]
        assert step.ended is not None


def test_a_failed_tool_call_opens_without_a_result() -> None:
    (step,) = (step for name, step in steps("failed_and_unknown_tools") if name == "look_up")

    assert (opened(step)["returned"], step.ended is not None) == (None, True)


def test_what_came_from_outside_opens_to_what_it_brought() -> None:
    events = record.read(record.DIRECTORY / "0.2.0.haiku.json.gz").events
    signal = next(one for one in events if one.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    step = recorded_step(events, signal.event_id)

    assert step is not None
    told = opened(step)
    assert "text" in told["given"][0]
    assert (told["asked"], told["calls"], told["notes"], told["is_tool"]) == ([], [], [], False)


@pytest.mark.parametrize("event_id", [3, 5, 14, 10_000])
def test_other_events_are_no_steps(event_id: int) -> None:
    assert recorded_step(record.read(record.DIRECTORY / "0.2.0.haiku.json.gz").events, event_id) is None


def test_a_model_call_opens_to_its_request_its_answer_and_what_it_cost() -> None:
    log = CallLog()
    ask(log, QUESTION, streamed("Hello, ", "Anna."))

    told = opened(model_step(log), log)

    (asked,) = told["asked"]
    assert asked["request"] == QUESTION
    assert (asked["purpose"], asked["model"], asked["status"]) == ("an answer", "gemini-3.8-flash", 200)
    assert asked["answer"]["candidates"][0]["content"]["parts"] == [{"text": "Hello, Anna."}]
    assert asked["answer"]["usageMetadata"] == USAGE
    assert asked["tokens"] == {"given": 1_000, "cached": 0, "answered": 100, "thoughts": 100}
    assert asked["cost"]["dollars"] > 0
    assert not asked["cost"]["is_scripted"]
    assert (told["notes"], told["left_out"]) == ([], False)


def test_each_attempt_and_each_purpose_is_a_request_of_its_own() -> None:
    log = CallLog()
    unavailable = {"error": {"code": 503, "message": "overloaded"}}
    ask(log, QUESTION, json.dumps(unavailable).encode(), status=503)
    ask(log, QUESTION | {"systemInstruction": {"parts": [{"text": TITLE}]}}, streamed("A title"), attempt=2)
    ask(log, QUESTION, b"", status=0, attempt=2)

    failed, title, cut = opened(model_step(log), log, is_scripted=True)["asked"]

    assert (failed["status"], failed["answer"], failed["cost"]) == (503, unavailable, None)
    assert (title["purpose"], title["attempt"], title["cost"]["is_scripted"]) == ("a title", 2, True)
    assert (cut["status"], cut["answer"], cut["tokens"]) == (0, None, None)


def test_a_stream_that_is_cut_shows_what_has_come() -> None:
    log = CallLog()
    ask(log, QUESTION, streamed("Hello, ", "Anna.")[:-40])

    (asked,) = opened(model_step(log), log)["asked"]

    assert asked["answer"]["candidates"][0]["content"]["parts"] == [{"text": "Hello, "}]


def test_a_request_that_the_playground_has_not_seen_is_said_to_be_unknown() -> None:
    log = CallLog()
    old = RecordedStep(log.slack.since - 60, [{}], "ask_model", "5", {}, log.slack.since - 50)

    assert opened(old, log)["notes"] == [REQUEST_UNKNOWN, CALLS_UNKNOWN]
    assert opened(model_step(log), log)["notes"] == [REQUEST_UNKNOWN]  # of another worker


def test_the_calls_to_slack_of_a_step_are_those_that_name_it() -> None:
    log = CallLog()
    step = model_step(log)
    for activity_id, outcome in (("5", "ok"), ("6", "ok"), ("5", "lost_reply")):
        header = {HEADER.lower(): CallOrigin(RUN, activity_id, 1, "slack:T1:C1:1.0").written()}
        call = ApiCall("chat.postMessage", {"text": "hello"}, outcome, 7.0, 1, header)
        log.note_slack(call, {"ok": True, "ts": "1.0"} if outcome == "ok" else None)

    first, second = opened(step, log)["calls"]

    assert (first["method"], first["outcome"], first["time"]) == ("chat.postMessage", "ok", 7.0)
    assert (first["arguments"], first["answer"]) == ({"text": "hello"}, {"ok": True, "ts": "1.0"})
    assert (second["outcome"], second["answer"]) == ("lost_reply", None)


def test_of_many_calls_the_newest_are_shown_and_the_others_are_counted() -> None:
    log = CallLog()
    step, header = model_step(log), {HEADER.lower(): CallOrigin(RUN, "5", 1, "slack:T1:C1:1.0").written()}
    for number in range(MOST_CALLS + 2):
        log.note_slack(ApiCall("chat.appendStream", {"n": number}, "ok", 7.0, number, header), {"ok": True})
    ask(log, QUESTION, streamed("Hello"))

    told = opened(step, log)

    assert [one["arguments"]["n"] for one in told["calls"]] == list(range(2, MOST_CALLS + 2))
    assert told["notes"] == ["2 older calls to Slack of this step are not shown."]


def test_secrets_are_shown_nowhere() -> None:
    log = CallLog()
    header = {HEADER.lower(): CallOrigin(RUN, "5", 1, "slack:T1:C1:1.0").written()}
    said = {"functionCall": {"name": "log_in", "args": {"password": "hunter22"}}}
    ask(log, QUESTION | {"contents": [{"role": "model", "parts": [said]}]}, streamed("It is open-sesame."))
    log.note_slack(ApiCall("chat.update", {"text": "open-sesame"}, "ok", 7.0, 1, header), {"token": "hunter22"})
    step = RecordedStep(log.slack.since + 1, [{"password": "hunter22"}], "log_in", "5", {"output": "open-sesame"}, 1.0)

    told = opened(step, log, known="open-sesame")

    written = json.dumps(told, ensure_ascii=False)
    assert "hunter22" not in written
    assert "open-sesame" not in written
    assert written.count(HIDDEN) == 6
    assert told["asked"][0]["request"]["tools"] == QUESTION["tools"]  # a schema names its arguments


def test_a_long_conversation_and_large_files_stay_within_bounds() -> None:
    log = CallLog()
    file = {"inlineData": {"mimeType": "image/png", "data": "A" * 4_000_000}}
    contents = [{"role": "user", "parts": [{"text": f"{number} " + "x" * 5_000}]} for number in range(500)]
    ask(log, QUESTION | {"contents": [*contents, {"role": "user", "parts": [file]}]}, streamed("y" * 500_000))

    told = opened(model_step(log), log)

    (asked,) = told["asked"]
    assert len(json.dumps(told)) < 700_000
    assert told["left_out"]
    assert "older ones are left out" in asked["request"]["contents"][0]
    assert asked["request"]["contents"][-1]["parts"][0]["inlineData"]["data"].startswith(MARK)
    assert asked["request"]["systemInstruction"] == QUESTION["systemInstruction"]
    assert asked["tokens"]["given"] == 1_000
