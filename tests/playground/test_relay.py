"""Requests and answers go through the relay unchanged and at once; its targets can be switched or cut off."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from agent_worker.activities.call_origin import HEADER, CallOrigin
from playground.call_log import CallLog
from playground.relay import Relay


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@asynccontextmanager
async def service(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def echo(request: web.Request) -> web.Response:
    """Answers with the request that has arrived."""
    arrived = [request.method, request.raw_path, request.headers.get("X-Key", ""), await request.text()]
    return web.json_response(arrived, status=418, headers={"Retry-After": "7"})


async def test_requests_and_answers_go_through_unchanged(session: aiohttp.ClientSession) -> None:
    async with service(echo) as address, Relay({"a": f"{address}/base/"}) as relay:
        url = f"{relay.address('a')}/v1/x%2Fy:z?q=1&r=%20"
        async with session.post(url, data="words", headers={"X-Key": "secret"}) as answer:
            told = await answer.json()

    assert told == ["POST", "/base/v1/x%2Fy:z?q=1&r=%20", "secret", "words"]
    assert (answer.status, answer.headers["Retry-After"]) == (418, "7")


async def test_a_compressed_body_stays_as_it_is(session: aiohttp.ClientSession) -> None:
    async def packed(_request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"words"), headers={"Content-Encoding": "gzip"})

    async with service(packed) as address, Relay({"a": address}) as relay:
        answer = await session.get(relay.address("a"))

        assert await answer.text() == "words"


async def test_a_stream_arrives_piece_by_piece(session: aiohttp.ClientSession) -> None:
    more = asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await more.wait()
        await response.write(b"second")
        return response

    async with service(stream) as address, Relay({"a": address}) as relay:
        answer = await session.get(relay.address("a"))

        assert await answer.content.readany() == b"first"
        more.set()
        assert await answer.content.readany() == b"second"


async def test_a_caller_that_hangs_up_ends_the_request_to_the_service_too(session: aiohttp.ClientSession) -> None:
    begun, abandoned = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            abandoned.set()
        return web.Response()

    async with service(slow) as address, Relay({"a": address}) as relay:
        calling = asyncio.create_task(session.post(relay.address("a")).__aenter__())
        await begun.wait()
        calling.cancel()

        await asyncio.wait_for(abandoned.wait(), 10)


async def test_a_target_is_switched_while_it_runs(session: aiohttp.ClientSession) -> None:
    async def other(_request: web.Request) -> web.Response:
        return web.Response(text="the other")

    async with service(echo) as first, service(other) as second, Relay({"a": first}) as relay:
        before = await session.get(relay.address("a"))
        relay.targets["a"] = second
        after = await session.get(relay.address("a"))

        assert (before.status, await after.text()) == (418, "the other")


@pytest.mark.parametrize("how", ["taken away", "not there"])
async def test_a_target_that_is_away_answers_nothing(session: aiohttp.ClientSession, how: str) -> None:
    async with service(echo) as address, Relay({"a": address}) as relay:
        if how == "taken away":
            relay.away.add("a")
        else:
            relay.targets["a"] = "http://127.0.0.1:9"
        with pytest.raises(aiohttp.ClientError):
            await session.post(relay.address("a"))

        relay.away.clear()
        relay.targets["a"] = address
        assert (await session.post(relay.address("a"))).status == 418


async def test_an_unknown_name_is_not_found(session: aiohttp.ClientSession) -> None:
    async with Relay({}) as relay, session.get(relay.address("a")) as answer:
        assert answer.status == 404


async def test_what_an_activity_asks_of_gemini_is_noted_with_its_answer(session: aiohttp.ClientSession) -> None:
    async def model(request: web.Request) -> web.Response:
        accepted = request.headers["Accept-Encoding"]
        return web.json_response([accepted, HEADER in request.headers, await request.text()])

    log, origin = CallLog(), CallOrigin("run", "7", 1, "slack:T1:C1:1.0")
    async with service(model) as address, Relay({"a": address, "b": address}, gemini="a", log=log) as relay:
        for name in ("a", "b"):
            url = f"{relay.address(name)}/v1/models/m:generateContent"
            await session.post(url, data="words", headers={HEADER: origin.written(), "x-goog-api-key": "secret"})

    (noted,) = log.gemini.of("run", "7")
    assert (noted.path, noted.request, noted.status) == ("/v1/models/m:generateContent", b"words", 200)
    assert bytes(noted.answer) == b'["identity", false, "words"]'
    assert noted.ended is not None
    assert "secret" not in repr(noted)


async def test_a_request_that_gets_no_answer_is_noted_as_such(session: aiohttp.ClientSession) -> None:
    log, origin = CallLog(), CallOrigin("run", "7", 1, "slack:T1:C1:1.0")
    async with Relay({"a": "http://127.0.0.1:9"}, gemini="a", log=log) as relay:
        with pytest.raises(aiohttp.ClientError):
            await session.post(relay.address("a"), data="words", headers={HEADER: origin.written()})

    (noted,) = log.gemini.of("run", "7")
    assert (noted.request, noted.status, bytes(noted.answer)) == (b"words", 0, b"")
    assert noted.ended is not None
