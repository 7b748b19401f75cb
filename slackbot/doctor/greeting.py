"""Connects to Socket Mode, waits for Slack's greeting, and closes at once.

Slack sends each event over one of an app's connections (https://docs.slack.dev/apis/events-api/using-socket-mode), so
this one gets its share of what happens while it is open: some tenths of a second. Nothing that comes over it is
acknowledged, so Slack sends an event again, to the bot. A click or a command is not sent again: whoever made it in just
that moment is told by Slack that the app did not answer, and can do it again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from process.checkup.checks import StoppedError
from process.checkup.finding import failed, quoted, unknown
from slackbot.doctor.web_api import nothing_came_back
from text.json_shapes import mapping, string
from text.json_text import decoded

OPEN_TIMEOUT = 10.0  # seconds, for the handshake and for the greeting
CLOSE_TIMEOUT = 2.0  # seconds until Slack has confirmed the close, so that it counts this connection no more
_DISCONNECTED = {
    "link_disabled": failed(
        "Slack ends the connection: link_disabled",
        "switch Socket Mode on: api.slack.com/apps → your app → Socket Mode",
    ),
    "too_many_websockets": failed(
        "Slack ends the connection: too_many_websockets",
        "ten connections of this app are open, and Slack allows no more: stop bots that you do not need, and other "
        "programs that use this app's token",
    ),
}


@dataclass(frozen=True)
class Greeting:
    """`others` are the connections that the app has beside this one; `seconds` how long this one was open."""

    others: int
    seconds: float


async def greeting(client: AsyncWebClient, address: str) -> Greeting:
    """Connects to the address that apps.connections.open gave. Raises StoppedError if Slack does not greet."""
    timeout = aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT)
    try:
        async with (
            asyncio.timeout(OPEN_TIMEOUT),
            aiohttp.ClientSession() as session,
            session.ws_connect(address, proxy=client.proxy, timeout=timeout) as socket,
        ):
            began = time.monotonic()
            others = _others(await _first_frame(socket))
            await socket.close()
            return Greeting(others, time.monotonic() - began)
    except aiohttp.WSServerHandshakeError as error:
        told = f"the connection is refused with HTTP status {error.status} {quoted(error.message)}"
        mend = "a proxy that does not let WebSockets through may be in between: see HTTPS_PROXY"
        raise StoppedError(failed(told, mend)) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise StoppedError(nothing_came_back(client, error)) from None


async def _first_frame(socket: aiohttp.ClientWebSocketResponse) -> Mapping[str, Any]:
    """What Slack says first. Raises StoppedError if it ends the connection instead."""
    message = await socket.receive()
    if message.type != aiohttp.WSMsgType.TEXT:
        told = f"the connection ends before Slack's greeting ({message.type.name}, code {socket.close_code})"
        raise StoppedError(unknown(told, "try again in a minute"))
    return mapping(decoded(message.data))


def _others(frame: Mapping[str, Any]) -> int:
    """How many other connections the app has, as the greeting tells. Raises StoppedError if it is no greeting."""
    kind, reason = string(frame.get("type")), string(frame.get("reason"))
    if kind == "hello":
        connections = frame.get("num_connections")
        return max(connections - 1, 0) if isinstance(connections, int) else 0
    if reason in _DISCONNECTED:
        raise StoppedError(_DISCONNECTED[reason])
    told = f"in place of its greeting, Slack says {quoted(' '.join(filter(None, [kind, reason])))}"
    raise StoppedError(unknown(told, "try again in a minute"))
