"""A short run of the chaos, and that its counting would notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from agent_worker.payloads.errors import DEFECT, sentence
from emulators.gemini.request import ModelRequest
from tests.durability import chaos
from tests.durability.chaos import Outcome
from tests.support.durability.answering import Question, answer_to
from tests.support.durability.crowd import Conversation
from tests.support.durability.evidence import Seen
from tests.support.durability.stage import BreakableStage

pytestmark = pytest.mark.usefixtures("processes")


@pytest.mark.timeout(400)
async def test_twenty_faults_at_random_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    report = await chaos.run(tmp_path, faults=20, seed=7)

    assert report.faults.total() >= 20
    assert report.asked > 0
    assert report.troubles == [], str(report)


async def test_the_counting_notices_what_is_lost_doubled_repeated_or_left(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        assert not (await outcome(conversation)).is_trouble

        await repeat(stage, stage.gemini.requests[-1])
        await say_again(stage, conversation)
        conversation.asked.append(Question("never"))
        conversation.stopped.add("another one")

        found = await outcome(conversation)
        assert (found.lost, found.doubled, found.repeated) == (1, 1, 2)
        assert found.wrong_statuses
        assert found.has_wrong_progress
        assert (found.defects, found.has_unheard_stop) == (1, True)
        assert found.leftovers == ["The ans"]


async def outcome(conversation: Conversation) -> Outcome:
    return await chaos.outcome_of(conversation, Seen(conversation.stage))


async def an_answered_conversation(stage: BreakableStage) -> Conversation:
    person = stage.slack.add_user("carla")
    conversation = Conversation(stage, person, stage.slack.add_channel("talk", members=[person]))
    conversation.ask(Question("q1", (stage.address(), stage.address())), mention=True)
    await stage.slack.until(lambda: conversation.is_answered and not conversation.wrong_statuses)
    return conversation


async def repeat(stage: BreakableStage, request: ModelRequest) -> None:
    """A model call and a tool call that the worker has finished, once more."""
    address = f"{stage.gemini.base_url}/v1/models/{request.model}:generateContent"
    async with httpx.AsyncClient(headers={"x-goog-api-key": stage.gemini.api_key}) as http:
        await http.post(address, json=dict(request.body))
        await http.get(f"{stage.world.geolocation_url}/11.0.0.1")


async def say_again(stage: BreakableStage, conversation: Conversation) -> None:
    """The answer and the progress once more, a part of an answer, a failure, and a status that stays."""
    headers = {"Authorization": f"Bearer {stage.slack.bot_token}"}
    where = {"channel": conversation.channel, "thread_ts": conversation.ts}
    answer, notice, progress = (_metadata(f"{conversation.ts}:{what}") for what in ("answer:0", "notice", "progress"))
    status = {"channel_id": conversation.channel, "thread_ts": conversation.ts, "status": "is thinking…"}
    async with httpx.AsyncClient(base_url=stage.slack.api_url, headers=headers) as http:
        await http.post("chat.postMessage", json={**where, "text": answer_to("q1"), "metadata": answer})
        await http.post("chat.postMessage", json={**where, "text": "The ans"})
        await http.post("chat.postMessage", json={**where, "text": sentence(DEFECT), "metadata": notice})
        await http.post("chat.postMessage", json={**where, "text": "… Location", "metadata": progress})
        await http.post("assistant.threads.setStatus", json=status)


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": "agent_post", "event_payload": {"key": key}}
