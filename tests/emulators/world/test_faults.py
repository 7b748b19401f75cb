"""Promises about what goes wrong in the world: as often as planned, where planned, and for no other request."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from emulators.world.addresses import NEW_YORK
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import Service
from tests.support.emulators.services import SERVICES, address


@pytest.mark.parametrize("service", SERVICES)
async def test_a_fault_happens_as_often_as_planned_and_to_no_other_service(
    world: WorldEmulator, http: httpx.AsyncClient, service: Service
) -> None:
    world.fail(service, "server_error", times=2)
    world.fail(service, "rate_limited")

    statuses = [(await http.get(address(world, service))).status_code for _ in range(4)]
    others = [(await http.get(address(world, other))).status_code for other in SERVICES if other != service]

    assert statuses == [500, 500, 429, 200]
    assert others == [200, 200, 200]


async def test_a_refused_request_meets_a_broken_connection(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("weather", "refused")

    with pytest.raises(httpx.TransportError):
        await http.get(address(world, "weather"))
    assert (await http.get(address(world, "weather"))).status_code == 200
    assert len(world.calls) == 2


async def test_garbage_is_a_page_with_status_200(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("ip_address", "garbage")

    response = await http.get(world.ip_address_url)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")


async def test_a_slow_answer_is_proper_but_late(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("ip_address", "slow", times=2, seconds=0.2)

    with pytest.raises(httpx.ReadTimeout):
        await http.get(world.ip_address_url, timeout=httpx.Timeout(30, read=0.05))
    assert (await http.get(world.ip_address_url)).text == f"{NEW_YORK}\n"


async def test_a_held_request_waits_in_the_middle_until_it_is_released(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    held = world.hold("weather")
    request = asyncio.create_task(http.get(address(world, "weather")))
    await held.reached()

    assert (await http.get(address(world, "weather"))).status_code == 200  # only one is held
    assert not request.done()

    held.release()
    assert (await request).status_code == 200


async def test_a_caller_that_dies_while_held_leaves_the_next_attempt_alone(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    held = world.hold("weather")
    request = asyncio.create_task(http.get(address(world, "weather")))
    await held.reached()
    request.cancel()
    await asyncio.wait([request])

    assert request.cancelled()
    assert (await http.get(address(world, "weather"))).status_code == 200
    assert len(world.calls_to("weather")) == 2
    held.release()


async def test_a_hold_or_a_fault_for_one_path_lets_all_others_pass(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    held = world.hold("weather", "/CA")
    world.fail("weather", "server_error", path="/NY")
    areas = f"{world.weather_api_url}/alerts/active/area"

    waiting = asyncio.create_task(http.get(f"{areas}/CA"))
    await held.reached()
    answers = [(await http.get(f"{areas}/{area}")).status_code for area in ("VT", "NY", "NY")]
    held.release()

    assert (answers, (await waiting).status_code) == ([200, 500, 200], 200)


async def test_repair_forgets_the_faults_that_are_still_to_come(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("ip_address", "server_error", times=2)
    await http.get(world.ip_address_url)
    assert world.faults_to_come == ["server_error"]

    world.repair()

    assert world.faults_to_come == []
    assert (await http.get(world.ip_address_url)).status_code == 200


async def test_leaving_the_world_answers_held_and_slow_requests_at_once(http: httpx.AsyncClient) -> None:
    async with WorldEmulator() as world:
        held = world.hold("ip_address")
        world.fail("geolocation", "slow", seconds=3600)
        waiting = [
            asyncio.create_task(http.get(world.ip_address_url)),
            asyncio.create_task(http.get(address(world, "geolocation"))),
        ]
        await held.reached()
        await world.called("geolocation")

    answers = await asyncio.wait_for(asyncio.gather(*waiting), timeout=10)
    assert [answer.status_code for answer in answers] == [200, 200]
