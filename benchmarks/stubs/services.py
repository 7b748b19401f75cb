"""The emulated Slack, Gemini and services of the tools for one contender, each with a set latency."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from benchmarks.stubs.model import StubModel
from emulators.gemini.answers import text
from emulators.gemini.emulator import GeminiEmulator
from emulators.slack.emulator import SlackEmulator
from emulators.slack.state.changes import Change
from emulators.world.emulator import WorldEmulator
from process.door import Handler

AREAS = {"New York": "NY", "California": "CA"}


@dataclass(frozen=True)
class Latencies:
    """Seconds that a model call, a request to a tool's service, and a call of Slack's Web API take.

    With `tokens_per_second`, those of the model are the ones before its first token; 0: the others follow at once.
    """

    model: float = 0.0
    tool: float = 0.0
    slack: float = 0.0
    tokens_per_second: float = 0.0

    @property
    def name(self) -> str:
        times = "/".join(f"{seconds * 1000:.0f}" for seconds in (self.model, self.tool, self.slack)) + " ms"
        return times + (f", {self.tokens_per_second:.0f} tokens/s" if self.tokens_per_second else "")


NONE = Latencies()
REAL = Latencies(model=0.3, tool=0.1, slack=0.08)
LIFE = Latencies(model=1.5, tool=0.5, slack=0.15, tokens_per_second=80)


class ObservedSlack(SlackEmulator):
    """The emulated Slack, with access to the log of what people see."""

    def seen_after(self, number: int) -> Sequence[Change]:
        """The changes after the one with this number."""
        return self._backend.changes.after(number)

    @property
    def last_seen(self) -> int:
        """The number of the last change so far."""
        return self._backend.changes.last_number

    def is_finished(self, channel: str, ts: str) -> bool:
        """Whether the message exists and is not being streamed into any more."""
        message = self._backend.workspace.message(channel, ts)
        return message is not None and message.streaming_state in (None, "completed")

    async def something_happens(self, seconds: float) -> None:
        """Returns at the next change or call, or after `seconds`."""
        await self._backend.changes.wait(seconds)


class SlowWorld(WorldEmulator):
    """The tools' services, which answer after `seconds`."""

    seconds = 0.0

    def _application(self) -> web.Application:
        application = super()._application()
        application.middlewares.insert(0, self._delayed)
        return application

    @web.middleware
    async def _delayed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return await handler(request)


class Stubs:
    """`async with Stubs() as stubs:` runs them. They answer at once until `set_latencies` is called.

    `rate_limits`: whether Slack has its own.
    """

    def __init__(self, *, rate_limits: bool = False) -> None:
        self.slack = ObservedSlack(rate_limits=rate_limits)
        self.model = StubModel()
        self.gemini = GeminiEmulator(script=self.model)
        self.world = SlowWorld()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for emulator in (self.slack, self.gemini, self.world):
            await self._stack.enter_async_context(emulator)
        self.person = self.slack.add_user("anna", real_name="Anna Berg")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def set_latencies(self, latencies: Latencies) -> None:
        """Every request from now on takes this long."""
        self.model.seconds, self.model.tokens_per_second = latencies.model, latencies.tokens_per_second
        self.world.seconds = latencies.tool
        # The product asks for a title beside the answer, which is a model call too.
        self.gemini.title_answer = self.model.at_pace(text("A title"))
        self.slack.faults.clear()
        if latencies.slack:
            self.slack.faults.add(method="*", kind="slow", times=None, seconds=latencies.slack)

    def forget_requests(self) -> None:
        """Drops the recorded requests, which would fill the memory in a long conversation."""
        self.gemini.requests.clear()
        self.gemini.title_requests.clear()
        self.model.calls.clear()
        self.slack.calls.clear()

    @property
    def alerts(self) -> dict[str, int]:
        """The number of alerts that the weather service has, by the area's name."""
        return {name: sum(map(_is_actual, self.world.alerts[code])) for name, code in AREAS.items()}

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which a contender uses these stubs."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "GOOGLE_API_KEY": self.gemini.api_key,
            "GOOGLE_GEMINI_BASE_URL": self.gemini.base_url,
            "WEATHER_API_URL": self.world.weather_api_url,
            "IP_ADDRESS_URL": self.world.ip_address_url,
            "GEOLOCATION_URL": self.world.geolocation_url,
        }


def _is_actual(feature: dict[str, Any]) -> bool:
    return bool(feature["properties"]["status"] == "Actual")
