"""The promise of a bounded context, with the worker's real activities and a Gemini that counts and refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.model_call import ModelCalls
from agent_worker.activities.titles import Titles
from agent_worker.activities.transcript_cache import Transcripts
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, UserMessage
from agent_worker.contract.names import AGENT_WORKFLOW, USER_MESSAGE, workflow_id
from agent_worker.gemini.client import Gemini, make_client
from agent_worker.payloads.storage_limits import size_of
from agent_worker.toolbox.tool import tool
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.worker import build_worker
from emulators.gemini.answers import Answer, calls, text
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.request import ModelRequest, function_responses
from process import temporal
from tests.support.agent_worker.agents import gate
from tests.support.agent_worker.rehearsal import POLICY
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage
from tests.support.durability.endless import CHARACTERS_PER_TOKEN, MESSAGE
from tests.support.durability.lifelines import Lifeline

BUDGET = 3_000  # tokens
LARGEST_TURN = 3_000  # tokens; one may pass before it is noticed that the budget is spent
TURNS = 12


@tool(title="Look up", summary="look things up")
async def look_up() -> str:
    """Look something up."""
    return MESSAGE


class Talkative:
    """Answers at length, looks something up before every third answer, and notes when it is asked for a summary."""

    def __init__(self) -> None:
        self.answers = 0
        self.summaries = 0

    def answer(self, request: ModelRequest) -> Answer:
        if "look_up" not in request.tool_names:
            self.summaries += 1
            return text("They talk about a heron.")
        if not function_responses(request.contents[-1]) and self.answers % 3 == 2:
            return calls(("look_up", {}), ("look_up", {}))
        self.answers += 1
        return text(f"Answer {self.answers}: {MESSAGE}")


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


@asynccontextmanager
async def running_worker(client: Client, queue: str, stage: SlackStage, gemini: GeminiEmulator) -> AsyncIterator[None]:
    toolbox = Toolbox([look_up])
    policy = POLICY.model_copy(update={"agent_context_tokens": BUDGET, "agent_max_hourly_turns": 1_000})
    adapter = Gemini(make_client(gemini.api_key, gemini.base_url, "v1", timedelta(seconds=60)))
    async with httpx.AsyncClient() as http:
        activities = Activities(
            policy=policy,
            bot_user_id=stage.slack.bot_user_id,
            gate=(our_gate := gate(toolbox, agent_context_tokens=BUDGET)),
            model_calls=ModelCalls(
                gate=our_gate,
                gemini=adapter,
                toolbox=toolbox,
                titles=Titles("off", adapter),
                transcripts=Transcripts(),
                slack=stage.ours,
            ),
            tools=toolbox.open(http, []),
            slack=stage.ours,
        )
        async with build_worker(client, queue, activities):
            yield
    await adapter.close()


async def test_a_long_conversation_stays_within_its_budget_and_within_what_gemini_takes(
    temporal_address: str, stage: SlackStage
) -> None:
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    queue, model = f"compaction-{uuid4().hex[:8]}", Talkative()
    conversation = workflow_id(stage.thread.team, stage.channel, stage.root)
    async with GeminiEmulator(script=model) as gemini, running_worker(client, queue, stage, gemini):
        for turn in range(1, TURNS + 1):
            (ts,) = stage.people_say(MESSAGE)
            await client.start_workflow(
                AGENT_WORKFLOW,
                Start(thread=stage.thread),
                id=conversation,
                task_queue=queue,
                start_signal=USER_MESSAGE,
                start_signal_args=[UserMessage(ts=ts, user=stage.anna, text=MESSAGE)],
            )
            await answered(stage, turn)
        life = await Lifeline.of(client, conversation)

    assert [answer.partition(":")[0] for answer in answers(stage)] == [f"Answer {turn + 1}" for turn in range(TURNS)]
    assert (gemini.refusals, gemini.failures, life.failed_tasks) == ([], [], [])
    assert model.summaries >= 2
    assert max(map(prompt_tokens, gemini.requests)) <= BUDGET + LARGEST_TURN
    assert len(gemini.requests) == TURNS + TURNS // 3 + model.summaries  # no model call twice


async def answered(stage: SlackStage, times: int) -> None:
    await stage.slack.until(lambda: len(answers(stage)) >= times)


def answers(stage: SlackStage) -> list[str]:
    said = [stage.slack.visible_text(post) for post in stage.slack.bot_posts(stage.channel, stage.root)]
    return [text for text in said if text.startswith("Answer")]


def prompt_tokens(request: ModelRequest) -> int:
    """As the emulator counts: a token is four characters."""
    return size_of(request.contents) // CHARACTERS_PER_TOKEN
