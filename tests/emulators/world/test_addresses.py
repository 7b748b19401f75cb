"""Promises of the services about IP addresses: they answer as the real ones do."""

from __future__ import annotations

import httpx
import pytest

from emulators.world.addresses import NEW_YORK
from emulators.world.emulator import WorldEmulator
from tests.support.emulators.services import address


async def test_the_address_service_answers_one_line_of_text(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(world.ip_address_url)

    assert response.text == f"{NEW_YORK}\n"
    assert response.headers["Content-Type"].startswith("text/plain")


async def test_both_geolocation_services_tell_the_same_place_in_their_own_words(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    ipwho = (await http.get(address(world, "geolocation"))).json()
    ip_api = (await http.get(address(world, "ip_api"))).json()

    assert (ipwho["success"], ipwho["region"], ipwho["timezone"]["id"]) == (True, "New York", "America/New_York")
    assert (ip_api["status"], ip_api["regionName"], ip_api["region"]) == ("success", "New York", "NY")
    assert ip_api["timezone"] == "America/New_York"


@pytest.mark.parametrize(
    ("text", "ipwho", "ip_api"),
    [
        ("10.0.0.1", "Reserved range", "private range"),
        ("127.0.0.1", "Reserved range", "reserved range"),
        ("::1", "Reserved range", "reserved range"),
        ("nonsense", "Invalid IP address", "invalid query"),
        ("9.9.9.9", "IP address not found", "invalid query"),
    ],
)
async def test_geolocation_services_say_no_with_status_200(
    world: WorldEmulator, http: httpx.AsyncClient, text: str, ipwho: str, ip_api: str
) -> None:
    first = await http.get(f"{world.geolocation_url}/{text}")
    second = await http.get(f"{world.ip_api_url}/{text}")

    assert (first.status_code, first.json()) == (200, {"ip": text, "success": False, "message": ipwho})
    assert (second.status_code, second.json()) == (200, {"status": "fail", "message": ip_api, "query": text})
