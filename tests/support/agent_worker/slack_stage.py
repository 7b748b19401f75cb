"""A Slack with one thread that Anna has begun, and the worker's own Slack parts on real clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from pydantic import HttpUrl, SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread
from agent_worker.slack.access import AccessPolicy
from agent_worker.slack.adapter import Slack
from agent_worker.slack.api import SlackApi
from agent_worker.slack.directory import Directory
from agent_worker.slack.files.reader import SlackFiles
from agent_worker.slack.rate_limits import SlackBudget
from agent_worker.slack.thread.history import ThreadHistory
from agent_worker.slack.thread.metadata import EVENT_TYPE
from agent_worker.slack.thread.posts import ThreadPosts
from agent_worker.slack.thread.progress import ProgressDisplay
from agent_worker.slack.thread.streams import ReplyMode
from emulators.slack.emulator import SlackEmulator
from process.slack import open_client

WORKSPACE_URL = "https://playground.slack.com/"


@dataclass(frozen=True)
class SlackStage:
    slack: SlackEmulator
    anna: str
    channel: str
    thread: Thread
    client: AsyncWebClient
    ours: Slack

    @property
    def directory(self) -> Directory:
        return self.ours.directory

    @property
    def history(self) -> ThreadHistory:
        return self.ours.history

    @property
    def posts(self) -> ThreadPosts:
        return self.ours.posts

    @property
    def progress(self) -> ProgressDisplay:
        return self.ours.progress

    @property
    def root(self) -> str:
        return self.thread.thread_ts

    def people_say(self, *texts: str) -> list[str]:
        return [self.slack.say(self.anna, self.channel, text, thread_ts=self.root) for text in texts]

    def another_app_forges(self, payload: dict[str, Any]) -> None:
        """Another app posts in the thread with the metadata of ours, which it can read."""
        ts = self.slack.say_as_other_bot(self.channel, "we said it", thread_ts=self.root)
        post = next(message for message in self.slack.messages(self.channel) if message.ts == ts)
        forged = replace(post, metadata={"event_type": EVENT_TYPE, "event_payload": payload})
        self.slack._backend.workspace.store(forged)

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)


@asynccontextmanager
async def slack_stage(
    root: str = "hello", *, mode: ReplyMode = "auto", direct: bool = False, hurried: bool = False, **profile: Any
) -> AsyncIterator[SlackStage]:
    """With `hurried`, nobody waits for Slack's rate limits."""
    async with (
        SlackEmulator(**profile) as slack,
        open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client,
        httpx.AsyncClient() as http,
    ):
        anna = slack.add_user("anna", real_name="Anna Berg")
        channel = slack.open_dm(anna) if direct else slack.add_channel("general", members=[anna])
        thread = Thread(team=slack.team_id, channel=channel, thread_ts=slack.say(anna, channel, root))
        api = SlackApi(client, _hurried_budget() if hurried else SlackBudget())
        directory = Directory(api, bot_user_id=slack.bot_user_id)
        history = ThreadHistory(api, directory, bot_user_id=slack.bot_user_id, bot_id=slack.bot_id)
        files = SlackFiles(api, http, SecretStr(slack.bot_token), HttpUrl(slack.api_url))
        policy = AccessPolicy(slack.team_id)
        ours = Slack.of(api, directory, history, files, access_policy=policy, mode=mode, url=WORKSPACE_URL)
        yield SlackStage(slack, anna, channel, thread, client, ours)


def _hurried_budget() -> SlackBudget:
    """One whose pauses take no time."""
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + 0.001

    return SlackBudget(clock=lambda: now, sleep=sleep)
