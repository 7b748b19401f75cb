"""The page as a browser uses it: an emulated Slack with its page, and a client that receives patches and acts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.emulator import SlackEmulator
from playground.page.site import Site
from playground.page.surroundings import Surroundings

Json = dict[str, Any]
Value = TypeVar("Value")


@dataclass
class Following:
    """What an open page knows. `patches` are the patches that it has received; the first holds everything."""

    shown: dict[str, Json] = field(default_factory=dict)
    patches: list[Json] = field(default_factory=list)
    _next_patch: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, patch: Json) -> None:
        self.patches.append(patch)
        if patch.get("reset"):
            self.shown.clear()
        self.shown.update(patch["set"])
        for key in patch["remove"]:
            del self.shown[key]
        self._next_patch.set()
        self._next_patch = asyncio.Event()

    async def until(self, condition: Callable[[], Value], seconds: float = 60) -> Value:
        """Waits until `condition` returns something true, looking again after each patch."""
        async with asyncio.timeout(seconds):
            while not (value := condition()):
                await self._next_patch.wait()
        return value

    def all(self, kind: str) -> dict[str, Json]:
        return {key: value for key, value in self.shown.items() if key.startswith(f"{kind}/")}


Page = TypeVar("Page", bound=Following)


class Visitor:
    """An HTTP client of the page: `async with Visitor(url) as visitor:`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(self._url)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    @asynccontextmanager
    async def following(self, open_page: Page) -> AsyncIterator[Page]:
        """Opens the page. It has everything when the block begins."""
        async with self.session.get("/page/live") as response:
            assert response.content_type == "text/event-stream"
            reading = asyncio.create_task(self._read(response, open_page))
            try:
                await open_page.until(lambda: open_page.patches)
                yield open_page
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, response: aiohttp.ClientResponse, open_page: Following) -> None:
        async for line in response.content:
            if line.startswith(b"data: "):
                open_page.take(json.loads(line[6:]))

    async def get(self, path: str, **query: str) -> tuple[int, Json]:
        async with self.session.get(path, params=query) as response:
            return response.status, await response.json()

    async def post(self, path: str, content: Any) -> tuple[int, Json]:
        async with self.session.post(path, json=content) as response:
            return response.status, await response.json()

    async def do(self, what: str, /, **fields: Any) -> Json:
        """Carries out an action that must succeed, and returns the answer."""
        status, answer = await self.post(f"/page/do/{what}", fields)
        assert status == 200, answer
        return answer

    async def refused(self, what: str, /, **fields: Any) -> tuple[int, str]:
        """Sends a request that must be refused. Returns the status and the sentence."""
        status, answer = await self.post(f"/page/{what}", fields)
        return status, answer["error"]

    async def break_(self, what: str, /, **fields: Any) -> None:
        status, answer = await self.post(f"/page/break/{what}", fields)
        assert status == 200, answer


@dataclass(frozen=True)
class Scene:
    """A Slack with its page: Anna and Ben in #general, Anna alone with the app in #secret. No worker and no bot run."""

    slack: SlackEmulator
    around: Surroundings
    visitor: Visitor
    client: AsyncWebClient  # of the app
    anna: str
    ben: str
    general: str
    secret: str


@asynccontextmanager
async def scene(around: Surroundings | None = None, **options: Any) -> AsyncIterator[Scene]:
    slack, surroundings = SlackEmulator(**options), around or Surroundings()
    slack.add_routes(Site(slack, surroundings).routes())
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(slack)
        visitor = await stack.enter_async_context(Visitor(slack.url))
        anna = slack.add_user("anna", real_name="Anna Berg")
        ben = slack.add_user("ben", real_name="Ben Lee")
        general = slack.add_channel("general", members=[anna, ben])
        secret = slack.add_channel("secret", members=[anna], is_private=True)
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        yield Scene(slack, surroundings, visitor, client, anna, ben, general, secret)
