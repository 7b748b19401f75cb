"""The whole path on one stage: emulators and Temporal around the two real processes, started as a user starts them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.names import workflow_id
from agent_worker.payloads import post_keys
from emulators.gemini.emulator import GeminiEmulator
from emulators.gemini.script import Answering
from emulators.slack.emulator import SlackEmulator
from emulators.slack.state.messages import Message
from emulators.world.emulator import WorldEmulator
from playground.processes import ROOT, ManagedProcess
from tests.support.e2e.warm_process import WarmProcess

OVER = ("Worked", "Stopped", "Error")  # how the title of the steps begins when the turn is over
_FOR_SO_LONG = re.compile(r"\AWorked for \d+ s")


class Stage:
    """`async with Stage(address, directory) as stage:`; nothing runs on it until it is started.

    `workspace` says what the emulated Slack can do, as `SlackEmulator` takes it.
    """

    def __init__(
        self,
        temporal_address: str,
        directory: Path,
        *,
        script: Answering | None = None,
        **workspace: Any,
    ) -> None:
        self.temporal_address = temporal_address
        self.task_queue = f"agent-{uuid4().hex[:8]}"
        self.slack = SlackEmulator(**workspace)
        self.gemini = GeminiEmulator(script=script)
        self.world = WorldEmulator()
        self._directory = directory
        self.agents = directory / "agents"  # to which a test may add others
        self._ship_default_agent()
        self._stack = AsyncExitStack()
        self._client: Client | None = None
        self.processes: list[ManagedProcess] = []

    async def __aenter__(self) -> Self:
        for emulator in (self.slack, self.gemini, self.world):
            await self._stack.enter_async_context(emulator)
        self.anna = self.slack.add_user("anna", real_name="Anna Berg")
        self.ben = self.slack.add_user("ben", real_name="Ben Lee")
        self.channel = self.slack.add_channel("general", members=[self.anna, self.ben])
        self.worker = self.process("agent_worker", ready="worker is ready")
        self.bot = self.process("slackbot", ready="bot is listening")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for process in self.processes:
            await process.kill()
        await self._stack.aclose()
        if kind is not None:
            for process in self.processes:
                print("\n".join(process.lines))

    def process(self, module: str, *, ready: str, arguments: Sequence[str] = (), **extra: str) -> ManagedProcess:
        environment = {**self.environment, **extra}
        process = WarmProcess(module, environment, ready=ready, arguments=arguments, directory=self._directory)
        self.processes.append(process)
        return process

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "GOOGLE_API_KEY": self.gemini.api_key,
            "GOOGLE_GEMINI_BASE_URL": self.gemini.base_url,
            "TEMPORAL_ADDRESS": self.temporal_address,
            "TEMPORAL_TASK_QUEUE": self.task_queue,
            "WEATHER_API_URL": self.world.weather_api_url,
            "AGENTS_DIR": str(self.agents),
            "AGENT_TITLES": "words",  # one model call less to script
            "IP_ADDRESS_URL": self.world.ip_address_url,
            "GEOLOCATION_URL": self.world.geolocation_url,
            "HELPDESK_API_URL": self.world.helpdesk_api_url,
        }

    def _ship_default_agent(self) -> None:
        """The default agent as it ships, but it may use the tools of MCP servers, and nobody is asked about these."""
        shipped = (ROOT / "agents" / "default.md").read_text(encoding="utf-8")
        self.agents.mkdir(exist_ok=True)
        (self.agents / "default.md").write_text(
            shipped.replace('tools: ["*", "!*__*"]', 'approve: ["!*__*"]\ntools: ["*"]'), encoding="utf-8"
        )

    def change_default_agent(self, front_matter: str) -> None:
        """Adds a field to the default agent's file, in place of the one of that name."""
        file, name = self.agents / "default.md", front_matter.partition(":")[0]
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(f"{name}:")]
        file.write_text("\n".join([kept[0], front_matter, *kept[1:]]), encoding="utf-8")

    async def start(self) -> None:
        """Both processes, up and connected."""
        await self.worker.start(wait=False)
        await self.bot.start(wait=False)
        await self.worker.is_up()
        await self.bot.is_up()

    async def workflow(self, thread_ts: str, channel: str | None = None) -> WorkflowHandle[Any, Any]:
        client = await self.connected()
        return client.get_workflow_handle(workflow_id(self.slack.team_id, channel or self.channel, thread_ts))

    async def connected(self) -> Client:
        if self._client is None:
            self._client = await Client.connect(self.temporal_address, data_converter=DATA_CONVERTER)
        return self._client

    async def forget(self, thread_ts: str) -> None:
        """Deletes the conversation from Temporal, as its retention does in time."""
        handle = await self.workflow(thread_ts)
        await handle.terminate()
        execution = WorkflowExecution(workflow_id=handle.id)
        request = DeleteWorkflowExecutionRequest(namespace="default", workflow_execution=execution)
        client = await self.connected()
        await client.workflow_service.delete_workflow_execution(request)
        while await exists(handle):  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.1)

    # What a person sees

    def said(self, thread_ts: str, channel: str | None = None) -> list[str]:
        """What the agent has said in a thread, as a person reads it: no steps, no cards, nothing that still grows."""
        posts = self.slack.bot_posts(channel or self.channel, thread_ts)
        return [self._words(post) for post in posts if _is_said(post, posts)]

    def _words(self, post: Message) -> str:
        words = [block for block in post.blocks if block["type"] in {"markdown", "section"}]
        return self.slack.visible_text(replace(post, blocks=words))

    def progress(self, thread_ts: str, channel: str | None = None) -> list[str]:
        """The messages with the steps, without how long a turn took, which nobody knows beforehand."""
        posts = self.slack.bot_posts(channel or self.channel, thread_ts)
        shown = (self.slack.visible_text(post) for post in posts if _is_progress(post))
        return [_FOR_SO_LONG.sub("Worked", text) for text in shown]

    async def steps_are_over(self, thread_ts: str, channel: str | None = None) -> None:
        """Waits until the thread shows that no step runs any more: a moment after the answer, perhaps."""
        await self.slack.until(lambda: all(shown.startswith(OVER) for shown in self.progress(thread_ts, channel)))

    def question_cards(self, thread_ts: str, channel: str | None = None) -> list[Message]:
        """The messages with which the agent asks people something."""
        return [post for post in self.slack.bot_posts(channel or self.channel, thread_ts) if _is_question(post)]

    def leftovers(self, thread_ts: str, channel: str | None = None) -> list[str]:
        """Whatever else of the agent's a person finds in the thread: drafts, streams that nobody has ended."""
        posts = self.slack.bot_posts(channel or self.channel, thread_ts)
        known = [post for post in posts if _is_said(post, posts) or _is_progress(post) or _is_question(post)]
        others = [post for post in posts if not (post in known or post.files)]
        return [self.slack.visible_text(post) for post in others]

    def uploaded(self, thread_ts: str, channel: str | None = None) -> list[str]:
        """The texts of the files that the agent has put into a thread."""
        posts = self.slack.bot_posts(channel or self.channel, thread_ts)
        return [self.slack.file_content(file["id"]).decode() for post in posts for file in post.files]

    def calls(self, method: str) -> int:
        """How often a method of Slack's Web API was called."""
        return sum(call.method == method for call in self.slack.calls)

    def is_acknowledged(self, ts: str) -> bool:
        """Whether the bot has acknowledged every event of a message: then Temporal has it."""
        events = [delivery for delivery in self.slack.deliveries if delivery.ts == ts]
        return bool(events) and all(event.acked for event in events)

    async def answered(
        self, thread_ts: str, channel: str | None = None, *, times: int = 1, seconds: float = 60
    ) -> list[str]:
        """Waits until the thread holds so many answers and the status line is gone."""
        where = channel or self.channel
        await self.slack.until(
            lambda: len(self.said(thread_ts, where)) >= times and not self.slack.status(where, thread_ts),
            seconds=seconds,
        )
        return self.said(thread_ts, where)


def _key(post: Message) -> str:
    return str((post.metadata or {}).get("event_payload", {}).get("key", ""))


def _is_said(post: Message, posts: Sequence[Message]) -> bool:
    """Whether the post is an answer or notice. Of a long streamed answer, only the last part has the answer's key."""
    turn, draft, _ = _key(post).partition(":draft")
    if draft:
        return post_keys.streamed(post_keys.answer(turn)) in map(_key, posts)
    return bool(_key(post)) and not (_is_progress(post) or _is_question(post))


def _is_progress(post: Message) -> bool:
    return _key(post).endswith(":progress")


def _is_question(post: Message) -> bool:
    return _key(post).endswith(":question")


async def exists(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        await handle.describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True
