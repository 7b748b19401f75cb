"""Answers that are made to hurt: they stand in their thread, whole, and nobody else waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulators.gemini.answers import Answer, text
from emulators.gemini.request import ModelRequest
from tests.support.chaos.hostile_answers import HOSTILE_TEXTS, HostileText
from tests.support.e2e.stage import Stage

BYSTANDERS = 4
# Some of these texts took a worker 5 to 43 s in which it did nothing else; with its heartbeats gone, the delivery began
# anew on another worker, for ever. This is far more than bystanders wait, and far less than they did.
SOON = 20.0  # seconds
END = "And that is the end."


class TwoKinds:
    """Answers the strange question with a strange text, and every other with a plain one."""

    def __init__(self, strange: str) -> None:
        self._strange = strange

    def answer(self, request: ModelRequest) -> Answer:
        if request.mentions("something strange"):
            return text(f"Here it is.\n\n{self._strange}\n\n{END}")
        return text("Hello.")


def is_whole(stage: Stage, ts: str, strange: HostileText) -> bool:
    """Whether the thread holds all of the answer, in messages or in a file."""
    posts = stage.slack.bot_posts(stage.channel, ts)
    shown = "".join(str(block.get("text", "")) for post in posts for block in post.blocks)
    return any(END in text and text.count(strange.telling) >= strange.times for text in (shown, *stage.uploaded(ts)))


@pytest.mark.parametrize("kind", HOSTILE_TEXTS)
async def test_a_hostile_answer_stands_in_its_thread_and_nobody_waits_for_it(
    temporal_address: str, tmp_path: Path, kind: str
) -> None:
    async with Stage(temporal_address, tmp_path, script=TwoKinds(HOSTILE_TEXTS[kind].text)) as stage:
        other_worker = stage.process("agent_worker", ready="worker is ready")
        await stage.start()
        await other_worker.start()
        bot = f"<@{stage.slack.bot_user_id}>"

        strange = stage.slack.say(stage.anna, stage.channel, f"{bot} say something strange")
        await stage.gemini.arrived(1)
        others = [stage.slack.say(stage.ben, stage.channel, f"{bot} hello {number}") for number in range(BYSTANDERS)]

        await stage.slack.until(lambda: all(stage.said(ts) == ["Hello."] for ts in others), seconds=SOON)
        await stage.slack.until(lambda: is_whole(stage, strange, HOSTILE_TEXTS[kind]))
        await stage.slack.until(lambda: stage.slack.status(stage.channel, strange) == "")
        assert stage.leftovers(strange) == []
        for worker in (stage.worker, other_worker):
            assert not [line for line in worker.lines if "Traceback" in line]
