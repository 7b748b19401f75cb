"""Every documented error of every Slack method that the worker calls, and a thread in which the call is made."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.payloads.thread import Author, Deliver, Draft, Progress
from agent_worker.slack.thread.live_answer import LiveAnswer, Place
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.settling import (
    ANSWER,
    APPEND,
    DELETE,
    POST,
    START,
    STEPS,
    STOP,
    UPDATE,
    asked_to,
    posted,
    posts,
    streamed,
)
from tests.support.agent_worker.slack_stage import SlackStage

_TABLE = json.loads((Path(__file__).parent / "slack_errors.json").read_text())
LONG = "word " * 9_000
ENOUGH_ATTEMPTS = 4
READ = "conversations.replies"
# Errors that pass by themselves: Slack is away or busy, so the delivery waits.
PASSING = {
    *("fatal_error", "internal_error", "message_limit_exceeded", "rate_limited", "ratelimited"),
    *("request_timeout", "service_unavailable"),
    *("org_login_required", "team_added_to_org"),  # the workspace is being moved into an organisation
}


METHODS = tuple(_TABLE["methods"])


def errors_of(method: str) -> list[str]:
    return sorted({*_TABLE["methods"][method], *_TABLE["every method"]})


async def _live(stage: SlackStage, pieces: list[str], until_called: str) -> Draft:
    """What the thread shows of an answer after a model call; the call in question was made meanwhile."""
    place = Place(stage.thread, stage.root, Author(id=stage.anna))
    live = LiveAnswer(stage.posts, stage.ours.streams, place, Draft())
    async with live:
        live.add(pieces[0])
        await stage.slack.until(lambda: live.draft.messages or live._is_over or stage.calls(START) > 0)
        for piece in pieces[1:]:
            live.add(piece)
        await stage.slack.until(lambda: stage.calls(until_called) > 0)
    return live.draft


async def _nothing(_: SlackStage) -> dict[str, Any]:
    return {}


async def _begun(stage: SlackStage) -> dict[str, Any]:
    return {"draft": await _live(stage, [ANSWER[:10]], START)}


async def _added_to(stage: SlackStage) -> dict[str, Any]:
    return {"draft": await _live(stage, [ANSWER[:10], ANSWER[10:20]], APPEND)}


async def _streamed(stage: SlackStage) -> dict[str, Any]:
    return {"draft": await streamed(stage, ANSWER[:10])}


async def _posted(stage: SlackStage) -> dict[str, Any]:
    return {"draft": await posted(stage, ANSWER[:20])}


async def _too_many(stage: SlackStage) -> dict[str, Any]:
    draft = await streamed(stage, "one\n\n", "two\n\n")
    return {"draft": draft.model_copy(update={"unsure": True})}


async def _unsure(stage: SlackStage) -> dict[str, Any]:
    draft = await streamed(stage, ANSWER[:10])
    return {"draft": draft.model_copy(update={"unsure": True})}


async def _titled(_: SlackStage) -> dict[str, Any]:
    return {"title": "Weather", "text": "Which town?"}


async def _long(_: SlackStage) -> dict[str, Any]:
    return {"text": LONG}


async def _long_again(stage: SlackStage) -> dict[str, Any]:
    """The first attempt fails, so that the second one looks for the file."""
    stage.slack.faults.add(method="files.getUploadURLExternal", kind="internal_error")
    return {"text": LONG}


async def _with_steps(stage: SlackStage) -> dict[str, Any]:
    return {"progress": Progress(key=f"{stage.root}:progress", steps=STEPS, unsure=True)}


@dataclass(frozen=True)
class Situation:
    """A delivery that calls the method. `prepare` gives the fields of its request; the fault is there `before` it."""

    method: str
    prepare: Callable[[SlackStage], Awaitable[dict[str, Any]]]
    before: bool = False
    stays: bool = False  # whether messages of the draft stay in the thread if the method is refused
    profile: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method}{self.prepare.__name__}"


SITUATIONS = [
    Situation(START, _begun, before=True),
    Situation(APPEND, _added_to, before=True),
    Situation(STOP, _streamed),
    Situation(STOP, _too_many),
    Situation(POST, _nothing),
    Situation(UPDATE, _posted),
    Situation(DELETE, _too_many, stays=True),
    Situation(READ, _unsure),
    Situation(READ, _with_steps),
    Situation("assistant.threads.setStatus", _titled),
    Situation("agents.sessions.setStatus", _titled),
    Situation("agents.sessions.rename", _titled),
    Situation("files.getUploadURLExternal", _long),
    Situation("files.completeUploadExternal", _long),
    Situation("files.info", _long),
    Situation("files.list", _long_again),
]
ROWS = [(situation, error) for situation in SITUATIONS for error in errors_of(situation.method)]


async def delivered(stage: SlackStage, request: Deliver) -> str:
    """Delivers as Temporal would. "" when it is done; the reason if it failed for good; "away" if it still waits."""
    activities = activities_on(stage.ours)
    for attempt in range(1, ENOUGH_ATTEMPTS + 1):
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, attempt=attempt)
        try:
            await environment.run(activities.deliver, request)
        except ApplicationError as error:
            if error.non_retryable:
                return error.message
        else:
            return ""
    return "away"


async def request_in(stage: SlackStage, situation: Situation) -> Deliver:
    asked = await situation.prepare(stage)
    return asked_to(stage, **asked)


def complaints(stage: SlackStage, request: Deliver, *, may_stay: bool) -> list[str]:
    """What is wrong with the thread: it has to hold the whole answer, once."""
    own = posts(stage)
    files = [stage.slack.file_content(file["id"]).decode() for post in own for file in post.files]
    messages = [_words(post) for post in own if not post.files]
    whole = _plain(request.text)
    found = sum(_plain(file) == whole for file in files) + (_plain(" ".join(messages)) == whole)
    halves = [message for message in messages if _plain(message) != whole]
    if may_stay:
        found = sum(_plain(message) == whole for message in messages)
        halves = []
    if files:
        halves = [half for half in halves if not whole.startswith(_plain(half)[:1_000])]
    elif found:
        halves = [half for half in halves if _plain(half) not in whole]
    return [*([f"the answer stands there {found} times"] if found != 1 else []), *halves]


def _plain(text: str) -> str:
    return " ".join(text.replace("**", "").split())


def _words(post: Any) -> str:
    return "".join(str(block["text"]) for block in post.blocks if block["type"] == "markdown") or post.text
