"""A Slack with one person and one channel, and the real clients that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator

NOON = 1_766_458_000.0  # seconds since 1970: where the still clocks of these tests start
HEARD = (
    "message",
    "app_mention",
    "app_home_opened",
    "app_context_changed",
    "agent_session_stopped",
    "agent_session_title_changed",
    "reaction_added",
)


@dataclass(frozen=True)
class Scene:
    """A Slack with Anna in #general, where the app is a member."""

    slack: SlackEmulator
    anna: str
    general: str
    client: AsyncWebClient

    def ask(self) -> str:
        """Anna begins a thread. Returns its `ts`."""
        return self.slack.say(self.anna, self.general, "question")

    async def show_status(self, thread_ts: str, status: str) -> None:
        await self.client.assistant_threads_setStatus(channel_id=self.general, thread_ts=thread_ts, status=status)


@asynccontextmanager
async def scene(**options: Any) -> AsyncIterator[Scene]:
    """Options are those of the emulator."""
    async with SlackEmulator(**options) as slack:
        anna = slack.add_user("anna", real_name="Anna Berg")
        general = slack.add_channel("general", members=[anna])
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        yield Scene(slack, anna, general, client)


def still_clock() -> Clock:
    return Clock(running=False, start=NOON)


@dataclass
class Listener:
    """A real Bolt app that notes what it hears. `refuse` makes it fail, so that Bolt acknowledges nothing."""

    heard: list[dict[str, Any]]
    refuse: bool = False

    async def hear(self, body: dict[str, Any]) -> None:
        self.heard.append(body)
        if self.refuse:
            raise RuntimeError("this listener was told to fail")

    @property
    def events(self) -> list[dict[str, Any]]:
        return [body["event"] for body in self.heard]


async def _log_nothing(error: Exception) -> None:
    assert "told to fail" in str(error)


@asynccontextmanager
async def listening(slack: SlackEmulator, *, own_events: bool = False) -> AsyncIterator[Listener]:
    """Bolt in Socket Mode, connected. It hears every event, and acknowledges after its listener has finished."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, process_before_response=True, ignoring_self_events_enabled=not own_events)
    listener = Listener([])
    for event in HEARD:
        app.event(event)(listener.hear)
    app.error(_log_nothing)
    async with connected(slack, app):
        yield listener


@asynccontextmanager
async def connected(slack: SlackEmulator, app: AsyncApp) -> AsyncIterator[None]:
    """A Bolt app in Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.connections == 1)
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        await slack.until(lambda: slack.connections == 0)


async def heard(stage: Scene, count: int = 1, *, own_events: bool = False) -> list[dict[str, Any]]:
    """What Bolt hears when it connects now. The clock is turned, so that earlier events come as retries."""
    async with listening(stage.slack, own_events=own_events) as listener:
        stage.slack.clock.advance(3.0)
        await stage.slack.until(lambda: len(listener.heard) >= count)
        return list(listener.heard)


@asynccontextmanager
async def envelopes(stage: Scene) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare connection, already greeted, that gets every envelope and acknowledges none by itself."""
    async with aiohttp.ClientSession() as session, session.ws_connect(await socket_address(stage)) as socket:
        assert (await next_frame(socket))["type"] == "hello"
        yield socket


async def socket_address(stage: Scene) -> str:
    """A new address for one connection."""
    return str((await stage.client.apps_connections_open(app_token=stage.slack.app_token))["url"])


async def next_frame(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    frame: dict[str, Any] = await socket.receive_json(timeout=5)
    return frame


async def refusal(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The body of the answer to a call that Slack must refuse."""
    with pytest.raises(SlackApiError) as caught:
        await call
    body: dict[str, Any] = caught.value.response.data
    return body
