"""Promises of a tool's request: which answers are final, which are worth another attempt, and that no address leaks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from pydantic import HttpUrl

from agent_worker.toolbox.http_request import LARGEST_ANSWER, get_object, get_text, post_object
from agent_worker.toolbox.tool import ToolError, ToolUnavailableError

BASE = HttpUrl("https://service.example/v1/?key=secret-key")

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer) -> httpx.AsyncClient:
    """A client that would follow redirects if it were asked to, and whose answers come from `answer`."""
    return httpx.AsyncClient(transport=httpx.MockTransport(answer), follow_redirects=True)


def always(status: int, text: str = "", headers: dict[str, str] | None = None) -> Answer:
    return lambda _request: httpx.Response(status, text=text, headers=headers)


async def test_path_pieces_are_appended_and_a_query_of_the_setting_is_kept() -> None:
    async with client(lambda request: httpx.Response(200, text=str(request.url))) as http:
        with_path = await get_text(http, BASE, "alerts", "NY", service="It")
        without_path = await get_text(http, BASE, service="It")

    assert with_path == "https://service.example/v1/alerts/NY?key=secret-key"
    assert without_path == "https://service.example/v1/?key=secret-key"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_busy_or_broken_service_is_worth_another_attempt(status: int) -> None:
    async with client(always(status)) as http:
        with pytest.raises(ToolUnavailableError, match=rf"^It cannot answer at the moment \(HTTP status {status}\)\.$"):
            await get_text(http, BASE, service="It")


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 410])
async def test_any_other_status_is_final(status: int) -> None:
    async with client(always(status)) as http:
        with pytest.raises(ToolError, match=rf"^It refused the request \(HTTP status {status}\)\.$"):
            await get_text(http, BASE, service="It")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status: int) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, headers={"Location": "http://127.0.0.1:1/metadata"})

    async with client(answer) as http:
        with pytest.raises(ToolError, match="It has moved elsewhere and was not followed"):
            await get_text(http, BASE, service="It")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx.ConnectError, "no connection"),
        (httpx.ReadTimeout, "it took too long"),
        (httpx.RemoteProtocolError, "the connection broke"),
        (httpx.DecodingError, "its answer was damaged"),
    ],
)
async def test_a_service_that_cannot_be_reached_is_worth_another_attempt(
    error: type[httpx.RequestError], why: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("no luck", request=request)

    async with client(answer) as http:
        with pytest.raises(ToolUnavailableError, match=rf"It could not be reached \({why}\)"):
            await get_text(http, BASE, service="It")


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1024 * 1024
            yield b"x" * (1024 * 1024)

    async with client(lambda _request: httpx.Response(200, content=endless())) as http:
        with pytest.raises(ToolError, match="too large to read"):
            await get_text(http, BASE, service="It")
    assert sent <= LARGEST_ANSWER + 2 * 1024 * 1024


@pytest.mark.parametrize("text", ["", "<html></html>", "[1]", "null", '{"a": 1'])
async def test_an_answer_that_is_no_json_object_is_an_error_for_the_model(text: str) -> None:
    async with client(always(200, text)) as http:
        with pytest.raises(ToolError, match="It gave an answer that cannot be understood"):
            await get_object(http, BASE, service="It")


@pytest.mark.parametrize("answer", [always(500), always(404), always(302), always(200, "junk")])
async def test_no_message_holds_the_address_or_its_key(answer: Answer) -> None:
    async with client(answer) as http:
        with pytest.raises((ToolError, ToolUnavailableError)) as caught:
            await get_object(http, BASE, "path", service="It")

    assert "secret-key" not in str(caught.value)
    assert "service.example" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 201])
async def test_a_post_sends_json_and_its_answer_may_say_that_something_was_created(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        said = {"method": request.method, "path": request.url.path, "key": request.headers["Idempotency-Key"]}
        return httpx.Response(status, json={**said, "body": json.loads(request.content)})

    async with client(answer) as http:
        told = await post_object(
            http, BASE, "tickets", service="It", body={"title": "é"}, headers={"Idempotency-Key": "1"}
        )

    assert told == {"method": "POST", "path": "/v1/tickets", "key": "1", "body": {"title": "é"}}


@pytest.mark.parametrize(
    ("status", "error"), [(202, ToolError), (302, ToolError), (422, ToolError), (503, ToolUnavailableError)]
)
async def test_a_post_that_is_answered_otherwise_has_failed(status: int, error: type[Exception]) -> None:
    async with client(always(status, "{}")) as http:
        with pytest.raises(error, match=rf"^It .*\(HTTP status {status}\)\.$"):
            await post_object(http, BASE, service="It", body={})
