"""The bot's connection to Slack: Socket Mode, held open and made again whenever it ends, hangs or is refused.

Slack's SDK brings a client for this, but it asks for a new address only after a connection that worked: a refused
handshake it repeats for ever, with a ticket that is used up (docs/decisions/0006-one-connection.md).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from process.settings import refuse
from process.slack_errors import TOKEN_REFUSED, error_code, retry_after
from slackbot.connection.backoff import Backoff

PING_INTERVAL = 10.0  # seconds; half of it later a connection that has not answered is given up
# A connection may answer pings and still deliver nothing. One that has brought no event for so long is made anew, and
# what came meanwhile is looked for: less than catch_up.OVERLAP, so that the mark never passes what was not heard.
QUIET = 300.0  # seconds
OPEN_TIMEOUT = 10.0  # seconds, for the handshake
CLOSE_TIMEOUT = 1.0  # seconds; a connection that hangs does not say goodbye
SETTLED = 10.0  # seconds; a connection that lasted longer was a good one
DRAIN_TIMEOUT = 5.0  # seconds; a hand-over takes less than Slack's 3 s, or Slack redelivers it
_SENTENCES = {
    "link_disabled": "Socket Mode is switched off in the settings of the Slack app",
    "too_many_websockets": "Slack allows no more than ten connections for an app, and all are taken",
}
logger = logging.getLogger(__name__)


class SocketMode:
    """`async with SocketMode(…):` is connected when the block begins, and keeps connecting until it ends.

    `lost` is told since when (seconds since 1970) events may have been missed. Never are there two connections.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        lost: Callable[[float], None],
        *,
        ping_interval: float = PING_INTERVAL,
        quiet: float = QUIET,
        backoff: Backoff | None = None,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._lost = lost
        self._ping_interval = ping_interval
        self._quiet = quiet
        self._backoff = backoff or Backoff()
        self._connected = asyncio.Event()
        self._last_frame = 0.0
        self._last_event = 0.0
        self._reason = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._is_draining = False

    # For others to see

    @property
    def state(self) -> str:
        """`connected`, `connecting`, or why Slack wants no connection: `link_disabled`, `too_many_websockets`."""
        if self._connected.is_set():
            return "connected"
        return self._reason if self._reason in _SENTENCES else "connecting"

    @property
    def last_frame(self) -> float:
        """When Slack was last heard, be it with an answer to a ping: seconds since 1970; 0 when it never was."""
        return self._last_frame

    async def connected(self) -> None:
        """Returns when there is a connection that Slack has greeted."""
        await self._connected.wait()

    async def ended(self) -> None:
        """Never returns; raises what ended the connection for good, which is a defect."""
        await asyncio.shield(self._holding)

    # Its life

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._holding = asyncio.create_task(self._hold())
        greeted = asyncio.create_task(self.connected())
        try:
            await asyncio.wait([self._holding, greeted], return_when=asyncio.FIRST_COMPLETED)
            if self._holding.done():
                self._holding.result()
        except SlackApiError as error:
            await self._close()
            reason = f"Slack refuses it ({error_code(error)}); it takes an App-Level Token with connections:write"
            refuse([f"SLACK_APP_TOKEN: {reason}"])
        except BaseException:
            await self._close()
            raise
        finally:
            greeted.cancel()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes no more events, finishes handing over what it has, and only then closes the connection."""
        self._is_draining = True
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN_TIMEOUT)
        await self._close()

    async def _close(self) -> None:
        self._holding.cancel()
        await asyncio.gather(self._holding, return_exceptions=True)
        await self._session.close()

    async def _hold(self) -> None:
        """One connection after the other. Raises SlackApiError when Slack refuses the token before it ever took it."""
        while True:
            began = time.monotonic()
            reason, wait = await self._connect()
            if self._connected.is_set():
                self._connected.clear()
                self._lost(self._last_event)
                if time.monotonic() - began > SETTLED:
                    self._backoff.reset()
            pause = self._backoff.next(wait)
            self._tell(reason, pause)
            await asyncio.sleep(pause)

    def _tell(self, reason: str, pause: float) -> None:
        """One line for each change; an attempt that fails like the last one is no news."""
        if reason == self._reason:
            return
        self._reason = reason
        message = _SENTENCES.get(reason, "no connection to Slack")
        logger.warning(message, extra={"reason": reason, "next_attempt_seconds": round(pause, 1)})

    # One connection

    async def _connect(self) -> tuple[str, float]:
        """From its ticket to its end: why it ended, and for how many seconds Slack wants to be left alone."""
        try:
            answer = await self._app.client.apps_connections_open(app_token=self._app_token)
            async with asyncio.timeout(OPEN_TIMEOUT):
                self._socket = await self._session.ws_connect(
                    str(answer["url"]),
                    autoping=False,  # so that answers to pings are seen here
                    heartbeat=self._ping_interval,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                    proxy=self._app.client.proxy,
                )
        except SlackApiError as error:
            if error_code(error) in {*TOKEN_REFUSED, "missing_scope"} and not self._last_frame:
                raise
            return error_code(error), retry_after(error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return type(error).__name__, 0.0
        try:
            return await self._listen(self._socket), 0.0
        finally:
            await self._socket.close()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        """Takes up what arrives until the connection ends; why it did."""
        try:
            async with asyncio.timeout(OPEN_TIMEOUT) as patience:
                async for frame in socket:
                    if frame.type == aiohttp.WSMsgType.ERROR:
                        break
                    self._note_frame()
                    if frame.type == aiohttp.WSMsgType.PING:
                        await socket.pong(frame.data)
                    elif frame.type == aiohttp.WSMsgType.TEXT and (goodbye := self._take(_read(frame.data))):
                        return goodbye
                    if self._connected.is_set():
                        quiet_for = time.time() - self._last_event
                        patience.reschedule(asyncio.get_running_loop().time() + self._quiet - quiet_for)
        except TimeoutError:
            return "quiet" if self._connected.is_set() else "not greeted"
        except (aiohttp.ClientError, ConnectionError) as error:
            return type(error).__name__
        failure = socket.exception()
        return type(failure).__name__ if failure else "closed"

    def _note_frame(self) -> None:
        """Pings make sure that there is always a frame; where there was none, this process was asleep."""
        now = time.time()
        if self._connected.is_set() and now - self._last_frame > 2 * self._ping_interval:
            self._lost(self._last_frame)
        self._last_frame = now

    def _take(self, frame: dict[str, Any]) -> str:
        """Takes up one frame; the reason when it is a goodbye."""
        if frame.get("type") == "disconnect":
            return str(frame.get("reason") or "disconnect")
        if frame.get("type") == "hello":
            self._reason = ""
            self._last_event = time.time()
            self._connected.set()
            logger.info("connected to Slack", extra={"connections": frame.get("num_connections")})
        elif frame.get("envelope_id") and not self._is_draining:  # otherwise Slack hands it to the next process
            self._last_event = time.time()
            task = asyncio.create_task(self._handle(frame))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return ""

    async def _handle(self, frame: dict[str, Any]) -> None:
        """Runs Bolt's listeners to their end and acknowledges only then; Slack redelivers what is not acknowledged."""
        request, answer = _request(frame), {}
        if request is None:
            logger.warning("an event that cannot be read is passed over", extra={"type": frame.get("type")})
        else:
            response = await self._app.async_dispatch(request)
            if response.status != 200:  # noqa: PLR2004
                return
            answer = _answer(frame, response)
        if self._socket is None:
            return
        try:
            await self._socket.send_json({"envelope_id": frame["envelope_id"], **answer})
        except (aiohttp.ClientError, ConnectionError):
            logger.warning("an acknowledgement was lost with its connection")


def _answer(frame: dict[str, Any], response: BoltResponse) -> dict[str, Any]:
    """What a listener answers with its acknowledgement: to a command, or to a form that was submitted."""
    if not response.body or not frame.get("accepts_response_payload"):
        return {}
    is_json = any(kind.startswith("application/json") for kind in response.headers.get("content-type", []))
    return {"payload": json.loads(response.body) if is_json else {"text": response.body}}


def _request(frame: dict[str, Any]) -> AsyncBoltRequest | None:
    """What Bolt can find a listener for; None for what it cannot read, however often that is delivered."""
    payload = frame.get("payload")
    event = payload.get("event") if isinstance(payload, dict) else None
    has_type = isinstance(event, dict) and isinstance(event.get("type"), str)
    if not isinstance(payload, dict) or (frame.get("type") == "events_api" and not has_type):
        return None
    if payload.get("type") == "block_actions" and not _names_what_was_pressed(payload):
        return None
    try:
        return AsyncBoltRequest(mode="socket_mode", body=payload)
    except (AttributeError, LookupError, TypeError, ValueError):  # Bolt expects every part in its usual form
        return None


def _names_what_was_pressed(payload: dict[str, Any]) -> bool:
    presses = payload.get("actions")
    press = presses[0] if isinstance(presses, list) and presses else None
    return isinstance(press, dict) and isinstance(press.get("action_id"), str)


def _read(text: str) -> dict[str, Any]:
    """One frame; what is not an object says nothing to us, and must not end the connection."""
    try:
        frame = json.loads(text)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}
