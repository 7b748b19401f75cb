"""The door before every HTTP server: who may come in, and that no server of the project is without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from emulators.gemini.emulator import GeminiEmulator
from emulators.slack.emulator import SlackEmulator
from emulators.world.emulator import WorldEmulator
from playground.page.site import Site
from playground.page.surroundings import Surroundings
from playground.processes import ROOT
from playground.relay import Relay
from playground.temporal_server import free_port
from slackbot.health import Report, serve

ELSEWHERE = {
    "a name that points here": {"Host": "evil.example:PORT"},
    "a name without a port": {"Host": "evil.example"},
    "an address of this machine in the network": {"Host": "10.0.0.7:PORT"},
    "our own name at another port": {"Host": "127.0.0.1:1"},
    "a name that begins like ours": {"Host": "127.0.0.1.evil.example:PORT"},
    "a name that ends like ours": {"Host": "evil-localhost:PORT"},
    "somebody before our name": {"Host": "evil@127.0.0.1:PORT"},
    "no name": {"Host": ""},
    "another site": {"Origin": "https://evil.example"},
    "our own name, encrypted": {"Origin": "https://127.0.0.1:PORT"},
    "a sandboxed page": {"Origin": "null"},
    "another port of this machine": {"Origin": "http://127.0.0.1:1"},
    "a picture on another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a form on another site": {"Origin": "https://evil.example", "Sec-Fetch-Mode": "navigate"},
    "a frame on another site": {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "iframe",
    },
    "a page on another port": {"Sec-Fetch-Site": "same-site"},
}
OWN = {
    "a tool": {},
    "its name": {"Host": "localhost:PORT"},
    "its name in capitals": {"Host": "LOCALHOST:PORT"},
    "its address of version 6": {"Host": "[::1]:PORT"},
    "its own page": {"Origin": "http://127.0.0.1:PORT", "Sec-Fetch-Site": "same-origin"},
    "its own page by name": {"Host": "localhost:PORT", "Origin": "http://localhost:PORT"},
    "a person who types the address": {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    "a person who follows a link": {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    },
}


@pytest.fixture
async def addresses() -> AsyncIterator[list[str]]:
    """An address of each thing that the project serves over HTTP."""

    async def report() -> Report:
        return True, {}

    health = free_port()
    slack = SlackEmulator()
    slack.add_routes(Site(slack, Surroundings()).routes())
    async with AsyncExitStack() as stack:
        gemini, world = GeminiEmulator(), WorldEmulator()
        for server in (slack, gemini, world):
            await stack.enter_async_context(server)
        relay = await stack.enter_async_context(Relay({"world": world.weather_api_url}))
        await stack.enter_async_context(serve("127.0.0.1", health, report))
        yield [
            *(f"{slack.url}{path}" for path in ("/", "/page/live", "/page/inside", "/api/auth.test", "/link/")),
            *(f"{slack.url}{path}" for path in ("/playground/state", "/files-pri/T1-F1/a.txt", "/nowhere")),
            f"{gemini.base_url}/v1/models/gemini-3.8-flash:generateContent",
            world.ip_address_url,
            relay.address("world"),
            f"http://127.0.0.1:{health}/healthz",
        ]


async def status(method: str, address: str, headers: dict[str, str]) -> int:
    port = address.split("/")[2].partition(":")[2]
    sent = {name: value.replace("PORT", port) for name, value in headers.items()}
    async with aiohttp.ClientSession() as session, session.request(method, address, headers=sent) as response:
        return response.status


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_nobody_from_elsewhere_comes_in_anywhere(addresses: list[str], headers: dict[str, str]) -> None:
    for address in addresses:
        for method in ("GET", "POST", "OPTIONS"):
            assert await status(method, address, headers) in (400, 403), (method, address)


@pytest.mark.parametrize("headers", OWN.values(), ids=OWN)
async def test_a_server_answers_to_its_own_names(addresses: list[str], headers: dict[str, str]) -> None:
    for address in addresses:
        assert await status("GET", address, headers) != 403, address


async def test_a_page_of_another_site_opens_no_web_socket_even_with_a_valid_ticket() -> None:
    async with SlackEmulator() as slack, aiohttp.ClientSession() as session:
        ticket = slack.backend.sockets.new_ticket()
        address = f"{slack.url}/link/?ticket={ticket}"

        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(address, origin="https://evil.example")

        async with session.ws_connect(address) as socket:
            assert (await socket.receive_json())["type"] == "hello"


async def test_a_health_endpoint_for_the_network_answers_to_any_name_because_probes_choose_it() -> None:
    async def report() -> Report:
        return True, {}

    port = free_port()
    async with serve("0.0.0.0", port, report):
        assert await status("GET", f"http://127.0.0.1:{port}/healthz", {"Host": "bot.cluster.example"}) == 200


def test_every_server_of_the_project_has_the_door() -> None:
    """A server that is written later must use it, too."""
    packages = ("agent_worker", "slackbot", "process", "emulators", "playground")
    sources = {path: path.read_text() for package in packages for path in Path(ROOT / package).rglob("*.py")}
    serving = {path.relative_to(ROOT).as_posix() for path, text in sources.items() if "AppRunner(" in text}

    assert serving == {"emulators/server.py", "playground/relay.py", "slackbot/health.py"}
    assert all("from process.door import" in sources[ROOT / path] for path in serving)
