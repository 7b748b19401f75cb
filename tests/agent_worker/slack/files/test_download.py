"""Promises about downloads: only Slack sees the token, and each answer that is not the file is told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from aiohttp import web
from pydantic import HttpUrl, SecretStr
from temporalio.exceptions import ApplicationError

from agent_worker.payloads import errors
from agent_worker.slack.files.contents import UnreadableError
from agent_worker.slack.files.download import MOST_REDIRECTS, Download, SlackDownloads
from tests.support.agent_worker.sharing import NOTES, elsewhere, ids, made_of, named, shared, unreadable
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

TOKEN = SecretStr("xoxb-1")
Handler = Callable[[web.Request], web.StreamResponse]


@asynccontextmanager
async def downloads(answer: Handler) -> AsyncIterator[tuple[SlackDownloads, str]]:
    """The downloads of a worker whose Slack answers like this; and its address."""
    async with elsewhere(answer) as address, httpx.AsyncClient() as http:
        yield SlackDownloads(http, TOKEN, HttpUrl(f"{address}/api/")), address


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


class Recorder:
    """Stands in for the network: no request leaves, and those that would are noted."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.tokens: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        self.tokens.add(request.headers["Authorization"])
        return httpx.Response(200, content=b"hello")


async def test_the_token_is_never_sent_along_to_another_host(stage: SlackStage) -> None:
    asked: list[str] = []

    def there(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="from elsewhere")

    async with elsewhere(there) as address:
        parts = await made_of(stage, NOTES | {"redirect_to": f"{address}/there"})

    assert parts == unreadable("notes.txt", "its address is not one of Slack's")
    assert (asked, [download.outcome for download in stage.slack.downloads]) == ([], ["redirected"])


async def test_a_file_is_followed_within_slack(stage: SlackStage) -> None:
    content = shared(stage, NOTES | {"content": "moved"})
    target = stage.slack._backend.files.get(*ids(content))
    assert target is not None

    (part,) = await made_of(stage, NOTES | {"redirect_to": target.description["url_private"]})

    assert part == named("notes.txt", content="moved")


@pytest.mark.parametrize(
    ("slack", "address"),
    [
        ("https://slack.com/api/", "https://files.slack.com/files-pri/T1-F1/a.txt"),
        ("https://slack.com/api/", "https://acme.enterprise.slack.com/files-pri/T1-F1/a.txt"),
        ("https://www.slack.com/api/", "https://files.slack.com/files-pri/T1-F1/a.txt"),
        ("https://slack-gov.com/api/", "https://files.slack-gov.com/files-pri/T1-F1/a.txt"),
        ("http://127.0.0.1:8000/api/", "http://127.0.0.1:8000/files-pri/T1-F1/a.txt"),
    ],
)
async def test_files_are_asked_for_where_slack_keeps_them(slack: str, address: str) -> None:
    network = Recorder()
    async with httpx.AsyncClient(transport=httpx.MockTransport(network)) as http:
        download = await SlackDownloads(http, TOKEN, HttpUrl(slack)).fetch(address, 100)

    assert download == Download(b"hello", is_page=False)
    assert (network.urls, network.tokens) == ([address], {"Bearer xoxb-1"})


@pytest.mark.parametrize(
    ("slack", "address"),
    [
        ("https://slack.com/api/", "http://files.slack.com/a"),
        ("https://slack.com/api/", "https://files.slack.com:8443/a"),
        ("https://slack.com/api/", "https://files.slack.com.example.org/a"),
        ("https://slack.com/api/", "https://files-slack.com/a"),
        ("https://slack.com/api/", "https://files.slack.com@example.org/a"),
        ("https://slack.com/api/", "https://files.slack-gov.com/a"),
        ("https://slack.com/api/", "https://docs.google.com/a"),
        ("https://slack.com.example.org/api/", "https://files.slack.com/a"),
        ("http://127.0.0.1:8000/api/", "http://127.0.0.1:8001/a"),
        ("http://127.0.0.1:8000/api/", "https://127.0.0.1:8000/a"),
        ("http://127.0.0.1:8000/api/", "http://files.127.0.0.1:8000/a"),
        ("http://127.0.0.1:8000/api/", "https://files.slack.com/a"),
        ("https://slack.com/api/", "file:///etc/passwd"),
        ("https://slack.com/api/", "/files-pri/T1-F1/a"),
        ("https://slack.com/api/", "https://files.slack.com:port/a"),
    ],
)
async def test_no_other_address_is_asked(slack: str, address: str) -> None:
    network = Recorder()
    async with httpx.AsyncClient(transport=httpx.MockTransport(network)) as http:
        with pytest.raises(UnreadableError):
            await SlackDownloads(http, TOKEN, HttpUrl(slack)).fetch(address, 100)

    assert network.urls == []


async def test_a_file_that_is_sent_on_in_circles_is_not_followed_for_ever() -> None:
    asked: list[str] = []

    def around(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/again"})

    async with downloads(around) as (slack, address):
        with pytest.raises(UnreadableError):
            await slack.fetch(f"{address}/file", 100)

    assert asked == ["/file", *["/again"] * MOST_REDIRECTS]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "it has been deleted"),
        (410, "it has been deleted"),
        (401, "Slack does not show it to the app"),
        (403, "Slack does not show it to the app"),
        (204, "Slack does not show it to the app"),
    ],
)
async def test_a_refusal_is_final_and_says_why(status: int, reason: str) -> None:
    async with downloads(lambda _: web.Response(status=status)) as (slack, address):
        with pytest.raises(UnreadableError, match=reason):
            await slack.fetch(address, 100)


@pytest.mark.parametrize(
    ("status", "headers", "delay"),
    [(500, {}, None), (503, {"Retry-After": "soon"}, None), (429, {"Retry-After": "7"}, timedelta(seconds=7))],
)
async def test_what_passes_is_tried_again_when_slack_says(
    status: int, headers: dict[str, str], delay: timedelta | None
) -> None:
    async with downloads(lambda _: web.Response(status=status, headers=headers)) as (slack, address):
        with pytest.raises(ApplicationError, match=f"^slack_unavailable: download: http_{status}$") as raised:
            await slack.fetch(address, 100)

    assert (raised.value.type, raised.value.non_retryable) == (errors.SLACK_UNAVAILABLE, False)
    assert raised.value.next_retry_delay == delay


async def test_a_lost_connection_is_tried_again_and_the_error_names_no_address() -> None:
    async with downloads(lambda _: web.Response()) as (_, address):
        pass

    async with httpx.AsyncClient() as http:
        with pytest.raises(ApplicationError) as raised:
            await SlackDownloads(http, TOKEN, HttpUrl(address)).fetch(address, 100)

    assert raised.value.message == "download: ConnectError"
    assert raised.value.__cause__ is None


async def test_no_more_is_read_than_was_wanted() -> None:
    async with downloads(lambda _: web.Response(body=b"x" * 5_000_000)) as (slack, address):
        assert await slack.fetch(address, 100) == Download(b"x" * 100, is_page=False)
