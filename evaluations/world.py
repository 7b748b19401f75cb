"""One case's own Slack, with its people, its bot and its worker: no case sees what another one says."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import HttpUrl, SecretStr
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from agent_worker.cases.case import AGENT, DIRECT, Case, CaseFile, CaseMessage
from agent_worker.composition import open_activities
from agent_worker.contract.names import workflow_id
from agent_worker.slack.rate_limit_share import WorkerShare
from agent_worker.worker import build_worker
from emulators.slack.emulator import SlackEmulator
from evaluations.bot import listening
from evaluations.stand_ins import StandIns
from evaluations.surroundings import Surroundings

_MENTION = re.compile(r"(?<![\w.])@([a-z][a-z0-9_-]*)")
_LINK = re.compile(r"https?://[^\s<>|]+")


@dataclass
class World:
    """`people` are their Slack ids, by the names that the case gives them. `thread_ts` is "" before the first message.

    `trouble` says what has gone wrong with the stand-ins for tools.
    """

    case: Case
    folder: Path  # of the case
    slack: SlackEmulator
    surroundings: Surroundings
    people: Mapping[str, str]
    channel: str
    trouble: list[str] = field(default_factory=list)
    thread_ts: str = ""

    def say(self, message: CaseMessage) -> str:
        """A person writes the message; returns its `ts`."""
        files = [self._file(file) for file in message.files]
        ts = self.slack.say(
            self.people[self.case.author(message)],
            self.channel,
            self._markup(message.text),
            thread_ts=self.thread_ts or None,
            files=files or None,
        )
        self.thread_ts = self.thread_ts or ts
        return ts

    def _markup(self, text: str) -> str:
        """The text as Slack's clients send it: escaped, with ids in place of names."""
        ids = {**self.people, AGENT.removeprefix("@"): self.slack.bot_user_id}
        escaped = _LINK.sub(lambda found: f"<{found[0]}>", html.escape(text, quote=False))
        return _MENTION.sub(lambda found: f"<@{ids[found[1]]}>" if found[1] in ids else found[0], escaped)

    def _file(self, file: CaseFile) -> dict[str, Any]:
        content = (self.folder / file.path).read_bytes() if file.text is None else file.text
        return {"name": file.shown_name, "content": content}

    @property
    def conversation(self) -> WorkflowHandle[Any, Any]:
        """The workflow of the thread."""
        name = workflow_id(self.slack.team_id, self.channel, self.thread_ts)
        return self.surroundings.client.get_workflow_handle(name)

    async def end(self) -> None:
        """Ends the conversation, which would otherwise wait for days."""
        if self.thread_ts:
            with suppress(RPCError):  # it has ended by itself, or never begun
                await self.conversation.terminate("evaluated")


@asynccontextmanager
async def open_world(case: Case, folder: Path, around: Surroundings) -> AsyncIterator[World]:
    """Everything that the case needs for itself, while the block runs."""
    agents = around.agents.with_tools(around.toolbox_for(case))
    task_queue = f"evaluation-{secrets.token_hex(6)}"
    async with SlackEmulator(seed=secrets.randbits(64)) as slack:
        people = {
            name: slack.add_user(
                name, person.name or name.title(), person.name or name, title=person.title, time_zone=person.time_zone
            )
            for name, person in case.people.items()
        }
        world = World(case, folder, slack, around, people, _channel(case, slack, people))

        def has_effect(name: str, args: Mapping[str, Any] | None) -> bool:
            return bool(agents.toolbox.policy(name, args).effect)

        settings = around.settings.model_copy(
            update={
                "slack_bot_token": SecretStr(slack.bot_token),
                "slack_api_url": HttpUrl(slack.api_url),
                "temporal_task_queue": task_queue,
                "agent_titles": "off",  # nobody reads them, and each is a model call
                # These name people and channels of the real Slack: here nobody else could say anything.
                "slack_allowed_users": "",
                "slack_allowed_channels": "",
            }
        )
        async with (
            open_activities(
                settings,
                agents,
                around.tool_settings,
                client=around.client,
                http=around.http,
                gemini=around.gemini,
                worker_share=WorkerShare(around.client, task_queue),
                stand_in=lambda tools: StandIns(case, tools, has_effect=has_effect, trouble=world.trouble),
            ) as activities,
            build_worker(around.client, task_queue, activities, sandboxed=False),
            listening(slack, around.client, task_queue),
        ):
            try:
                yield world
            finally:
                await world.end()


def _channel(case: Case, slack: SlackEmulator, people: Mapping[str, str]) -> str:
    if case.place == DIRECT:
        return slack.open_dm(people[case.author(case.messages[0])])
    return slack.add_channel(case.place.removeprefix("#"), list(people.values()))
