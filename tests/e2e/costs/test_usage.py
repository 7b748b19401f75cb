"""What a turn costs, through both processes: it stands below the answer if a setting says so, and is exported."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from emulators.gemini.answers import calls, finish, text
from playground.processes import ManagedProcess
from tests.support.e2e.stage import Stage

LISTED_WITHIN = 20.0  # seconds
FOOTER = "Written by AI, which can be wrong: check what matters."


async def export(stage: Stage, *words: str, **settings: str) -> tuple[int, list[dict[str, Any]], ManagedProcess]:
    process = stage.process("agent_worker.usage", ready="", arguments=["export", *words], **settings)
    await process.start(wait=False)
    code = await process.ended()
    return code, [json.loads(line) for line in process.lines if line.startswith("{")], process


async def exported(stage: Stage, count: int, *words: str) -> list[dict[str, Any]]:
    """The export once it has so many lines and its summary: Temporal's list is a moment behind."""
    async with asyncio.timeout(LISTED_WITHIN):
        while True:
            code, lines, _ = await export(stage, *words)
            assert code == 0
            if len(lines) > count:
                return lines


def ask(stage: Stage, person: str) -> str:
    return stage.slack.say(person, stage.channel, f"<@{stage.slack.bot_user_id}> where are you?")


def footer(stage: Stage, ts: str) -> str:
    """The line below the answer in a thread."""
    blocks = [block for post in stage.slack.bot_posts(stage.channel, ts) for block in post.blocks]
    lines = [element["text"] for block in blocks if block["type"] == "context" for element in block["elements"]]
    return next((line for line in lines if line.startswith(FOOTER)), "")


async def test_what_each_turn_has_used_is_exported_and_added_up_by_what_one_asks_for(stage: Stage) -> None:
    stage.gemini.script(calls(("get_ip_address", {})), text("Here."), text("Here, too."))
    anna = ask(stage, stage.anna)
    await stage.answered(anna)
    ben = ask(stage, stage.ben)
    await stage.answered(ben)

    *turns, last = await exported(stage, 2)
    *sums, _ = await exported(stage, 2, "--by", "person,model", "--channel", stage.channel)
    *of_ben, _ = await exported(stage, 1, "--person", stage.ben)

    by_thread = {line["thread_ts"]: line for line in turns}
    assert {ts: (line["person"], line["requests"]) for ts, line in by_thread.items()} == {
        anna: (stage.anna, 2),
        ben: (stage.ben, 1),
    }
    for line in turns:
        assert (line["channel"], line["agent"], line["model"]) == (stage.channel, "default", "gemini-3.8-flash")
        assert line["given"] > line["answered"] > 0
        prices = (0.75, 3.75) if line["day"] < "2027" else (1.5, 7.5)  # dollars for a million
        assert line["dollars"] == pytest.approx((line["given"] * prices[0] + line["answered"] * prices[1]) / 1_000_000)
    assert last["summary"]["dollars"] == pytest.approx(sum(line["dollars"] for line in turns))
    assert {line["person"]: line["requests"] for line in sums} == {stage.anna: 2, stage.ben: 1}
    assert [line["thread_ts"] for line in of_ben] == [ben]
    assert footer(stage, anna) == FOOTER, "nothing is told below an answer that no setting asks for"


async def test_the_line_below_an_answer_tells_tokens_and_price_if_a_setting_says_so(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", AGENT_SHOW_COST="true")
        await stage.start()
        stage.gemini.script(calls(("get_ip_address", {})), text("Here."))
        ts = ask(stage, stage.anna)
        await stage.answered(ts)

        (line, _) = await exported(stage, 1)

        tokens = line["given"] + line["answered"] + line["thoughts"]
        assert footer(stage, ts).startswith(f"{FOOTER} (2 requests, {tokens:,} tokens, $0.00")


async def test_an_attempt_that_broke_off_counts_once_and_one_of_a_killed_worker_is_said_to_be_untold(
    stage: Stage,
) -> None:
    stage.gemini.script(finish(None, text("Broken")))
    hold = stage.gemini.hold()
    ts = ask(stage, stage.anna)
    await hold.reached()
    await stage.worker.kill()
    stage.gemini.script(text("At last."))
    await stage.worker.start()
    assert await stage.answered(ts) == ["At last."]

    (line, _) = await exported(stage, 1)

    assert (line["turns"], line["requests"]) == (1, 3), "the broken one, the killed one and the whole one"
    assert 1 <= line["untold"] <= 2, "of the broken one Gemini may have told all, or nothing"
    assert line["dollars"] > 0


async def test_a_broken_answer_and_the_whole_one_are_both_counted(stage: Stage) -> None:
    stage.gemini.script(finish(None, text("Broken")), text("Whole."))
    ts = ask(stage, stage.anna)
    assert await stage.answered(ts) == ["Whole."]

    (line, _) = await exported(stage, 1)

    assert line["requests"] == 2
    assert line["untold"] <= 1, "of the broken one Gemini may have told all, or nothing"


async def test_what_is_not_understood_or_cannot_be_reached_says_so(stage: Stage) -> None:
    for words in (["--by", "colour"], ["--since", "yesterday"]):
        code, _, _ = await export(stage, *words)
        assert code == 2
    code, _, process = await export(stage, TEMPORAL_NAMESPACE="nowhere")
    assert code == 2
    assert "TEMPORAL_NAMESPACE" in str(process.lines)
