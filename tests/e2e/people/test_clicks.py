"""What people think of an answer, and another try."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent_worker.cases import reading
from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from agent_worker.workflow.agent import THANKS
from emulators.gemini.answers import calls, text
from slackbot.listeners.feedback_form import REASON
from tests.support.e2e.stage import Stage


async def an_answer(stage: Stage) -> tuple[str, str]:
    """A question and its answer: the `ts` of each."""
    stage.gemini.script(text("An old silent pond."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> a haiku, please")
    await stage.answered(ts)
    (post,) = stage.slack.bot_posts(stage.channel, ts)
    return ts, post.ts


async def exported(stage: Stage, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in await export(stage, *options)]


async def export(stage: Stage, *options: str) -> list[str]:
    process = stage.process("agent_worker.feedback", ready="", arguments=["export", *options])
    await process.start(wait=False)
    assert await process.ended() == 0, process.lines
    return process.lines


def thanks(stage: Stage, user: str) -> int:
    shown = stage.slack.ephemerals(stage.channel, user)
    return [stage.slack.visible_text(message) for message in shown].count(THANKS)


def press(stage: Stage, user: str, post: str, value: str) -> None:
    stage.slack.press_button(user, stage.channel, post, FEEDBACK_BUTTONS, value, twice=True)


async def test_a_click_is_kept_with_the_turn_thanked_for_once_and_can_be_changed(stage: Stage) -> None:
    ts, post = await an_answer(stage)

    press(stage, stage.anna, post, f"good:{ts}")
    press(stage, stage.ben, post, f"bad:{ts}")
    await stage.slack.until(lambda: thanks(stage, stage.anna) and thanks(stage, stage.ben))
    press(stage, stage.anna, post, f"bad:{ts}")
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))

    kept = {(line["thread_ts"], line["turn"], line["user"]): line["value"] for line in await exported(stage)}
    assert kept == {(ts, ts, stage.anna): "bad", (ts, ts, stage.ben): "bad"}
    assert (thanks(stage, stage.anna), thanks(stage, stage.ben)) == (1, 1)
    assert len(stage.gemini.requests) == 1, "a click starts no turn"


async def test_a_bad_answer_with_its_reason_is_exported_with_all_that_it_is_about_and_becomes_a_case(
    stage: Stage, tmp_path: Path
) -> None:
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("It will **rain**."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> alerts for New York?")
    await stage.answered(ts)
    await stage.steps_are_over(ts)
    post = stage.slack.bot_posts(stage.channel, ts)[-1].ts

    stage.slack.press_button(stage.ben, stage.channel, post, FEEDBACK_BUTTONS, f"bad:{ts}")
    await stage.slack.until(lambda: stage.slack.modal(stage.ben))
    stage.slack.submit_modal(stage.ben, {REASON: {REASON: "It says nothing of the flood."}})
    await stage.slack.until(lambda: stage.slack.modal(stage.ben) is None)
    await stage.slack.until(lambda: thanks(stage, stage.ben))

    (line,) = await exported(stage, "--names")
    assert (line["value"], line["reason"], line["name"]) == ("bad", "It says nothing of the flood.", "Ben Lee")
    assert [one["text"] for one in line["question"]] == ["@agent alerts for New York?"]
    assert line["answer"] == "It will **rain**."
    ((tool, arguments, result),) = [(one["tool"], one["arguments"], one["result"]) for one in line["steps"]]
    assert (tool, arguments, result["output"]["area"]) == ("get_weather_alerts", {"state": "NY"}, "NY")
    assert line["agent"]["name"] == "default"
    assert len(line["agent"]["version"]) == 16
    written = await export(stage, "--as-eval", str(tmp_path))
    ((case,), problems) = reading.read([tmp_path])
    assert problems == []
    assert written == [str(case.path)]
    assert "flood" in str(case.case.expect)
    assert await export(stage, "--as-eval", str(tmp_path)) == [f"{case.path} is there already, and is left as it is"]


async def test_an_opinion_is_kept_while_the_worker_is_down(stage: Stage) -> None:
    ts, post = await an_answer(stage)
    await stage.worker.kill()

    press(stage, stage.anna, post, f"good:{ts}")
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    await stage.worker.start()
    await stage.slack.until(lambda: thanks(stage, stage.anna))

    assert [line["value"] for line in await exported(stage)] == ["good"]


async def test_another_try_answers_the_same_question_anew(stage: Stage) -> None:
    ts, post = await an_answer(stage)
    stage.gemini.script(text("A frog jumps in.").given(contains="a haiku, please", lacks="silent"))

    stage.slack.press_button(stage.anna, stage.channel, post, TRY_AGAIN_BUTTON)

    assert await stage.answered(ts, times=2) == ["An old silent pond.", "A frog jumps in."]


async def test_another_try_is_a_persons_turn_also_the_seventh_time(stage: Stage) -> None:
    ts, post = await an_answer(stage)
    tries = [f"Haiku number {number}." for number in range(1, 8)]

    for number, haiku in enumerate(tries, start=1):
        stage.gemini.script(text(haiku))
        stage.slack.press_button(stage.anna, stage.channel, post, TRY_AGAIN_BUTTON)
        await stage.answered(ts, times=number + 1)
        post = stage.slack.bot_posts(stage.channel, ts)[-1].ts

    assert stage.said(ts) == ["An old silent pond.", *tries]
