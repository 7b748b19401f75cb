"""A server behind a URL: whether a call that failed may have been carried out, and what the model hears."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from agent_worker.mcp import server as server_module
from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.secrets import Secrets
from tests.support.mcp.servers import Connected, connected, until
from tests.support.mcp.site import KEY, OddSite, odd_site


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(server_module, "PATIENCE", 2.0)


@pytest.fixture
async def site() -> AsyncIterator[OddSite]:
    async with odd_site() as site:
        yield site


def of(site: OddSite) -> ServerConfiguration:
    headers = {"Authorization": f"Bearer {KEY}"}
    return ServerConfiguration("web", url=site.url, headers=headers, secrets=Secrets(headers.values()))


@pytest.fixture
async def web_server(site: OddSite) -> AsyncIterator[Connected]:
    async with connected(of(site)) as server:
        yield server


UNKNOWN = "It is not known whether the call was carried out: the connection was lost."


async def test_a_tool_behind_a_url_is_called(site: OddSite, web_server: Connected) -> None:
    assert await web_server.call("web__look") == {"output": "fine"}


async def test_an_error_page_leaves_it_open_whether_the_call_was_carried_out(
    site: OddSite, web_server: Connected
) -> None:
    site.answer = 502

    assert await web_server.call("web__look") == {"error": UNKNOWN}
    assert site.calls == ["look"]


async def test_a_connection_that_breaks_in_a_call_leaves_it_open_and_the_next_call_works(
    site: OddSite, web_server: Connected
) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    site.answer = hang_up
    assert await web_server.call("web__look") == {"error": UNKNOWN}

    site.answer = "fine again"
    assert await web_server.call("web__look") == {"output": "fine again"}


async def test_an_answer_that_is_too_large_is_an_error_and_the_next_call_works(
    site: OddSite, web_server: Connected
) -> None:
    site.answer = "x" * 5_000_000
    result = await web_server.call("web__look")
    assert result == {"error": "The server web has answered the call, but its answer has more than 4 MB."}

    site.answer = "fine again"
    assert await web_server.call("web__look") == {"output": "fine again"}
    assert site.begun == 1


async def test_a_call_that_was_refused_before_it_began_is_made_with_a_new_session(
    site: OddSite, web_server: Connected
) -> None:
    site.sessions.clear()

    assert await web_server.call("web__look") == {"output": "fine"}
    assert (site.begun, site.calls) == (2, ["look"])


async def test_a_site_that_was_restarted_is_found_again_within_the_call(site: OddSite, web_server: Connected) -> None:
    await site.stop()
    await site.start()

    assert await web_server.call("web__look") == {"output": "fine"}


async def test_a_site_that_is_gone_is_away_and_comes_back_by_itself(
    site: OddSite, web_server: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "PATIENCE", 0.05)
    await site.stop()

    result = await web_server.call("web__look")
    assert result["error"].startswith("The server web is away just now (cannot be reached), so the call was not")

    await site.start()
    await until(lambda: not web_server.server.away)
    assert await web_server.call("web__look") == {"output": "fine"}


@pytest.mark.parametrize(("status", "reason"), [(429, "cannot answer just now"), (503, "has failed")])
async def test_a_site_that_does_not_work_is_away_with_its_status(site: OddSite, status: int, reason: str) -> None:
    site.status = status

    async with connected(of(site)) as server:
        assert server.server.away == f"{reason} (HTTP status {status})"


async def test_a_site_that_refuses_the_credentials_is_away_and_its_page_is_not_repeated(site: OddSite) -> None:
    site.status = 401

    async with connected(of(site)) as server:
        assert server.server.away == "refuses the credentials (HTTP status 401)"
        assert server.source.tools() == {}


@pytest.mark.parametrize(("status", "body"), [(504, {"message": "timed out"}), (408, {}), (202, {})])
async def test_an_answer_of_something_in_between_leaves_it_open_whether_the_call_was_carried_out(
    site: OddSite, web_server: Connected, status: int, body: dict[str, str]
) -> None:
    async def gateway(request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status)

    site.answer = gateway

    result = await web_server.call("web__look")

    assert result["error"].startswith("It is not known whether the call was carried out: ")
    assert site.calls == ["look"]


@pytest.mark.parametrize(("status", "says"), [(500, "boom"), (400, "boom"), (404, "boom")])
async def test_an_error_of_the_protocol_is_told_whatever_its_status(
    site: OddSite, web_server: Connected, status: int, says: str
) -> None:
    async def fail(request: web.Request) -> web.StreamResponse:
        error = {"code": -32000, "message": says}
        return web.json_response({"jsonrpc": "2.0", "id": 7, "error": error}, status=status)

    site.answer = fail

    result = await web_server.call("web__look")

    if status == 404:  # the protocol says that the session is gone then
        assert site.begun > 1
    else:
        assert result == {"error": "The server web says: boom"}
        assert site.calls == ["look"]


async def test_a_bad_request_is_a_forgotten_session_only_if_it_says_so(site: OddSite, web_server: Connected) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": "no such owner"}, status=400)

    site.answer = refuse

    assert "error" in await web_server.call("web__look")
    assert (site.begun, site.calls) == (1, ["look"])


async def test_a_compressed_answer_is_not_unpacked(site: OddSite, web_server: Connected) -> None:
    asked: list[str] = []

    async def bomb(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["Accept-Encoding"])
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=gzip.compress(b"x" * 50_000_000), headers=headers)

    site.answer = bomb

    result = await web_server.call("web__look")

    assert result == {"error": "The server web has answered the call, but its answer cannot be read."}
    assert asked == ["identity"]
