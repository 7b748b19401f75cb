"""What the worker has asked of Gemini and Slack is kept by activity, within bounds."""

from __future__ import annotations

from agent_worker.activities.call_origin import HEADER, CallOrigin
from emulators.slack.web_api.endpoint import ApiCall
from playground.call_log import MOST_ENTRIES, CallLog

FIRST, SECOND = CallOrigin("run", "1", 1, "slack:T1:C1:1.0"), CallOrigin("run", "2", 1, "slack:T1:C1:1.0")


def asked(log: CallLog, origin: CallOrigin, body: bytes) -> None:
    exchange = log.ask_gemini({HEADER: origin.written()}, "/v1/models/m:generateContent", body)
    assert exchange is not None


def test_each_activity_has_its_own_calls_of_all_its_attempts() -> None:
    log, again = CallLog(), CallOrigin("run", "1", 2, "slack:T1:C1:1.0")
    for number, origin in enumerate((FIRST, SECOND, again)):
        call = ApiCall("chat.update", {"ts": str(number)}, "ok", 1.0, number, {HEADER.lower(): origin.written()})
        log.note_slack(call, {"ok": True})

    found = log.slack.of("run", "1")

    assert [(one.origin.attempt, one.arguments, one.answer) for one in found] == [
        (1, '{"ts": "0"}', '{"ok": true}'),
        (2, '{"ts": "2"}', '{"ok": true}'),
    ]
    assert log.slack.of("another run", "1") == []


def test_a_call_that_no_activity_makes_is_not_kept() -> None:
    log = CallLog()
    log.note_slack(ApiCall("auth.test", {}, "ok", 1.0, 1), {"ok": True})

    assert log.ask_gemini({}, "/v1/models/m:generateContent", b"{}") is None
    assert log.slack.of("", "") == []


def test_of_too_much_the_oldest_is_forgotten_and_the_log_knows_since_when_it_knows() -> None:
    log = CallLog(most=10_000)
    begun = log.gemini.since
    asked(log, FIRST, b"x" * 6_000)
    (oldest,) = log.gemini.of("run", "1")
    asked(log, SECOND, b"x" * 6_000)

    assert (log.gemini.of("run", "1"), len(log.gemini.of("run", "2"))) == ([], 1)
    assert log.gemini.since == oldest.began >= begun


def test_one_request_beyond_all_bounds_is_kept_until_the_next() -> None:
    log = CallLog(most=10)
    asked(log, FIRST, b"x" * 6_000)

    assert len(log.gemini.of("run", "1")) == 1


def test_of_very_many_small_calls_the_newest_are_kept() -> None:
    log, named = CallLog(), {HEADER.lower(): FIRST.written()}
    for number in range(MOST_ENTRIES + 5):
        log.note_slack(ApiCall("auth.test", {"n": number}, "ok", 1.0, number, named), None)

    kept = log.slack.of("run", "1")
    assert (len(kept), kept[0].arguments) == (MOST_ENTRIES, '{"n": 5}')
