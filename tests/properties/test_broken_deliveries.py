"""A property of deliveries: wherever attempts break off, and whatever way the next one takes, the answer is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_worker.payloads.thread import Progress
from agent_worker.slack.blocks.posts import notice
from tests.support.agent_worker.broken_off import Fate, ForGood, complaints, delivered, refuse
from tests.support.agent_worker.settling import STEPS, asked_to, cards_only, posted, streamed, with_cards
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

NUMBERS = {1: 300, 3: 5_800, 4: 8_000, 12: 22_000}  # by the number of messages that they fill
Asked = dict[str, Any]


async def nothing(_: SlackStage) -> Asked:
    return {}


async def one_stream(stage: SlackStage) -> Asked:
    return {"draft": await streamed(stage, "0 1 2 ")}


async def two_messages(stage: SlackStage) -> Asked:
    return {"draft": await streamed(stage, "0 1 2 ", "3 4 5 ")}


async def updates(stage: SlackStage) -> Asked:
    return {"draft": await posted(stage, "0 1 2 ")}


async def unknown_drafts(stage: SlackStage) -> Asked:
    return {"draft": (await streamed(stage, "0 1 ", "2 3 ")).model_copy(update={"unsure": True})}


async def cards(stage: SlackStage) -> Asked:
    return {"draft": await with_cards(stage), "progress": cards_only(stage)}


async def steps_below(stage: SlackStage) -> Asked:
    draft = await streamed(stage, "0 1 2 ")
    ts = await stage.posts.post(stage.thread, f"{stage.root}:progress", notice("steps"))
    return {"draft": draft.below(ts), "progress": Progress(key=f"{stage.root}:progress", steps=STEPS, ts=ts)}


async def steps_perhaps_below(stage: SlackStage) -> Asked:
    return {**await steps_below(stage), "progress": Progress(key=f"{stage.root}:progress", steps=STEPS, unsure=True)}


SHOWN = (updates, unknown_drafts, two_messages, one_stream, nothing, cards, steps_below, steps_perhaps_below)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_worker.slack.files.upload.SHARE_PAUSES", (0.0, 0.0, 0.01))
    monkeypatch.setattr("agent_worker.slack.thread.status.END_PAUSES", (0.0,))


@settings(max_examples=35)
@given(
    messages=st.sampled_from([3, 4, 3, 4, 1, 12]),
    shown=st.sampled_from(SHOWN),
    may_upload=st.booleans(),
    is_direct=st.booleans(),
    fates=st.dictionaries(st.integers(0, 8), st.sampled_from(get_args(Fate)), min_size=2, max_size=4),
    for_good=st.just("nothing") | st.sampled_from(get_args(ForGood)),
)
@example(
    messages=3,
    shown=updates,
    may_upload=True,
    is_direct=False,
    fates={0: "error", 2: "internal_error"},
    for_good="nothing",
)
@example(
    messages=3,
    shown=one_stream,
    may_upload=True,
    is_direct=True,
    fates={1: "lost_reply", 5: "killed after"},
    for_good="blocks",
)
@example(
    messages=4,
    shown=two_messages,
    may_upload=True,
    is_direct=False,
    fates={},
    for_good="messages",
)
def test_wherever_attempts_break_off_the_thread_holds_the_whole_answer_once(
    *,
    messages: int,
    shown: Callable[[SlackStage], Awaitable[Asked]],
    may_upload: bool,
    is_direct: bool,
    fates: Mapping[int, Fate],
    for_good: ForGood,
) -> None:
    text = "".join(f"{number} " for number in range(NUMBERS[messages]))

    async def play() -> list[str]:
        async with slack_stage(hurried=True, direct=is_direct) as stage:
            if not may_upload:
                stage.slack.revoke("files:write")
            request = asked_to(stage, text, **await shown(stage))
            refuse(stage, for_good)
            await delivered(stage, request, fates)
            return complaints(stage, text)

    assert asyncio.run(play()) == []
