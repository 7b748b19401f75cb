"""Answers that are shown in part, their delivery, and what the thread then holds."""

from __future__ import annotations

import time
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.payloads.thread import Author, Deliver, Draft, Progress, ShownStep, Source
from agent_worker.slack.blocks import task_cards
from agent_worker.slack.blocks.posts import answer
from agent_worker.slack.thread.streams import text_chunk
from emulators.slack.state.messages import Message
from tests.support.agent_worker.slack_stage import SlackStage

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
ANSWER = "It is **sunny** in New York, and warm."
PAGE = Source(text="Alerts", url="https://www.weather.example/alerts")
STEPS = [ShownStep(title="Weather alerts for California", state="complete", sources=[PAGE])]


def asked_to(stage: SlackStage, text: str = ANSWER, draft: Draft | None = None, **more: Any) -> Deliver:
    """The delivery of an answer to the thread's first message."""
    turn = more.get("turn", stage.root)
    usual: dict[str, Any] = {
        "thread": stage.thread,
        "key": f"{turn}:{'notice' if more.get('is_notice') else 'answer'}",
        "text": text,
        "answers": [stage.root],
        "may_mention": [],
        "turn": turn,
        "draft": draft or Draft(),
        "audience": Author(id=stage.anna),
    }
    return Deliver(**(usual | more))


def cards_only(stage: SlackStage) -> Progress:
    """Steps that have no message of their own."""
    return Progress(key=f"{stage.root}:progress", steps=STEPS)


async def settled(stage: SlackStage, request: Deliver, *, is_retry: bool = False) -> int:
    """Delivers as Temporal would: once more after each failure. How many attempts it took."""
    for attempt in range(1, 6):
        try:
            leftovers = await stage.ours.leftovers.of_delivery(request, is_retry=is_retry or attempt > 1)
            await stage.ours.delivery.bring(request, leftovers)
        except ApplicationError as error:
            if error.non_retryable:
                raise
        else:
            return attempt
    raise AssertionError("never settled")


async def streamed(stage: SlackStage, *texts: str) -> Draft:
    """A draft that is streamed, a message for each text, of which the last one goes on."""
    streams, messages = stage.ours.streams, list[str]()
    for text in texts:
        if messages:
            key = f"{stage.root}:draft:{len(messages)}"
            await streams.stop(stage.thread, messages[-1], key)
        ts = await streams.start(stage.thread, Author(id=stage.anna), [text_chunk(text)])
        assert ts is not None
        messages.append(ts)
    return Draft(
        messages=messages, streaming_since=time.time(), characters=len(texts[-1]), written=sum(map(len, texts))
    )


async def with_cards(stage: SlackStage) -> Draft:
    """A draft that is a stream of nothing but the steps, of which none has ended."""
    steps = [step.model_copy(update={"state": "in_progress"}) for step in STEPS]
    progress = Progress(key=f"{stage.root}:progress", steps=steps)
    ts = await stage.ours.streams.start(stage.thread, Author(id=stage.anna), task_cards.chunks(progress, is_over=False))
    assert ts is not None
    return Draft(messages=[ts], streaming_since=time.time(), has_cards=True)


async def posted(stage: SlackStage, text: str) -> Draft:
    """A draft that is changed by updates."""
    post = answer(text, ())[0]
    return Draft(messages=[await stage.posts.post(stage.thread, f"{stage.root}:draft:0", post)])


def posts(stage: SlackStage) -> list[Message]:
    return stage.slack.bot_posts(stage.channel, stage.root)


def standing(stage: SlackStage) -> list[str]:
    """What can be read in each message of the agent, without what stands above and below it; nothing streams."""
    assert "in_progress" not in {post.streaming_state for post in posts(stage)}
    return [read(post) for post in posts(stage)]


def kinds(post: Message) -> list[str]:
    return [str(block["type"]) for block in post.blocks]


def buttons(post: Message) -> dict[str, list[str]]:
    """The values of a message's buttons by action_id."""
    elements = [element for block in post.blocks for element in block.get("elements", []) if "action_id" in element]
    return {element["action_id"]: _values(element) for element in elements}


def _values(element: dict[str, Any]) -> list[str]:
    both = [element.get(name, {}).get("value") for name in ("positive_button", "negative_button")]
    return [value for value in (element.get("value"), *both) if value]


def read(post: Message) -> str:
    """What can be read in a message, without what stands above and below it."""
    texts = {"markdown": lambda block: block["text"], "section": lambda block: block["text"]["text"]}
    return "".join(str(texts[block["type"]](block)) for block in post.blocks if block["type"] in texts) or post.text
