"""`python -m agent_worker.audit`: what people have decided is exported, and a change of the file shows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from agent_worker.contract.questions import APPROVE_BUTTON
from emulators.gemini.answers import calls, text
from playground.processes import ManagedProcess
from tests.support.e2e.stage import Stage

PRINTER = {"title": "Printer", "description": "It is broken.", "queue": "it"}
LISTED_WITHIN = 20.0  # seconds
A_DAY = "2026-11-29"


async def audit(stage: Stage, *words: str, **settings: str) -> tuple[int, ManagedProcess]:
    process = stage.process("agent_worker.audit", ready="", arguments=words, **settings)
    await process.start(wait=False)
    return await process.ended(), process


async def approved(stage: Stage) -> str:
    """Anna wants a ticket, and approves it; returns the thread's `ts`."""
    stage.gemini.script(calls(("file_ticket", PRINTER)), text("I filed IT-101.").given(contains="IT-101"))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> the printer is broken")

    def card() -> str:
        posts = stage.slack.bot_posts(stage.channel, ts)
        return next((post.ts for post in posts if APPROVE_BUTTON in json.dumps(post.blocks)), "")

    await stage.slack.until(card)
    stage.slack.press_button(stage.anna, stage.channel, card(), APPROVE_BUTTON)
    await stage.slack.until(lambda: "I filed IT-101." in stage.said(ts))
    return ts


async def test_a_decision_is_exported_and_verified_and_a_changed_line_is_named(stage: Stage, tmp_path: Path) -> None:
    ts = await approved(stage)

    async with asyncio.timeout(LISTED_WITHIN):  # Temporal's list is a moment behind
        exported: list[str] = []
        while len(exported) < 2:
            code, process = await audit(stage, "export", "--channel", stage.channel)
            exported = process.lines
    record, summary = map(json.loads, exported)

    assert code == 0
    assert (record["tool"], record["thread_ts"], record["outcome"]) == ("file_ticket", ts, "approved")
    assert (record["asked_by"], record["decided_by"]) == ([stage.anna], [stage.anna])
    assert (record["arguments"]["title"], record["edited"]) == ("Printer", False)
    assert "IT-101" in json.dumps(record["result"])
    assert (summary["summary"]["turns"], summary["summary"]["questions"]) == (1, 1)
    assert (summary["summary"]["outcomes"], summary["summary"]["unread"]) == ({"approved": 1}, [])
    file = tmp_path / "decisions.jsonl"
    file.write_text("\n".join([*exported, ""]), encoding="utf-8")
    code, process = await audit(stage, "verify", str(file))
    assert (code, process.lines) == (0, [f"{file}: 2 lines, none changed. The hash of the last one: {summary['hash']}"])
    file.write_text("\n".join([exported[0].replace(stage.anna, stage.ben), exported[1], ""]), encoding="utf-8")
    code, process = await audit(stage, "verify", str(file))
    assert (code, process.lines) == (1, [f"{file}, line 1: this line was changed"])


async def test_what_is_not_understood_or_cannot_be_reached_says_so(stage: Stage) -> None:
    assert (await audit(stage))[0] == 2
    assert (await audit(stage, "export", "--since", "yesterday"))[0] == 2
    code, process = await audit(stage, "verify", "no such file")
    assert (code, process.lines) == (2, ["no such file cannot be read: No such file or directory."])
    code, process = await audit(stage, "export", "--until", A_DAY, TEMPORAL_NAMESPACE="nowhere")
    assert code == 2
    assert "TEMPORAL_NAMESPACE" in str(process.lines)
