"""Socket Mode: tickets, WebSocket connections, frames to the app and acknowledgements from it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import WSMsgType, web

from emulators.slack.clock import Clock
from emulators.slack.state.changes import ChangeLog

MAX_CONNECTIONS = 10
WARNING_SECONDS = 10.0  # between the frames "warning" and "refresh_requested"
ANNOUNCED_SECONDS = 18_060  # how long a connection lasts, as `hello` says; connections here last longer

Frame = dict[str, Any]
Acknowledge = Callable[[str, dict[str, Any] | None], None]


@dataclass(eq=False)
class _Connection:
    """One open WebSocket. Frames leave in the order in which they came into the outbox; None closes the socket."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport
    outbox: asyncio.Queue[Frame | None] = field(default_factory=asyncio.Queue)
    is_silent: bool = False  # open, but no frame gets through in either direction

    async def write(self) -> None:
        """Send the frames of the outbox, until the socket is to be closed."""
        while (frame := await self.outbox.get()) is not None:
            if not self.is_silent:
                await self.socket.send_str(json.dumps(frame))
        await self.socket.close()

    def cut(self) -> None:
        """Cut the connection as a lost network does: without a close frame, and without the frames still to be sent."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class SocketMode:
    """The app's connections. Each frame goes to one of them, chosen at random."""

    def __init__(
        self,
        app_id: str,
        clock: Clock,
        chance: Random,
        changes: ChangeLog,
        *,
        is_switched_on: bool = True,
        hears_events: bool = True,
    ) -> None:
        """`hears_events` is False if the app-level token is of another app, whose events these are not.

        Where the app has Socket Mode switched off, each connection ends as Slack's documentation says: with the
        reason `link_disabled` (https://docs.slack.dev/apis/events-api/using-socket-mode). That Slack gives an address
        all the same is an assumption.
        """
        self._app_id = app_id
        self._is_switched_on = is_switched_on
        self._hears_events = hears_events
        self._clock = clock
        self._chance = chance
        self._changes = changes
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self.refusing = False
        self.refused_handshakes = 0
        self.acknowledge: Acknowledge = _ignore

    @property
    def connections(self) -> int:
        return len(self._connections)

    def new_ticket(self) -> str:
        """A ticket for one handshake."""
        ticket = secrets.token_urlsafe()
        self._tickets.add(ticket)
        return ticket

    def send(self, frame: Frame) -> bool:
        """Send a frame over one of the connections. False if there is none."""
        usable = [connection for connection in self._connections if not connection.socket.closed]
        if not (usable and self._hears_events):
            return False
        self._chance.choice(usable).outbox.put_nowait(frame)
        return True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET /link/: accept a connection. Its ticket is used up, also if the connection is refused."""
        if not self._admit(request.query.get("ticket", "")):
            self.refused_handshakes += 1
            self._changes.nudge()
            return web.Response(status=408, text="the ticket is not valid")
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        connection = _Connection(socket, transport)
        if refusal := self._refusal():
            await socket.send_str(json.dumps(_disconnect(refusal)))
            await socket.close()
            return socket
        await self._serve(connection)
        return socket

    def drop(self) -> None:
        """Cut every connection without a close frame."""
        for connection in self._forget_all():
            connection.cut()

    def silence(self) -> None:
        """Keep every connection open and let nothing more through, not even the answer to a ping."""
        for connection in self._connections:
            connection.is_silent = True

    def disconnect(self, reason: str) -> None:
        """Send `disconnect` to every connection and close it. A `warning` closes it ten seconds later."""
        if reason == "warning":
            warned = list(self._connections)
            for connection in warned:
                connection.outbox.put_nowait(_disconnect(reason))
            self._clock.call_after(WARNING_SECONDS, lambda: self._dismiss(warned, "refresh_requested"))
        else:
            self._dismiss(self._forget_all(), reason)

    def _dismiss(self, connections: list[_Connection], reason: str) -> None:
        for connection in connections:
            if connection in self._connections:
                self._connections.remove(connection)
            connection.outbox.put_nowait(_disconnect(reason))
            connection.outbox.put_nowait(None)
        self._changes.nudge()

    def _forget_all(self) -> list[_Connection]:
        forgotten, self._connections = self._connections, []
        self._changes.nudge()
        return forgotten

    def _refusal(self) -> str:
        """Why no connection is served any more; "" if one is."""
        if not self._is_switched_on:
            return "link_disabled"
        return "too_many_websockets" if self.connections >= MAX_CONNECTIONS else ""

    def _admit(self, ticket: str) -> bool:
        known = ticket in self._tickets
        self._tickets.discard(ticket)
        return known and not self.refusing

    async def _serve(self, connection: _Connection) -> None:
        self._connections.append(connection)
        connection.outbox.put_nowait(self._hello())
        writer = asyncio.create_task(connection.write())
        self._changes.nudge()
        try:
            async for message in connection.socket:
                if connection.is_silent:
                    continue
                if message.type == WSMsgType.PING:
                    await connection.socket.pong(message.data)
                elif message.type == WSMsgType.TEXT:
                    self._receive(message.data)
        finally:
            if connection in self._connections:
                self._connections.remove(connection)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._changes.nudge()

    def _receive(self, text: str) -> None:
        """Take an acknowledgement, which counts on any connection. Other frames are ignored."""
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if isinstance(frame, dict) and isinstance(frame.get("envelope_id"), str):
            self.acknowledge(frame["envelope_id"], frame.get("payload"))

    def _hello(self) -> Frame:
        return {
            "type": "hello",
            "num_connections": self.connections,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "applink-playground",
                "build_number": 10,
                "approximate_connection_time": ANNOUNCED_SECONDS,
            },
        }


def _ignore(_envelope_id: str, _answer: dict[str, Any] | None) -> None:
    """Takes acknowledgements as long as there are no deliveries."""


def _disconnect(reason: str) -> Frame:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}}
