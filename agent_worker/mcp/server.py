"""One MCP server: kept connected, its list of tools kept new, its tools called."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

from mcp import Client, MCPError
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import (
    CONNECTION_CLOSED,
    REQUEST_TIMEOUT,
    CallToolResult,
    Implementation,
    InputRequiredResult,
    Tool,
    ToolListChangedNotification,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from agent_worker.mcp.calls import Call, call_tool
from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.connection.failures import BROKEN, NOT_SENT, ChangedError, NotRunError
from agent_worker.mcp.connection.http import Site
from agent_worker.mcp.connection.stdio import NotStartedError, Program
from agent_worker.mcp.elicitation import Elicitation
from agent_worker.mcp.listing import Listing, take_list
from agent_worker.payloads.inputs import InputRequest
from process.log_records import Translated

LONGEST_START = 60.0  # seconds until a server has told its tools; npx and uvx download a server at its first start
BETWEEN_LISTS = 1.0  # seconds at least, however often a server says that its list has changed
LIST_TIMEOUT = 30.0  # seconds for one page of the list
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two attempts to connect, each twice as long as the last
PATIENCE = 5.0  # seconds that a call waits for a server that is away
logger = logging.getLogger(__name__)


Changed: TypeAlias = "Callable[[Server], Awaitable[None]]"


class Server:
    """`run` keeps it connected until it is cancelled; everything else can be asked at any time.

    `listed` are the tools that it told last, also while it is away; `away` says why it is away, "" if it is not.
    `told` is set once it is known whether the first attempt to connect succeeds.
    """

    def __init__(self, configuration: ServerConfiguration, changed: Changed | None = None) -> None:
        """`changed` is awaited when the list has been taken anew."""
        self.configuration = configuration
        self.listed: tuple[Tool, ...] = ()
        self.is_cut = False
        self.away = "is being connected"
        self.protocol = ""
        self.last_words: list[str] = []
        self.told = asyncio.Event()
        self._changed = changed
        self._source: Program | Site | None = None
        self._client: Client | None = None
        self._is_back = asyncio.Event()
        self._is_stale = asyncio.Event()
        self._holds_for = timedelta()
        self._away_since = time.monotonic()
        self._elicitation = Elicitation(configuration.name, configuration.secrets)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            began = loop.time()
            reason = await self._serve()
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError  # the end of a connection can swallow it
            self._lose(reason)
            self.told.set()
            logger.warning("an MCP server is away", extra={"server": self.name, "reason": Translated(self.away)})
            if loop.time() - began > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311  so that not all come at once
            pause = min(pause * 2, LONGEST_PAUSE)

    @property
    def name(self) -> str:
        return self.configuration.name

    async def call(self, call: Call, progress: ProgressFnT) -> CallToolResult | InputRequiredResult | InputRequest:
        """Calls a tool once. Raises NotRunError, LostError, UnreadableError, RefusedError or AskError.

        An InputRequest is what a server of the older protocol asks: its call has ended. If the caller is cancelled, the
        server is told so.
        """
        client = await self._connected()
        try:
            return await self._call_on(client, call, progress)
        except NotRunError:
            if self._source is None or not self._source.ended.is_set():
                raise  # another connection would not help
        return await self._call_on(await self._connected(), call, progress)

    async def _call_on(
        self, client: Client, call: Call, progress: ProgressFnT
    ) -> CallToolResult | InputRequiredResult | InputRequest:
        try:
            if client.protocol_version in MODERN_PROTOCOL_VERSIONS:
                return await call_tool(client, call, progress)
            calling = call_tool(client, replace(call, responses={}, state=None), progress)
            return await (self._elicitation.during(call.known, calling) if self.configuration.may_ask else calling)
        except ChangedError:
            self._is_stale.set()
            raise

    async def _connected(self) -> Client:
        """The client, after a wait if the server is away. Raises NotRunError if it stays away."""
        if self._source is not None and self._source.ended.is_set():
            self._lose(self.away or self._source.reason)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._is_back.wait()
        if self._client is None:
            raise NotRunError(self.away)
        return self._client

    @property
    def is_away_for_longer(self) -> bool:
        """Whether the server has been away for so long that a call need not wait for it."""
        return bool(self.away) and time.monotonic() - self._away_since > PATIENCE

    def _lose(self, reason: str) -> None:
        if not self.away:
            self._away_since = time.monotonic()
        self._client = None
        self._is_back.clear()
        self.away = reason

    # The connection

    async def _serve(self) -> str:
        """Connects, and keeps the list new until the connection has ended. Returns why it has."""
        source: Program | Site = Program(self.configuration) if self.configuration.command else Site(self.configuration)
        self._source, reason = source, ""
        try:
            async with self._client_of(source) as client:
                self._client, self.away = client, ""
                self._is_back.set()
                self.told.set()
                logger.info("an MCP server is connected", extra=self._facts(client))
                await self._keep_list(client, source)
                self._lose(source.reason)
        except Exception as error:  # noqa: BLE001  whatever the other side does, the others go on
            reason = _reason(error)
        finally:
            self.last_words = list(getattr(source, "last_words", ())) or self.last_words
        return reason or source.reason

    @asynccontextmanager
    async def _client_of(self, source: Program | Site) -> AsyncIterator[Client]:
        """A client that knows the server's tools. Raises TimeoutError if that takes too long."""
        client = Client(
            source.streams(),
            cache=None,
            read_timeout_seconds=LIST_TIMEOUT,
            message_handler=self._hear,
            elicitation_callback=self._elicitation.answer if self.configuration.may_ask else None,
            client_info=Implementation(name="trusted-slack-agent", version="1"),
        )
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(LONGEST_START):
                await stack.enter_async_context(client)
                await self._take(await take_list(client))
            yield client

    async def _keep_list(self, client: Client, source: Program | Site) -> None:
        """Takes the list anew when it has changed or is too old. Returns when the connection has ended."""
        ended = asyncio.create_task(source.ended.wait())
        stale = asyncio.create_task(self._is_stale.wait())
        listening = asyncio.create_task(self._listen(client))
        try:
            while not source.ended.is_set():
                await asyncio.wait(
                    [ended, stale], timeout=self._holds_for.total_seconds(), return_when=asyncio.FIRST_COMPLETED
                )
                if not source.ended.is_set():
                    self._is_stale.clear()  # before the list is taken: what changes from here on is taken the next time
                    stale = asyncio.create_task(self._is_stale.wait()) if stale.done() else stale
                    with suppress(MCPError):  # the list that is known is better than none
                        await self._take(await take_list(client))
                    await asyncio.wait([ended], timeout=BETWEEN_LISTS)
        finally:
            for task in (ended, stale, listening):
                task.cancel()
            await asyncio.gather(ended, stale, listening, return_exceptions=True)

    async def _listen(self, client: Client) -> None:
        """Hears from a server of the newer protocol that its list has changed; the older ones tell by themselves."""
        tools = client.server_capabilities.tools
        if client.protocol_version not in MODERN_PROTOCOL_VERSIONS or not (tools and tools.list_changed):
            return
        pause = FIRST_PAUSE
        while True:
            with suppress(MCPError, SubscriptionLost, TimeoutError):
                async with client.listen(tools_list_changed=True) as events:
                    pause = FIRST_PAUSE
                    async for _ in events:
                        self._is_stale.set()
            await asyncio.sleep(pause)
            self._is_stale.set()  # nobody has listened for a while
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._is_stale.set()

    async def _take(self, listing: Listing) -> None:
        self._holds_for = listing.holds_for
        self.listed, self.is_cut = listing.tools, listing.is_cut
        if self._changed is not None:
            await self._changed(self)

    def _facts(self, client: Client) -> dict[str, Any]:
        self.protocol = client.protocol_version
        return {"server": self.name, "protocol": self.protocol, "tools": len(self.listed)}


def _reason(error: BaseException) -> str:
    """Why there is no connection, as far as the error tells; "" if only the connection itself knows."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, NotStartedError):
        return str(error)
    if isinstance(error, TimeoutError) or (isinstance(error, MCPError) and error.code == REQUEST_TIMEOUT):
        return "does not answer"
    if isinstance(error, MCPError) and error.code not in (CONNECTION_CLOSED, NOT_SENT, BROKEN):
        return f"does not begin to talk (error {error.code})"
    return "" if isinstance(error, MCPError | OSError) else "says what cannot be understood"
