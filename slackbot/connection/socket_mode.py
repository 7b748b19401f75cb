"""The bot's connection to Slack by Socket Mode: opened, kept, and opened again if it ends, hangs or is refused.

Slack's SDK has a client for Socket Mode, but it requests a new address only after a connection that worked. If Slack
refuses the handshake, it repeats the same address for ever, whose ticket is used up
(docs/decisions/0006-one-connection.md).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from process.settings import refuse
from process.slack_errors import TOKEN_REFUSED, error_code, retry_after
from slackbot.connection import frames
from slackbot.connection.backoff import Backoff
from slackbot.connection.frames import Frame

PING_INTERVAL = 10.0  # seconds; a connection that has not answered a ping after half of it is given up
# A connection may answer pings and still deliver nothing. One without an event for so long is opened again, and the bot
# catches up from its last event. Less than catch_up.OVERLAP, so that the watermark never passes what was missed.
LONGEST_QUIET = 300.0  # seconds
OPEN_TIMEOUT = 10.0  # seconds, for the handshake and then for Slack's greeting
# Bytes. A larger frame ends the connection, and the catch-up has to find what was in it. Slack names no limit; the
# client's own would be 4 MB.
LARGEST_FRAME = 32 * 1024 * 1024
CLOSE_TIMEOUT = 1.0  # seconds; a connection that hangs does not answer the close
SETTLED = 10.0  # seconds after which a connection counts as good, and the pauses between attempts begin anew
DRAIN_TIMEOUT = 5.0  # seconds; handing over takes less than Slack's 3 s, after which Slack sends the event again
_SENTENCES = {
    "link_disabled": "Socket Mode is switched off in the settings of the Slack app",
    "too_many_websockets": "Slack allows no more than ten connections for an app, and all are taken",
}
logger = logging.getLogger(__name__)


class SocketMode:
    """`async with SocketMode(…):` is connected when the block begins, and keeps one connection open until it ends.

    `on_lost` is called with the moment (seconds since 1970) from which on events may have been missed.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        on_lost: Callable[[float], None],
        *,
        ping_interval: float = PING_INTERVAL,
        longest_quiet: float = LONGEST_QUIET,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._on_lost = on_lost
        self._ping_interval = ping_interval
        self._longest_quiet = longest_quiet
        self._backoff = backoff or Backoff()
        self._clock = clock
        self._connected = asyncio.Event()
        self._last_frame = 0.0
        self._last_event = 0.0
        self._reason = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._handling: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    # Its state

    @property
    def state(self) -> str:
        """`connected`, `connecting`, or why Slack accepts no connection: `link_disabled`, `too_many_websockets`."""
        if self._connected.is_set():
            return "connected"
        return self._reason if self._reason in _SENTENCES else "connecting"

    @property
    def last_frame(self) -> float:
        """When the last frame arrived, be it the answer to a ping: seconds since 1970; 0 if there was none yet."""
        return self._last_frame

    async def connected(self) -> None:
        """Returns once there is a connection that Slack has greeted."""
        await self._connected.wait()

    async def ended(self) -> None:
        """Never returns; raises what has ended the connection for good, which is a defect of ours."""
        await asyncio.shield(self._keeping)

    # Begin and end

    async def __aenter__(self) -> Self:
        """Exits the process with code 2 if Slack refuses the app token."""
        self._session = aiohttp.ClientSession()
        self._keeping = asyncio.create_task(self._keep_connected())
        greeted = asyncio.create_task(self.connected())
        try:
            await asyncio.wait([self._keeping, greeted], return_when=asyncio.FIRST_COMPLETED)
            if self._keeping.done():
                self._keeping.result()
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
        """Takes no more events, waits for the listeners that are running, and only then closes the connection."""
        self._is_stopping = True
        if self._handling:
            await asyncio.wait(self._handling, timeout=DRAIN_TIMEOUT)
        await self._close()

    async def _close(self) -> None:
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        await self._session.close()

    async def _keep_connected(self) -> None:
        """One connection after the other. Raises SlackApiError if Slack refuses a token that never worked."""
        while True:
            began = time.monotonic()
            reason, wait = await self._connect()
            if self._connected.is_set():
                self._connected.clear()
                self._on_lost(self._last_event)
                if time.monotonic() - began > SETTLED:
                    self._backoff.reset()
            pause = self._backoff.next(wait)
            self._log_reason(reason, pause)
            await asyncio.sleep(pause)

    def _log_reason(self, reason: str, pause: float) -> None:
        """Logs why there is no connection, once for each change of the reason."""
        if reason == self._reason:
            return
        self._reason = reason
        message = _SENTENCES.get(reason, "no connection to Slack")
        logger.warning(message, extra={"reason": reason, "next_attempt_seconds": round(pause, 1)})

    # One connection

    async def _connect(self) -> tuple[str, float]:
        """Opens a connection and returns when it has ended: why, and how many seconds Slack wants us to wait."""
        try:
            self._socket = await self._open()
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

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        """Each attempt requests a new address, because the ticket in it works once."""
        answer = await self._app.client.apps_connections_open(app_token=self._app_token)
        async with asyncio.timeout(OPEN_TIMEOUT):
            return await self._session.ws_connect(
                str(answer["url"]),
                autoping=False,  # so that the answers to pings are seen here
                heartbeat=self._ping_interval,
                max_msg_size=LARGEST_FRAME,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                proxy=self._app.client.proxy,
            )

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        """Handles the frames until the connection ends; returns why it did."""
        try:
            async with asyncio.timeout(OPEN_TIMEOUT) as greeting_timeout:
                async for message in socket:
                    if message.type == aiohttp.WSMsgType.ERROR:
                        break
                    if reason := await self._receive(socket, message):
                        return reason
                    if self._connected.is_set():
                        greeting_timeout.reschedule(None)
        except (aiohttp.ClientError, ConnectionError) as error:
            return type(error).__name__
        except TimeoutError:
            return "not greeted"
        failure = socket.exception()
        return type(failure).__name__ if failure else "closed"

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse, message: aiohttp.WSMessage) -> str:
        """Handles one WebSocket message; returns why the connection has to end, "" if it does not."""
        self._note_frame()
        if message.type == aiohttp.WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type == aiohttp.WSMsgType.TEXT and (goodbye := self._take(frames.read(message.data))):
            return goodbye
        # Pings make sure that this is reached every few seconds.
        is_quiet = self._connected.is_set() and self._clock() - self._last_event > self._longest_quiet
        return "quiet" if is_quiet else ""

    def _note_frame(self) -> None:
        """Notes that a frame has arrived. Pings cause one every few seconds: if there was none, the process slept."""
        now = self._clock()
        if self._connected.is_set() and now - self._last_frame > 2 * self._ping_interval:
            self._on_lost(self._last_frame)
        self._last_frame = now

    def _take(self, frame: Frame) -> str:
        """Starts handling an event; returns Slack's reason if the frame announces the end of the connection."""
        if frame.get("type") == "disconnect":
            return str(frame.get("reason") or "disconnect")
        if frame.get("type") == "hello":
            self._reason = ""
            self._last_event = self._clock()
            self._connected.set()
            logger.info("connected to Slack", extra={"connections": frame.get("num_connections")})
        elif frame.get("envelope_id") and not self._is_stopping:  # when stopping, Slack sends it to the next process
            self._last_event = self._clock()
            task = asyncio.create_task(self._handle(frame))
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)
        return ""

    async def _handle(self, frame: Frame) -> None:
        """Runs Bolt's listener and acknowledges if it succeeded. Slack sends again what is not acknowledged."""
        request, answer = frames.request_of(frame), {}
        if request is None:
            logger.warning("an event that cannot be read is passed over", extra={"type": frame.get("type")})
        else:
            response = await self._app.async_dispatch(request)
            if response.status != 200:  # noqa: PLR2004
                return
            answer = frames.answer_of(frame, response)
        if self._socket is None:
            return
        try:
            await self._socket.send_json({"envelope_id": frame["envelope_id"], **answer})
        except (aiohttp.ClientError, ConnectionError):
            logger.warning("an acknowledgement was lost with its connection")
