"""An MCP server that is a program: started, spoken to through its standard input and output, and ended."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp.types import ErrorData, JSONRPCError, JSONRPCRequest, JSONRPCResponse, jsonrpc_message_adapter

from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.connection import guardian
from agent_worker.mcp.connection.failures import NO_MESSAGE, OURS, TOO_LARGE, UNREADABLE
from agent_worker.mcp.connection.lines import LONGEST_LINE, LONGEST_SKIPPED, Lines, SkippedLine
from text.characters import for_terminal
from text.lines import cut

PIECE = 64 * 1024  # bytes that are read at once
MOST_ASKED = 1000  # requests of the program that wait for their answers, because it does not read
MOST_GARBAGE = 100  # lines in a row that are no messages, after which the program is believed to speak none
LAST_WORDS = 20  # lines of standard error that are kept
LONGEST_WORDS = 200  # characters of such a line
LAST_MOMENT = 0.2  # seconds in which what a program has written last is read
TIME_TO_LEAVE = 1.0  # seconds that a program has to end by itself, when nobody speaks to it any more
TIME_TO_END = guardian.GRACE + 2.0  # seconds that its guardian has to end it

Incoming = MemoryObjectSendStream[SessionMessage | Exception]
Streams = tuple[MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]]
Pipe = TypeVar("Pipe")
logger = logging.getLogger(__name__)


class NotStartedError(Exception):
    """The program cannot be started. The message says why, in a few plain words."""


class Program:
    """One run of a server's program. `last_words` are the last lines that it wrote to standard error."""

    def __init__(self, configuration: ServerConfiguration) -> None:
        self._configuration = configuration
        self._garbage = 0
        self._asked = 0
        self.last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self.ended = asyncio.Event()  # its output has ended, so nothing more comes
        self.reason = "has ended the connection"

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[Streams]:
        """The program's messages, and the way to send it some, while it runs. Raises NotStartedError."""
        life, process = await self._start()
        incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
        tasks = [
            asyncio.create_task(self._hear(process, incoming)),
            asyncio.create_task(self._say(process, outgoing)),
            asyncio.create_task(self._note_errors(process)),
        ]
        try:
            yield read, write
        finally:
            for stream in (read, write, incoming, outgoing):
                stream.close()
            await asyncio.shield(self._end(process, life, tasks))

    async def _start(self) -> tuple[int, asyncio.subprocess.Process]:
        """The end of the pipe that keeps the program alive, and the program's guardian."""
        configuration = self._configuration
        environment = {**get_default_environment(), **configuration.env}
        folder = configuration.cwd or "."
        _check_there_is(configuration.command, folder, environment.get("PATH"))
        watched, life = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", guardian.__file__, str(watched)),
                *(configuration.command, *configuration.args),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                cwd=folder,
                pass_fds=[watched],
                start_new_session=True,
            )
        except BaseException:
            os.close(life)
            raise
        finally:
            os.close(watched)
        return life, process

    async def _hear(self, process: asyncio.subprocess.Process, incoming: Incoming) -> None:
        """Hands on each message of the program, until its output ends or is of no use."""
        stdout = _open(process.stdout)
        lines = Lines()
        try:
            while data := await stdout.read(PIECE):
                for line in lines.feed(data):
                    if isinstance(line, SkippedLine) or line.strip():  # a program may write empty lines for ever
                        await self._take(line, incoming)
                if lines.size > LONGEST_SKIPPED or self._garbage > MOST_GARBAGE:
                    logger.warning("an MCP server writes what is no message", extra=self._facts)
                    break
                if self._asked > MOST_ASKED:
                    logger.warning("an MCP server asks and does not read the answers", extra=self._facts)
                    break
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionError):
            pass  # nobody listens any more
        finally:
            incoming.close()
            self.ended.set()

    async def _take(self, line: bytes | SkippedLine, incoming: Incoming) -> None:
        if isinstance(line, SkippedLine):
            logger.warning("a message of an MCP server is too large", extra={**self._facts, "bytes": line.size})
            await _answer(line, TOO_LARGE.format(LONGEST_LINE // 1_000_000), incoming)
            return
        try:
            message = SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
        except ValueError:
            self._garbage += 1
            if self._garbage == 1:
                logger.warning("an MCP server writes lines that are no messages", extra=self._facts)
            await _answer(SkippedLine.of(line), NO_MESSAGE, incoming)
            return
        self._garbage = 0
        self._asked += isinstance(message.message, JSONRPCRequest)
        await incoming.send(message)

    async def _say(
        self, process: asyncio.subprocess.Process, outgoing: MemoryObjectReceiveStream[SessionMessage]
    ) -> None:
        stdin = _open(process.stdin)
        with suppress(ConnectionError, anyio.ClosedResourceError):
            async for sent in outgoing:
                text = sent.message.model_dump_json(by_alias=True, exclude_unset=True)
                stdin.write(text.encode() + b"\n")
                await stdin.drain()
                self._asked -= isinstance(sent.message, JSONRPCResponse | JSONRPCError)
        outgoing.close()

    async def _note_errors(self, process: asyncio.subprocess.Process) -> None:
        """Keeps the last lines. They are not logged: they may quote what people say."""
        stderr = _open(process.stderr)
        lines = Lines(longest=PIECE)
        with suppress(ConnectionError):
            while data := await stderr.read(PIECE):
                for line in lines.feed(data)[-LAST_WORDS:]:
                    written = line if isinstance(line, bytes) else line.beginning
                    said = self._configuration.secrets.hidden(written.decode("utf-8", errors="replace"))
                    self.last_words.append(cut(for_terminal(said).strip(), LONGEST_WORDS))

    async def _end(self, process: asyncio.subprocess.Process, life: int, tasks: list[asyncio.Task[None]]) -> None:
        """Lets the program end, and ends it if it does not; returns when it is gone."""
        _open(process.stdin).close()
        has_left = False
        try:
            has_left = await _is_gone(process, TIME_TO_LEAVE)
            if not has_left:
                os.close(life)
                life = -1
                if not await _is_gone(process, TIME_TO_END):
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
        finally:
            if life >= 0:
                os.close(life)
            await asyncio.wait(tasks, timeout=LAST_MOMENT)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if has_left and process.returncode:
                self.reason = f"has ended with exit code {process.returncode}"
            getattr(process, "_transport").close()  # noqa: B009  a descendant may hold its pipes open for ever

    @property
    def _facts(self) -> dict[str, str]:
        return {"server": self._configuration.name}


def _open(pipe: Pipe | None) -> Pipe:
    """The pipe, which there is because it was asked for."""
    if pipe is None:
        raise RuntimeError("a program was started without a pipe")
    return pipe


def _check_there_is(command: str, folder: str, path: str | None) -> None:
    """Raises NotStartedError if there is no such program, or no such working directory."""
    if not Path(folder).is_dir():
        raise NotStartedError("its working directory does not exist")
    if not shutil.which(str(Path(folder) / command) if "/" in command else command, path=path):
        raise NotStartedError("its command is not found")


async def _answer(line: SkippedLine, reason: str, incoming: Incoming) -> None:
    """Answers the request that the line seems to answer: otherwise the call would wait until its time is over."""
    if line.request_id is not None:
        problem = ErrorData(code=UNREADABLE, message=reason, data=OURS)
        await incoming.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=line.request_id, error=problem)))


async def _is_gone(process: asyncio.subprocess.Process, seconds: float) -> bool:
    """Whether the process ends within the time. `Process.wait` would also wait for everybody who has its pipes."""
    loop = asyncio.get_running_loop()
    latest = loop.time() + seconds
    while process.returncode is None and loop.time() < latest:  # noqa: ASYNC110  asyncio has no event for it
        await asyncio.sleep(0.02)
    return process.returncode is not None
