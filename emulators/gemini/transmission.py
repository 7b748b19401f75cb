"""Sends an answer over HTTP: whole, in chunks, late, or broken off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators.gemini.answers import Answer, Json, Said
from emulators.gemini.faults import Cut, ErrorInStream, Raw, Slow
from emulators.gemini.holds import StoppingStream
from emulators.gemini.pace import Paced, write
from emulators.gemini.request import ModelRequest
from emulators.gemini.response_body import BodyWriter

Chunk = Mapping[str, Any]


@dataclass(frozen=True)
class Sender:
    """Answers HTTP requests."""

    writer: BodyWriter

    async def send(self, http: web.Request, request: ModelRequest, answer: Answer) -> web.StreamResponse:
        """Send the answer. Raises TypeError for an answer of an unknown kind."""
        match answer:
            case Slow():
                await asyncio.sleep(answer.seconds)
                return await self.send(http, request, answer.answer)
            case Raw():
                headers = {"Content-Type": answer.content_type, **answer.headers}
                return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)
            case Cut():
                return await self._break_off(http, request, answer.middle_of)
            case ErrorInStream():
                return await self._fail(http, request, answer)
            case StoppingStream():
                return await self._stop(http, request, answer)
            case Said() | Json() | Paced():
                return await self._say(http, request, answer)
        raise TypeError(f"no such answer: {answer!r}")

    async def _say(self, http: web.Request, request: ModelRequest, answer: Said | Json | Paced) -> web.StreamResponse:
        if isinstance(answer, Paced):
            return await self._keep_pace(http, request, answer)
        if isinstance(answer, Json):
            return await _stream(http, [answer.response]) if request.streamed else web.json_response(answer.response)
        if request.streamed:
            return await _stream(http, self.writer.chunks(answer, request), pause=answer.pause)
        return web.json_response(self.writer.response(answer, request))

    async def _keep_pace(self, http: web.Request, request: ModelRequest, answer: Paced) -> web.StreamResponse:
        chunks = self.writer.chunks(answer.in_pieces(), request)
        if not request.streamed:
            await write(answer, chunks, _send_nothing)
            return web.json_response(self.writer.response(answer.said, request))
        response = await _start_stream(http)
        await write(answer, chunks, lambda chunk: _write(response, [chunk], pause=0.0))
        await response.write_eof()
        return response

    async def _break_off(self, http: web.Request, request: ModelRequest, said: Said | None) -> web.StreamResponse:
        """Drop the connection, after the first half of `said` if there is any."""
        if said is None:
            response: web.StreamResponse = web.Response()
        elif request.streamed:
            response = await _start_stream(http)
            await _write(response, self._first_half(said, request), pause=said.pause)
        else:
            response = await _start_body(http, json.dumps(self.writer.response(said, request)).encode())
        _drop(http)
        return response

    async def _fail(self, http: web.Request, request: ModelRequest, answer: ErrorInStream) -> web.StreamResponse:
        if not request.streamed:
            return await self.send(http, request, answer.error)
        said = answer.middle_of
        before = [] if said is None else self._first_half(said, request)
        return await _stream(http, [*before, json.loads(answer.error.body)], pause=said.pause if said else 0.0)

    async def _stop(self, http: web.Request, request: ModelRequest, answer: StoppingStream) -> web.StreamResponse:
        """Stream up to the held place, wait, and go on. Raises ValueError, a mistake of the test, if it cannot."""
        chunks = self.writer.chunks(answer.said, request)
        if not request.streamed or not 0 <= answer.after <= len(chunks):
            raise ValueError(f"no stream that could stop after {answer.after} of {len(chunks)} pieces")
        response = await _start_stream(http)
        await _write(response, chunks[: answer.after], pause=answer.said.pause)
        await answer.held.keep_waiting()
        if answer.held.is_cut:
            _drop(http)
            return response
        await _write(response, chunks[answer.after :], pause=answer.said.pause)
        await response.write_eof()
        return response

    def _first_half(self, said: Said, request: ModelRequest) -> Sequence[Chunk]:
        chunks = self.writer.chunks(said, request)
        return chunks[: len(chunks) // 2]


async def _stream(http: web.Request, chunks: Sequence[Chunk], *, pause: float = 0.0) -> web.StreamResponse:
    response = await _start_stream(http)
    await _write(response, chunks, pause=pause)
    await response.write_eof()
    return response


async def _start_stream(http: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(http)
    return response


async def _write(response: web.StreamResponse, chunks: Sequence[Chunk], *, pause: float) -> None:
    """Send each chunk as a server-sent event, `pause` seconds apart; no comments and no [DONE]."""
    for index, chunk in enumerate(chunks):
        if index and pause:
            await asyncio.sleep(pause)
        await response.write(f"data: {json.dumps(chunk)}\r\n\r\n".encode())


async def _send_nothing(chunk: Chunk) -> None:
    """The answer is sent whole, later."""


async def _start_body(http: web.Request, body: bytes) -> web.StreamResponse:
    """Send the first half of the body."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(http)
    await response.write(body[: len(body) // 2])
    return response


def _drop(http: web.Request) -> None:
    """Close the connection, so that nothing that the response still sends can arrive."""
    if http.transport is not None:
        http.transport.close()
