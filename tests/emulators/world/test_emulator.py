"""Promises of the pretend world: it counts requests, waits for them, and can be changed while it runs."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from emulators.world.addresses import Site
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import Service
from tests.support.emulators.services import SERVICES, address


@pytest.mark.parametrize("service", SERVICES)
async def test_only_get_is_allowed(world: WorldEmulator, http: httpx.AsyncClient, service: Service) -> None:
    assert (await http.post(address(world, service))).status_code == 405


async def test_the_world_can_be_changed_while_it_runs(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.public_ip = "9.9.9.9"
    world.sites["9.9.9.9"] = Site("Zurich", "Zurich", "ZH", "Switzerland", "CH", "Europe/Zurich", 47.37, 8.54)

    assert (await http.get(world.ip_address_url)).text == "9.9.9.9\n"
    assert (await http.get(f"{world.geolocation_url}/9.9.9.9")).json()["city"] == "Zurich"


async def test_each_request_is_counted_with_service_path_and_time(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    await http.get(world.ip_address_url)
    await http.get(f"{world.weather_api_url}/alerts/active/area/NY?pretty=1")

    assert [(call.service, call.path) for call in world.calls] == [
        ("ip_address", "/"),
        ("weather", "/alerts/active/area/NY?pretty=1"),
    ]
    assert world.calls[0].time <= world.calls[1].time <= asyncio.get_running_loop().time()
    assert len(world.calls_to("weather")) == 1


async def test_a_test_can_wait_until_a_service_was_called_often_enough(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    await http.get(world.ip_address_url)
    twice = asyncio.create_task(world.called("ip_address", times=2))
    await http.get(address(world, "weather"))
    assert not twice.done()

    await http.get(world.ip_address_url)
    await asyncio.wait_for(twice, timeout=10)
