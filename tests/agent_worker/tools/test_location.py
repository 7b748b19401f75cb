"""Promises of the location tool, against the pretend world over real HTTP."""

from __future__ import annotations

import httpx
import pytest
from pydantic import HttpUrl

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.tool import ToolError, ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.location import LocationSettings, get_location_info
from emulators.world.addresses import NEW_YORK, Site
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import FaultKind

NOWHERE = "9.9.9.9"


@pytest.fixture(params=["geolocation", "ip_api"])
def settings(request: pytest.FixtureRequest, world: WorldEmulator) -> LocationSettings:
    """One of the two services that the tool understands."""
    url = world.geolocation_url if request.param == "geolocation" else world.ip_api_url
    return LocationSettings(geolocation_url=HttpUrl(url))


async def test_it_finds_city_region_and_country_whichever_service_is_asked(
    http: httpx.AsyncClient, settings: LocationSettings
) -> None:
    place = await get_location_info(f" {NEW_YORK}\n", http=http, settings=settings)

    assert place == {
        "ip_address": NEW_YORK,
        "city": "New York",
        "region": "New York",
        "country": "United States",
        "country_code": "US",
        "timezone": "America/New_York",
    }


async def test_it_finds_an_ipv6_address_in_any_spelling(
    world: WorldEmulator, http: httpx.AsyncClient, settings: LocationSettings
) -> None:
    place = await get_location_info("2606:4700:0:0:0:0:0:1111", http=http, settings=settings)

    assert (place["ip_address"], place["city"]) == ("2606:4700::1111", "San Francisco")
    assert world.calls[0].path == "/2606:4700::1111"


async def test_a_no_with_status_200_is_a_final_answer(http: httpx.AsyncClient, settings: LocationSettings) -> None:
    with pytest.raises(ToolError, match=rf"^The geolocation service has no answer for {NOWHERE}: .*[^.]\.$"):
        await get_location_info(NOWHERE, http=http, settings=settings)


async def test_facts_that_the_service_does_not_know_are_left_out(
    world: WorldEmulator, http: httpx.AsyncClient, settings: LocationSettings
) -> None:
    world.sites[NOWHERE] = Site("", "", "", "Switzerland", "CH", "Europe/Zurich", 47.0, 8.0)

    place = await get_location_info(NOWHERE, http=http, settings=settings)

    assert set(place) == {"ip_address", "country", "country_code", "timezone"}


async def test_an_answer_without_any_place_is_an_error(
    world: WorldEmulator, http: httpx.AsyncClient, settings: LocationSettings
) -> None:
    world.sites[NOWHERE] = Site("", "", "", "", "", "", 0.0, 0.0)

    with pytest.raises(ToolError, match=f"does not know where {NOWHERE} is"):
        await get_location_info(NOWHERE, http=http, settings=settings)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "203.0.113.9",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
    ],
)
async def test_an_address_that_is_not_public_is_answered_without_a_request(
    world: WorldEmulator, toolbox: OpenToolbox, address: str
) -> None:
    answer = await toolbox.run("get_location_info", {"ipaddress": address})

    assert "is not a public address" in answer["error"]
    assert world.calls == []


@pytest.mark.parametrize(
    "address", ["", "localhost", "8.8.8", "8.8.8.8/24", "8.8.8.8/../x", "http://8.8.8.8", "x" * 999]
)
async def test_what_is_no_address_is_answered_without_a_request(
    world: WorldEmulator, toolbox: OpenToolbox, address: str
) -> None:
    answer = await toolbox.run("get_location_info", {"ipaddress": address})

    assert answer["error"].endswith("is not an IP address.")
    assert len(answer["error"]) < 100
    assert world.calls == []


async def test_an_ipv4_address_written_as_ipv6_is_asked_for_as_ipv4(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    answer = await toolbox.run("get_location_info", {"ipaddress": f"::ffff:{NEW_YORK}"})

    assert answer["output"]["ip_address"] == NEW_YORK
    assert world.calls[0].path == f"/{NEW_YORK}"


async def test_a_page_in_place_of_a_place_is_an_error_for_the_model(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    world.fail("geolocation", "garbage")

    answer = await toolbox.run("get_location_info", {"ipaddress": NEW_YORK})

    assert answer == {"error": "The geolocation service gave an answer that cannot be understood."}


@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "refused"])
async def test_a_passing_failure_is_raised_and_the_next_attempt_succeeds(
    world: WorldEmulator, toolbox: OpenToolbox, kind: FaultKind
) -> None:
    world.fail("geolocation", kind)

    with pytest.raises(ToolUnavailableError, match=r"^The geolocation service"):
        await toolbox.run("get_location_info", {"ipaddress": NEW_YORK})
    assert "output" in await toolbox.run("get_location_info", {"ipaddress": NEW_YORK})


def test_its_title_names_the_address() -> None:
    assert Toolbox.discover().policy("get_location_info", {"ipaddress": NEW_YORK}).title == f"Location of {NEW_YORK}"


async def test_alerts_where_the_agent_is_follow_from_address_to_place_to_alerts(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    address = (await toolbox.run("get_ip_address", {}))["output"]["ip_address"]
    region = (await toolbox.run("get_location_info", {"ipaddress": address}))["output"]["region"]
    alerts = await toolbox.run("get_weather_alerts", {"state": region})

    assert alerts["output"]["area"] == "NY"
    assert alerts["output"]["total"] == 2
    assert [call.service for call in world.calls] == ["ip_address", "geolocation", "weather"]
