"""Slack, Gemini or the worker fails in the middle of a turn: the thread gets one answer, or one plain sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent_worker.activities.model_call import WAITING
from emulators.gemini.answers import Answer, blocked_prompt, calls, empty, finish, raw, text
from emulators.gemini.faults import bad_key, cut, daily_quota, error
from emulators.slack.faults.web_api import FaultKind
from tests.support.e2e.stage import Stage

HALF = {"role": "model", "parts": [{"text": "One two three four"}]}
POEM = "An old silent pond.\n\nA frog jumps into the pond.\n\nSplash! Silence again."
START, APPEND, STOP, UPDATE = "chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"
REFUSALS = [
    {START: "team_not_found"},
    {START: "channel_type_not_supported", UPDATE: "edit_window_closed"},
    {APPEND: "invalid_chunks"},
    {STOP: "messaging_processing_failed"},
    {STOP: "message_not_owned_by_app", UPDATE: "update_failed"},
    {APPEND: "metadata_too_large", STOP: "invalid_metadata_format", UPDATE: "block_mismatch"},
]


def ask(stage: Stage, question: str = "tell me") -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


def reads(stage: Stage, ts: str) -> int:
    """How often the thread was looked into."""
    return sum(call.method == "conversations.replies" and call.arguments.get("ts") == ts for call in stage.slack.calls)


@pytest.mark.parametrize(
    "kind", ["rate_limited", "internal_error", "internal_error_after_commit", "lost_reply", "refused"]
)
async def test_a_post_that_fails_is_seen_once(stage: Stage, kind: FaultKind) -> None:
    stage.gemini.script(text("Once and only once."))
    stage.slack.faults.add(method="chat.postMessage", kind=kind, retry_after=1)

    ts = ask(stage)

    assert await stage.answered(ts) == ["Once and only once."]
    assert stage.slack.status(stage.channel, ts) == ""


async def test_an_answer_whose_blocks_slack_refuses_is_shown_as_text(stage: Stage) -> None:
    stage.gemini.script(text("**Bold** words."))
    stage.slack.faults.add(method="chat.postMessage", kind="error", error="invalid_blocks", times=2)

    assert await stage.answered(ask(stage)) == ["Bold words."]


@pytest.mark.parametrize("refusals", REFUSALS, ids=str)
async def test_an_answer_that_was_half_shown_is_complete_whatever_slack_refuses_for_good(
    stage: Stage, refusals: dict[str, str]
) -> None:
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    for method, name in refusals.items():
        stage.slack.faults.add(method=method, kind="error", error=name, times=None)
    ts = ask(stage)
    await held.reached()
    held.release()

    assert await stage.answered(ts) == [POEM]
    assert stage.leftovers(ts) == []
    assert stage.slack.status(stage.channel, ts) == ""


@pytest.mark.parametrize(
    "name", ["is_archived", "not_in_channel", "token_revoked", "restricted_action_read_only_channel"]
)
async def test_an_answer_that_the_thread_does_not_take_is_told_when_it_can_be_written_again(
    stage: Stage, name: str
) -> None:
    stage.gemini.script(text("The first answer."), text("The second answer.").given(contains="The first answer."))
    for method in ("chat.startStream", "chat.stopStream", "chat.postMessage", "chat.update"):
        stage.slack.faults.add(method=method, kind="error", error=name, times=None)
    ts = ask(stage)
    await stage.worker.logged("delivery failed")
    assert stage.said(ts) == []

    stage.slack.faults.clear()
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)

    assert await stage.answered(ts, times=2) == ["The first answer.", "The second answer."]


async def test_an_answer_that_was_kept_is_told_by_itself_if_nobody_writes(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process(
            "tests.support.e2e.persistent_worker", ready="worker is ready", AGENT_IDLE_DAYS=f"{2 / 86_400}"
        )
        await stage.start()
        stage.gemini.script(text("The answer."))
        for method in ("chat.startStream", "chat.stopStream", "chat.postMessage", "chat.update"):
            stage.slack.faults.add(method=method, kind="error", error="is_archived", times=None)
        ts = ask(stage)
        await stage.slack.until(lambda: sum("delivery failed" in line for line in stage.worker.lines) >= 4)

        stage.slack.faults.clear()

        assert await stage.answered(ts) == ["The answer."]
        await (await stage.workflow(ts)).result()  # it closes, although it has been idle for long
        stage.gemini.assert_script_finished()


async def test_a_progress_message_that_fails_is_not_doubled_and_does_not_hold_up_the_answer(stage: Stage) -> None:
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("Sunny."))
    stage.slack.faults.add(method="chat.postMessage", kind="lost_reply")

    ts = ask(stage)

    assert await stage.answered(ts) == ["Sunny."]
    await stage.steps_are_over(ts)
    assert stage.progress(ts) == ["Worked\n✓ Weather alerts for New York"]


@pytest.mark.parametrize(
    "answer", [error(503), error(429, retry_delay="1s"), cut(), error(499), empty(), finish("MALFORMED_FUNCTION_CALL")]
)
async def test_what_passes_is_waited_for(stage: Stage, answer: Answer) -> None:
    stage.gemini.script(answer, text("At last."))

    assert await stage.answered(ask(stage)) == ["At last."]


async def test_a_turn_that_nothing_disturbs_never_looks_into_the_thread(stage: Stage) -> None:
    stage.gemini.script(
        calls(("get_ip_address", {})),
        calls(("get_location_info", {"ipaddress": stage.world.public_ip})),
        calls(("get_weather_alerts", {"state": "NY"}), ("get_weather_alerts", {"state": "CA"})),
        text("Sunny."),
    )

    ts = ask(stage)

    assert await stage.answered(ts) == ["Sunny."]
    assert reads(stage, ts) == 0


async def test_an_attempt_that_has_shown_nothing_is_not_looked_for_in_the_thread(stage: Stage) -> None:
    stage.gemini.script(error(503), error(503), text("At last."))

    ts = ask(stage)

    assert await stage.answered(ts) == ["At last."]
    assert reads(stage, ts) == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (blocked_prompt(), "safety rules blocked it"),
        (bad_key(), "does not accept the API key"),
        (daily_quota(), "daily Gemini quota"),
        (error(404), "does not know the model"),
        (finish("SAFETY"), "safety rules stopped it"),
        (error(429, "Your prepayment credits are depleted."), "prepaid credit for Gemini is used up"),
        (error(429, "Your project has exceeded its monthly spending cap."), "spending cap for Gemini is reached"),
        (error(403, "Your API key was reported as leaked. Please use another API key."), "blocked my API key"),
        (error(429, "Quota exceeded for metric: free_tier_requests, limit: 0"), "may not use the Gemini model"),
    ],
)
async def test_what_will_not_pass_is_said_plainly_and_the_conversation_goes_on(
    stage: Stage, answer: Answer, said: str
) -> None:
    stage.gemini.script(answer, text("Better."))
    ts = ask(stage, "something bad")

    (sentence,) = await stage.answered(ts)
    stage.slack.say(stage.anna, stage.channel, "something good", thread_ts=ts)

    assert said in sentence
    assert (await stage.answered(ts, times=2))[1] == "Better."


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (error(429, "Your prepayment credits are depleted."), "429 RESOURCE_EXHAUSTED (the prepaid credit is used up"),
        (error(429, "Your project has exceeded its monthly spending cap."), "(the spending cap is reached"),
        (error(403, "Your API key was reported as leaked. Please use another API key."), "found in public"),
        (
            error(
                400, "Invalid JSON payload received.", details=[{"fieldViolations": [{"field": "contents[0].mood"}]}]
            ),
            "400 INVALID_ARGUMENT wrong field at contents[0].mood",
        ),
    ],
)
async def test_what_whoever_runs_the_agent_has_to_mend_is_in_its_log_and_the_question_stays(
    stage: Stage, answer: Answer, cause: str
) -> None:
    stage.gemini.script(answer, text("Now I can.").given(contains="something good"))
    ts = ask(stage, "something good")
    await stage.answered(ts)

    await stage.worker.logged(cause)
    assert len(stage.gemini.requests) == 1
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)

    assert (await stage.answered(ts, times=2))[1] == "Now I can."


@pytest.mark.parametrize(
    "answer",
    [
        cut(text("One two three four five six seven eight.")),
        raw({"candidates": [{"content": HALF}], "promptFeedback": {"safetyRatings": []}}),
    ],
)
async def test_an_answer_that_always_breaks_off_is_not_asked_for_for_ever(stage: Stage, answer: Answer) -> None:
    stage.gemini.script(*[answer] * 5, text("Better."))
    ts = ask(stage)

    await stage.slack.until(lambda: "broke off each time" in "".join(stage.said(ts)), seconds=40)
    stage.slack.say(stage.anna, stage.channel, "something shorter", thread_ts=ts)

    assert (await stage.answered(ts, times=2))[1] == "Better."
    assert stage.leftovers(ts) == []


async def test_an_answer_that_gemini_ends_for_no_known_reason_says_so(stage: Stage) -> None:
    stage.gemini.script(finish("OTHER", text("Once upon a")))

    (said,) = await stage.answered(ask(stage))

    assert said.startswith("Once upon a")
    assert "may be incomplete" in said


async def test_a_blocked_message_is_taken_out_of_the_conversation(stage: Stage) -> None:
    stage.gemini.script(blocked_prompt(), text("Better.").given(lacks="something bad"))
    ts = ask(stage, "something bad")
    await stage.answered(ts)

    stage.slack.say(stage.anna, stage.channel, "something good", thread_ts=ts)

    assert (await stage.answered(ts, times=2))[1] == "Better."


async def test_a_thread_is_told_once_when_gemini_is_away_for_long(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("tests.support.e2e.hasty_worker", ready="worker is ready")
        await stage.start()
        stage.gemini.away()
        ts = ask(stage)
        await stage.slack.until(lambda: stage.said(ts) == [WAITING])
        waiting = len(stage.gemini.requests)
        await stage.gemini.arrived(waiting + 2)

        stage.gemini.away(is_away=False)
        stage.gemini.script(text("Back again."))

        await stage.slack.until(lambda: stage.said(ts) == ["Back again."])
        assert reads(stage, ts) == 1, "looked once whether it was told already, and never again"
        stage.gemini.assert_script_finished()


@pytest.mark.parametrize("kind", ["channel", "direct"])
async def test_after_gemini_was_away_the_answer_stands_below_its_steps(
    temporal_address: str, tmp_path: Path, kind: str
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("tests.support.e2e.hasty_worker", ready="worker is ready")
        await stage.start()
        where = stage.channel if kind == "channel" else stage.slack.open_dm(stage.anna)
        stage.gemini.away()
        ts = stage.slack.say(stage.anna, where, f"<@{stage.slack.bot_user_id}> alerts in New York?")
        await stage.slack.until(lambda: stage.said(ts, where) == [WAITING])
        held = stage.world.hold("weather")

        stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("Sunny."))
        stage.gemini.away(is_away=False)
        await held.reached()
        await stage.slack.until(lambda: WAITING not in stage.said(ts, where))
        held.release()

        await stage.slack.until(lambda: stage.said(ts, where) == ["Sunny."])
        await stage.steps_are_over(ts, where)
        read = "\n".join(map(stage.slack.visible_text, stage.slack.bot_posts(where, ts)))
        assert read.startswith("Worked for ")
        assert read.index("✓ Weather alerts for New York") < read.index("Sunny.")
        assert stage.leftovers(ts, where) == []


async def test_a_worker_killed_in_a_tool_call_repeats_nothing_that_was_done(stage: Stage) -> None:
    address = stage.world.public_ip
    stage.gemini.script(
        calls(("get_ip_address", {})),
        calls(("get_location_info", {"ipaddress": address})),
        text("In New York.").given(contains="New York"),
    )
    held = stage.world.hold("geolocation")
    ts = ask(stage, "where are you?")
    await held.reached()

    await stage.worker.kill()
    await stage.worker.start()
    held.release()

    assert await stage.answered(ts) == ["In New York."]
    assert len(stage.gemini.requests) == 3
    assert len(stage.world.calls_to("ip_address")) == 1
    assert len(stage.world.calls_to("geolocation")) == 2
    assert len(stage.progress(ts)) == 1


async def test_a_worker_killed_in_a_model_call_answers_after_its_restart(stage: Stage) -> None:
    held = stage.gemini.hold()
    stage.gemini.script(text("After the crash."))
    ts = ask(stage)
    await held.reached()

    await stage.worker.kill()
    await stage.worker.start()

    assert await stage.answered(ts) == ["After the crash."]


async def test_a_worker_that_is_told_to_stop_finishes_what_runs(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage)
    await held.reached()

    stopping = asyncio.create_task(stage.worker.stop())
    await stage.worker.logged("stopping")
    held.release(text("Finished."))
    assert await stopping == 0
    await stage.worker.start()

    assert await stage.answered(ts) == ["Finished."]
    assert len(stage.gemini.requests) == 1
