"""Sends an answer over HTTP: whole, in pieces, late, or broken off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.gemini.answers import Answer, Cut, Json, Raw, Said, Slow
from playground.gemini.received import ModelRequest
from playground.gemini.rendering import Writer

Chunk = Mapping[str, Any]


@dataclass(frozen=True)
class Sender:
    writer: Writer

    async def send(self, http: web.Request, request: ModelRequest, answer: Answer) -> web.StreamResponse:
        """Answers the HTTP request; raises TypeError for an answer of no known kind."""
        match answer:
            case Slow():
                await asyncio.sleep(answer.seconds)
                return await self.send(http, request, answer.answer)
            case Raw():
                headers = {"Content-Type": answer.content_type, **answer.headers}
                return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)
            case Cut():
                return await self._break_off(http, request, answer.middle_of)
            case Said() | Json():
                return await self._say(http, request, answer)
        raise TypeError(f"no such answer: {answer!r}")

    async def _say(self, http: web.Request, request: ModelRequest, answer: Said | Json) -> web.StreamResponse:
        if request.streamed:
            response = await _start_stream(http, self._chunks(answer, request))
            await response.write_eof()
            return response
        whole = self.writer.response(answer, request) if isinstance(answer, Said) else answer.response
        return web.json_response(whole)

    def _chunks(self, answer: Said | Json, request: ModelRequest) -> Collection[Chunk]:
        return self.writer.chunks(answer, request) if isinstance(answer, Said) else [answer.response]

    async def _break_off(self, http: web.Request, request: ModelRequest, said: Said | None) -> web.StreamResponse:
        """Drops the connection, after the first half of what was to be said."""
        if said is None:
            response: web.StreamResponse = web.Response()
        elif request.streamed:
            chunks = self.writer.chunks(said, request)
            response = await _start_stream(http, chunks[: len(chunks) // 2])
        else:
            response = await _start_body(http, json.dumps(self.writer.response(said, request)).encode())
        if http.transport is not None:
            http.transport.close()
        return response


async def _start_stream(http: web.Request, chunks: Collection[Chunk]) -> web.StreamResponse:
    """Server-sent events: no comments, no [DONE]."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(http)
    for chunk in chunks:
        await response.write(f"data: {json.dumps(chunk)}\r\n\r\n".encode())
    return response


async def _start_body(http: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(http)
    await response.write(body[: len(body) // 2])
    return response
