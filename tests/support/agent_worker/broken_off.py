"""Deliveries whose attempts break off at a certain call to Slack, and what is wrong with the thread afterwards."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Literal, get_args

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.payloads.thread import Deliver
from agent_worker.slack.blocks.answer_layout import IN_THE_FILE
from agent_worker.slack.thread.metadata import PostMetadata
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.settling import DELETE, POST, STOP, UPDATE, buttons, posts, read
from tests.support.agent_worker.slack_stage import SlackStage

# What a call meets. "killed before" and "killed after": the worker dies before it, or before it has read the answer.
Fate = Literal[
    "lost_reply",
    "internal_error",
    "internal_error_after_commit",
    "rate_limited",
    "refused",
    "error",
    "killed before",
    "killed after",
]
# What Slack refuses from the beginning to the end.
ForGood = Literal["nothing", "changes", "blocks", "messages", "addresses of files", "files"]
REFUSAL = "update_failed"
# If these are refused, the agent can no longer know what stands there, or cannot take it away.
_NEEDED = {"conversations.replies", DELETE}
_ENOUGH_ATTEMPTS = 20


class Killed(BaseException):
    """The process of the attempt is gone."""


class Calls:
    """The worker's calls to Slack, counted from 0. Each meets what `fates` says about its number."""

    def __init__(self, stage: SlackStage, fates: Mapping[int, Fate]) -> None:
        self._stage = stage
        self._fates = fates
        self._made = 0
        self._call = stage.client.api_call
        self.is_dead = False
        stage.client.api_call = self._met  # type: ignore[method-assign, assignment]

    async def _met(self, method: str, **arguments: Any) -> Any:
        fate = self._fates.get(self._made)
        self._made += 1
        if self.is_dead or fate == "killed before":
            self._die()
        if fate in get_args(FaultKind):
            self._plan(method, "internal_error" if fate == "error" and method in _NEEDED else fate)
        answer = await self._call(method, **arguments)
        if fate == "killed after":
            self._die()
        return answer

    def _plan(self, method: str, fate: Any) -> None:
        """Before all other faults: they are for good."""
        planned = self._stage.slack.faults
        planned.add(method=method, kind=fate, error=REFUSAL)
        planned._faults.insert(0, planned._faults.pop())

    def _die(self) -> None:
        self.is_dead = True
        raise Killed


def refuse(stage: SlackStage, for_good: ForGood) -> None:
    """Slack refuses this until its faults are cleared."""
    methods = {
        "nothing": [],
        "changes": [UPDATE],
        "blocks": [POST, UPDATE, STOP],
        "messages": [POST, UPDATE, STOP],
        "addresses of files": ["files.getUploadURLExternal"],
        "files": ["files.completeUploadExternal"],
    }
    has_text = None if for_good != "blocks" else lambda asked: "markdown" in repr(asked.get("blocks"))
    for method in methods[for_good]:
        stage.slack.faults.add(method=method, kind="error", error=REFUSAL, times=None, when=has_text)


async def delivered(stage: SlackStage, request: Deliver, fates: Mapping[int, Fate]) -> None:
    """Delivers as Temporal would, and once more when Slack takes everything again, if it was refused in every form."""
    calls, activities = Calls(stage, fates), activities_on(stage.ours)
    attempt, handed_on = 0, list[Any]()
    for _ in range(_ENOUGH_ATTEMPTS):
        attempt += 1
        calls.is_dead = False
        environment, beats = ActivityEnvironment(), [handed_on]
        environment.info = dataclasses.replace(environment.info, attempt=attempt, heartbeat_details=handed_on)
        environment.on_heartbeat = lambda *details, beats=beats: beats.append(json.loads(json.dumps(details)))
        try:
            await environment.run(activities.deliver, request)
        except Killed:
            pass
        except ApplicationError as error:
            if error.non_retryable:
                stage.slack.faults.clear()
                request, attempt, beats = request.in_doubt(), 0, [[]]
        else:
            return
        handed_on = beats[-1]
    raise AssertionError("never delivered")


def complaints(stage: SlackStage, text: str) -> list[str]:
    """What is wrong with the thread: it has to hold the whole answer once, in order, and nothing else."""
    own = [post for post in posts(stage) if not PostMetadata.read(dataclasses.asdict(post)).shows_progress]
    steps = [post for post in posts(stage) if post not in own]
    files, messages = [post for post in own if post.files], [post for post in own if not post.files]
    said = " ".join(read(post).removesuffix(IN_THE_FILE) for post in messages).split()
    contents = [stage.slack.file_content(post.files[0]["id"]).decode() for post in files]
    whole = text.split()
    wrong = {
        "something streams": any(post.streaming_state == "in_progress" for post in own),
        "not whole": not files and said != whole,
        "a word about a file that is not there": not files and any(read(post).endswith(IN_THE_FILE) for post in own),
        "not its beginning": bool(files) and said != whole[: len(said)],
        "not the file": bool(files) and contents != [text],
        "not below": bool(files) and own[-1] not in files,
        "buttons in the middle": any(map(buttons, messages[:-1])),
        "above its steps": bool(steps) and any(float(post.ts) < float(steps[0].ts) for post in own),
    }
    return [what for what, is_so in wrong.items() if is_so]
